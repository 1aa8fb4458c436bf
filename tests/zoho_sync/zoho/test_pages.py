from __future__ import annotations

import pytest

from zoho_sync.errors import ListingError
from zoho_sync.payloads import decode
from zoho_sync.zoho.pages import iter_pages

SCAN = {"filter_by": "Status.All", "sort_column": "created_time", "sort_order": "A"}


def scan(client, **more):
    return list(iter_pages(client, "items", "items", "item_id", params=SCAN, per_page=20, **more))


def test_every_record_of_a_listing_comes_once_and_in_order(client, zoho, api_calls):
    pages = scan(client)

    ids = [decode(row)["item_id"] for page in pages for row in page.rows]
    assert sorted(ids) == sorted(zoho.ids("items"))
    assert [(page.number, len(page.rows), page.has_more) for page in pages] == [
        (1, 20, True),
        (2, 20, True),
        (3, 5, False),
    ]
    assert len(api_calls()) == 3 == client.calls_count


def test_a_scan_goes_on_at_the_page_it_is_told(client, api_calls):
    assert [page.number for page in scan(client, start=3)] == [3]
    assert [call["query"]["page"] for call in api_calls()] == ["3"]


def test_a_page_is_asked_for_only_when_it_is_wanted(client, api_calls):
    pages = iter_pages(client, "items", "items", "item_id", params=SCAN, per_page=20)

    next(pages)

    assert len(api_calls()) == 1


def test_pages_of_another_size_than_asked_for_are_followed_to_the_end(client, zoho):
    zoho.order_fault("ignored_per_page", path="/items", times=None, rows=7)

    assert sum(len(page.rows) for page in scan(client)) == len(zoho.ids("items"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no_page_context", "does not say whether more follows"),
        ("no_more_flag", "does not say whether more follows"),
    ],
)
def test_a_page_without_its_paging_flag_is_an_error_and_not_the_end(client, zoho, fault, words):
    zoho.order_fault(fault, path="/items", after=1)

    with pytest.raises(ListingError, match=words):
        scan(client)


def test_a_repeated_page_ends_the_scan_with_an_error(client, zoho):
    zoho.order_fault("repeated_page", path="/items", after=1)

    with pytest.raises(ListingError, match="repeats records"):
        scan(client)


def test_pages_without_end_end_in_an_error(client, zoho, api_calls):
    zoho.order_fault("endless_pages", path="/items", times=None)

    with pytest.raises(ListingError):
        scan(client)

    assert len(api_calls()) <= 4


def test_a_poisoned_record_neither_stops_the_listing_nor_counts_as_repeated(client, zoho):
    victim = zoho.ids("items")[3]
    zoho.poison("items", victim, f'{{"item_id":"{victim}","rate":NaN}}', place="list")
    try:
        rows = [row for page in scan(client) for row in page.rows]
    finally:
        zoho.poison("items", victim, None, place="list")

    assert len(rows) == len(zoho.ids("items"))
