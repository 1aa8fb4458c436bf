"""`count_documents`: what the first load will take, before it starts."""

from __future__ import annotations

import json

import pytest

from inventory.models import Invoice
from zoho_sync.models import SyncRun
from zoho_sync.sandbox import Sandbox, Size


@pytest.fixture
def sandbox():
    with Sandbox(
        size=Size(
            items=40, customers=10, vendors=4, locations=3, price_lists=2, price_list_items=20, documents=60
        ),
        seed=7,
        calls_per_minute=None,
    ) as sandbox:
        yield sandbox


def test_it_says_how_many_there_are_and_reads_none(command, zoho):
    answer = command("count_documents", "invoices", "bills", "--json")

    told = json.loads(answer.out)
    counts = {"invoices": len(zoho.ids("invoices")), "bills": len(zoho.ids("bills"))}
    assert answer.code == 0, answer.err
    assert told["counts"] == counts
    assert told["first_load"]["calls_for_lines"] == sum(counts.values())
    assert told["first_load"]["calls"] == sum(counts.values()) + 2
    assert not (Invoice.objects.exists() or SyncRun.objects.exists())


def test_after_the_first_load_there_is_none_to_tell_of(command, zoho):
    command("sync_zoho", "bills", "--mode", "full", "--inline")

    answer = command("count_documents", "bills")

    assert answer.code == 0, answer.err
    assert "read to their end before" in answer.out


@pytest.mark.slow
def test_a_minute_that_is_spent_is_waited_for(command, zoho, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_MINUTE": 3}

    answer = command("count_documents", "invoices", "bills", "packages", "vendors", "--json")

    assert answer.code == 0, answer.err
    assert None not in json.loads(answer.out)["counts"].values()


def test_one_list_that_cannot_be_read_says_why_and_the_others_are_counted(command, zoho):
    zoho.order_fault("no_more_flag", path="/bills", times=None)

    answer = command("count_documents", "bills", "invoices", "--json")

    told = json.loads(answer.out)
    assert answer.code == 1
    assert told["counts"] == {"bills": None, "invoices": len(zoho.ids("invoices"))}
    assert "does not say whether more follows" in told["problems"]["bills"]


@pytest.mark.parametrize("name", ["products", "cheese"])
def test_what_is_no_document_is_wrong_usage(command, zoho, name):
    answer = command("count_documents", name)

    assert answer.code == 2
    assert name in answer.err
