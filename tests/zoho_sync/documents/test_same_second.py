"""Zoho tells times of change in whole seconds: what changes twice within one has the same time after both."""

from __future__ import annotations

import pytest

from inventory.models import Customer, Invoice
from zoho_sync import services
from zoho_sync.comparison import compare
from zoho_sync.models import SyncRun
from zoho_sync.options import Trigger

pytestmark = pytest.mark.django_db(transaction=True)

AHEAD = 20  # seconds that the second of a change is away: no machine is so slow that it is over when the record is read


@pytest.fixture
def change(sandbox):
    """change(kind, id, at=AHEAD, **fields): dated so many seconds ahead of the time that Zoho tells afterwards."""

    def changed(kind: str, record_id: str, *, at: int = AHEAD, **fields) -> None:
        sandbox.clock(at)
        sandbox.change(kind, record_id, **fields)
        sandbox.clock(0)

    return changed


@pytest.fixture
def change_again(sandbox):
    """In the same second, so that it has no other time; then that second is over."""

    def changed(kind: str, record_id: str, **fields) -> None:
        sandbox.change(kind, record_id, bump=False, **fields)
        sandbox.clock(AHEAD + 2)

    return changed


@pytest.fixture
def invoice(sandbox, run_sync) -> str:
    """One of many that are here."""
    assert run_sync("invoices").status == "succeeded"
    return sandbox.ids("invoices")[0]


def details(api_calls, record_id: str) -> int:
    return sum(call["path"].endswith(f"/{record_id}") for call in api_calls())


@pytest.mark.parametrize("is_told", [False, True], ids=["by itself", "told by a webhook"])
@pytest.mark.parametrize("field", ["reference_number", "terms"], ids=["listed", "not listed"])
def test_a_document_that_changes_in_the_second_in_which_it_was_read_is_read_again(
    field, is_told, organization, invoice, run_sync, change, change_again
):
    change("invoices", invoice, **{field: "first"})
    if is_told:
        run_sync("invoices", ids=(invoice,))
    else:
        run_sync("invoices", "incremental")
    row = Invoice.objects.get(external_id=invoice)
    assert "first" in row.detail_payload

    change_again("invoices", invoice, **{field: "second"})
    last = run_sync("invoices", "incremental")

    assert last.status == "succeeded"
    assert compare(organization, "invoices").is_equal
    row.refresh_from_db()
    assert "second" in row.detail_payload
    assert not row.detail_is_due


def test_so_is_a_customer(sandbox, organization, sync_all, change, change_again):
    sync_all()
    customer = Customer.objects.live().first().external_id
    change("contacts", customer, notes="first")
    sync_all("incremental")
    assert Customer.objects.get(external_id=customer).detail_is_due

    change_again("contacts", customer, notes="second")
    sync_all("incremental")

    row = Customer.objects.get(external_id=customer)
    assert "second" in row.detail_payload
    assert not row.detail_is_due


def test_one_that_did_not_change_again_is_read_once_more_and_no_more(
    sandbox, invoice, run_sync, change, api_calls
):  # fmt: skip
    change("invoices", invoice, terms="first")
    run_sync("invoices", "incremental")
    sandbox.clock(AHEAD + 2)
    sandbox.forget_calls()

    for _each in range(3):
        run_sync("invoices", "incremental")

    assert details(api_calls, invoice) == 1
    assert not Invoice.objects.get(external_id=invoice).detail_is_due


@pytest.mark.parametrize("at", [-5, 3600], ids=["a while ago", "by a clock that is wrong"])
def test_one_whose_second_is_over_is_not_read_again(at, sandbox, invoice, run_sync, change, api_calls):
    change("invoices", invoice, at=at, terms="first")
    sandbox.forget_calls()

    for _each in range(3):
        run_sync("invoices", "incremental")

    assert details(api_calls, invoice) == 1


def test_a_detail_that_a_plan_brings_is_judged_by_the_time_at_which_it_was_read(
    sandbox, invoice, run_sync, change, change_again
):
    change("invoices", invoice, terms="first")
    planned = run_sync("invoices", "incremental", dry_run=True)
    change_again("invoices", invoice, terms="second")
    services.work_here(services.apply_plan(planned, trigger=Trigger.COMMAND))
    assert SyncRun.objects.latest("pk").status == "succeeded"

    run_sync("invoices", "incremental")

    assert "second" in Invoice.objects.get(external_id=invoice).detail_payload
