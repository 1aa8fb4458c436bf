"""A price whose bytes are here already is not gone through again, and yet nothing about it may be missed."""

from __future__ import annotations

import msgspec
import pytest

from inventory.models import PriceList, PriceListItem
from zoho_sync.comparison import compare
from zoho_sync.models import RecordError, SyncRun
from zoho_sync.processors import price_lists

Status = SyncRun.Status
encode = msgspec.json.Encoder(decimal_format="number").encode


@pytest.fixture
def book(sandbox, sync_all) -> dict:
    """A list of more than twenty plain prices, all of them here."""
    sync_all("full")
    return next(
        each
        for each in sandbox.records("pricebooks")
        if len(each.get("pricebook_items", ())) > 20 and each["pricing_scheme"] == "unit"
    )


def prices(book: dict):
    return PriceListItem.objects.live().filter(price_list__external_id=book["pricebook_id"])


def told_again(sandbox, book: dict, entries: list) -> None:
    """Let the list's detail tell these entries from now on."""
    detail = {**sandbox.record("pricebooks", book["pricebook_id"]), "pricebook_items": entries}
    sandbox.poison("pricebooks", book["pricebook_id"], encode(detail).decode(), place="detail")


def test_of_prices_that_did_not_change_none_is_decoded_and_all_are_counted(run_sync, book, monkeypatch):
    decoded = []
    monkeypatch.setattr(price_lists, "decode", lambda raw: decoded.append(raw))

    run = run_sync("price_lists")

    assert decoded == []
    assert (run.status, run.updated_count, run.created_count) == (Status.SUCCEEDED, 0, 0)
    assert run.unchanged_count == PriceListItem.objects.live().count() + PriceList.objects.live().count()


def test_a_list_that_changes_its_currency_changes_the_currency_of_every_price(sandbox, run_sync, book):
    sandbox.change("pricebooks", book["pricebook_id"], currency_code="EUR")

    run_sync("price_lists")

    assert set(prices(book).values_list("currency_code", flat=True)) == {"EUR"}
    assert compare(SyncRun.objects.latest("pk").organization, "price_lists").is_equal


def test_a_price_that_had_left_comes_back_with_the_bytes_it_had(run_sync, book):
    gone = prices(book).first()
    prices(book).filter(pk=gone.pk).update(removed_at=gone.synced_at, removed_reason="gone for a while")

    run = run_sync("price_lists")

    assert (run.status, run.updated_count) == (Status.SUCCEEDED, 1)
    assert prices(book).get(pk=gone.pk).rate == gone.rate


def test_a_comparison_looks_at_every_price(book):
    wrong = prices(book).first()
    prices(book).filter(pk=wrong.pk).update(rate=wrong.rate + 1)

    (difference,) = compare(wrong.organization, "price_lists").differences

    assert (difference.external_id, difference.field) == (wrong.external_id, "rate")


def test_a_product_that_is_told_twice_has_no_price_that_is_believed(sandbox, run_sync, book):
    entries = sandbox.record("pricebooks", book["pricebook_id"])["pricebook_items"]
    before = prices(book).get(product__external_id=entries[0]["item_id"]).rate
    told_again(sandbox, book, [*entries, {**entries[0], "pricebook_rate": 1}])

    run = run_sync("price_lists")

    assert (run.status, run.failed_count) == (Status.PARTIAL, 1)
    assert "twice" in RecordError.objects.get().reason
    assert prices(book).get(product__external_id=entries[0]["item_id"]).rate == before


@pytest.mark.parametrize("nameless", [{}, {"item_id": ""}, None, 7])
def test_a_price_that_names_no_item_takes_no_other_away(sandbox, run_sync, book, nameless):
    entries = sandbox.record("pricebooks", book["pricebook_id"])["pricebook_items"]
    before = prices(book).count()
    told_again(sandbox, book, [nameless, *entries[1:]])

    run = run_sync("price_lists")

    assert (run.status, run.failed_count, run.removed_count) == (Status.PARTIAL, 1, 0)
    assert prices(book).count() == before


def test_a_poisoned_price_spoils_no_other(sandbox, run_sync, book):
    entries = sandbox.record("pricebooks", book["pricebook_id"])["pricebook_items"]
    sandbox.set_price(book["pricebook_id"], entries[1]["item_id"], 77)
    entries = sandbox.record("pricebooks", book["pricebook_id"])["pricebook_items"]
    told_again(sandbox, book, [{**entries[0], "pricebook_rate": "twelve"}, *entries[1:]])

    run = run_sync("price_lists")

    assert (run.status, run.failed_count, run.updated_count) == (Status.PARTIAL, 1, 1)
    assert prices(book).get(product__external_id=entries[1]["item_id"]).rate == 77
