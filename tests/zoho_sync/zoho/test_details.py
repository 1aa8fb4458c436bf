from __future__ import annotations

from datetime import timedelta

import pytest

from zoho_sync.errors import Refused, ZohoUnavailable
from zoho_sync.models import FilterVerdict
from zoho_sync.payloads import decode
from zoho_sync.zoho import clock
from zoho_sync.zoho.details import read_details


def ids_in(batches) -> list[str]:
    return [decode(row)["item_id"] for batch in batches for row in batch.rows]


def test_every_item_is_read_with_as_few_calls_as_the_batch_allows(client, zoho, api_calls):
    wanted = zoho.ids("items")

    batches = list(read_details(client, wanted, batch_size=20))

    assert sorted(ids_in(batches)) == sorted(wanted)
    assert [len(batch.asked) for batch in batches] == [20, 20, 5]
    assert len(api_calls()) == 3


def test_an_id_named_twice_is_asked_for_once(client, zoho):
    one = zoho.ids("items")[0]

    assert [batch.asked for batch in read_details(client, [one, one], batch_size=20)] == [(one,)]


def test_no_ids_cost_no_call(client, api_calls):
    assert list(read_details(client, [], batch_size=20)) == []
    assert api_calls() == []


def test_an_unknown_id_is_absent_and_takes_nobody_with_it(client, zoho):
    known = zoho.ids("items")[:5]

    batches = list(read_details(client, [*known, "999"], batch_size=20))

    assert sorted(ids_in(batches)) == sorted(known)


def test_the_size_that_zoho_takes_is_found_by_halving_and_remembered(client, zoho, api_calls):
    zoho.settings(max_item_ids=6)
    wanted = zoho.ids("items")[:40]

    assert sorted(ids_in(read_details(client, wanted, batch_size=20))) == sorted(wanted)
    assert FilterVerdict.objects.get(name="max_ids").number == 5
    first = len(api_calls())
    assert sorted(ids_in(read_details(client, wanted, batch_size=20))) == sorted(wanted)

    assert first <= 8 + 3  # eight batches of five, and the refusals of 20 and twice 10 at most
    assert len(api_calls()) - first == 8


def test_a_single_refusal_teaches_nothing_about_the_size(client, zoho, api_calls):
    zoho.order_fault("status", path="/itemdetails", status=400, code=4, times=1)
    wanted = zoho.ids("items")

    assert sorted(ids_in(read_details(client, wanted, batch_size=20))) == sorted(wanted)

    assert [call["query"]["item_ids"].count(",") + 1 for call in api_calls()] == [20, 10, 10, 20, 5]
    assert not FilterVerdict.objects.filter(name="max_ids").exists()


def test_the_remembered_size_is_tried_again_after_a_week(client, zoho):
    wanted = zoho.ids("items")[:20]
    FilterVerdict.objects.create(
        organization=client.organization,
        resource="itemdetails",
        name="max_ids",
        verdict="works",
        number=5,
        probed_at=clock.now() - timedelta(days=8),
    )

    assert [len(batch.asked) for batch in read_details(client, wanted, batch_size=20)] == [20]


def test_one_refused_id_is_found_and_teaches_nothing_about_the_size(client, zoho):
    known = zoho.ids("items")[:7]
    wanted = [*known[:3], "not-an-id", *known[3:]]

    batches = list(read_details(client, wanted, batch_size=20))

    assert sorted(ids_in(batches)) == sorted(known)
    assert not FilterVerdict.objects.filter(name="max_ids").exists()
    asked = [each for batch in batches for each in batch.asked]
    assert sorted(asked) == sorted(wanted)


def test_a_path_that_refuses_everything_is_not_asked_for_every_id(client, zoho, api_calls):
    zoho.order_fault("status", path="/itemdetails", status=400, code=9, times=None)

    with pytest.raises(Refused):
        list(read_details(client, zoho.ids("items"), batch_size=40))

    assert len(api_calls()) < 25


def test_a_failure_of_zoho_is_no_reason_to_halve(client, zoho, api_calls):
    zoho.order_fault("status", path="/itemdetails", times=None)

    with pytest.raises(ZohoUnavailable):
        list(read_details(client, zoho.ids("items")[:10], batch_size=10))

    assert {call["query"]["item_ids"].count(",") for call in api_calls()} == {9}


def test_a_poisoned_item_spoils_no_other(client, zoho):
    wanted = zoho.ids("items")[:5]
    zoho.poison("items", wanted[2], f'{{"item_id":"{wanted[2]}","rate":NaN}}', place="detail")
    try:
        (batch,) = read_details(client, wanted, batch_size=20)
    finally:
        zoho.poison("items", wanted[2], None, place="detail")

    assert len(batch.rows) == 5
