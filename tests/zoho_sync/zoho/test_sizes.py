"""A listing is counted without being read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from zoho_sync.errors import ListingError
from zoho_sync.zoho.sizes import count_records, most_calls

SCAN = {"filter_by": "Status.All"}


def count(client, **more):
    return count_records(client, "items", "items", params=SCAN, **more)


def test_pages_of_every_size_come_to_the_same_number(client, zoho):
    """45 items on pages of 1 to 50: last pages that are full, nearly full and nearly empty, and one page only."""
    assert {count(client, per_page=size) for size in range(1, 51)} == {len(zoho.ids("items"))}


def test_it_takes_no_more_calls_than_is_said(client, api_calls):
    count(client, per_page=1)

    assert len(api_calls()) <= most_calls(45 * 200)
    assert len(api_calls()) < 15


def test_what_is_said_of_the_calls_grows_with_the_records():
    told = [most_calls(number) for number in (0, 1, 200, 201, 400, 401, 20_000, 1_000_000)]

    assert told[:3] == [1, 1, 1]
    assert all(fewer <= more for fewer, more in pairwise(told))
    assert most_calls(20_000) == 15


def test_an_empty_listing_has_none(client):
    """Nothing was sold in this sandbox."""
    assert count_records(client, "invoices", "invoices") == 0


def test_pages_of_another_size_than_asked_for_are_counted_as_they_are(client, zoho):
    zoho.order_fault("ignored_per_page", path="/items", times=None, rows=7)

    assert count(client) == len(zoho.ids("items"))


@pytest.mark.parametrize("fault", ["no_more_flag", "endless_pages"])
def test_a_listing_that_contradicts_itself_is_not_counted(client, zoho, fault):
    zoho.order_fault(fault, path="/items", times=None)

    with pytest.raises(ListingError):
        count(client)
