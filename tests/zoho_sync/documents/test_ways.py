"""The cheapest way that Zoho obeys is taken, and every way ends in the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from inventory.models import CreditNote, CustomerPayment, Invoice, InvoiceLine
from zoho_sync import services
from zoho_sync.comparison import compare
from zoho_sync.documents_left import documents_left, read_on
from zoho_sync.models import ApiUsage, RecordError, SyncCheckpoint, SyncRun
from zoho_sync.options import Trigger
from zoho_sync.processors import registry
from zoho_sync.zoho.budget import today

pytestmark = pytest.mark.django_db(transaction=True)


def lists_read(run: SyncRun) -> int:
    """Pages of listings, without the details."""
    rows = (
        ApiUsage.objects.filter(run_number=run.pk).exclude(endpoint__contains="{id}").exclude(api="accounts")
    )
    return sum(rows.values_list("calls_count", flat=True))


def test_books_is_asked_for_changes_where_inventory_does_not_listen(sandbox, run_sync):
    run_sync("invoices")
    run_sync("invoices", mode="incremental")  # tries the filter
    changed = Invoice.objects.filter(balance__gt=0).first()
    sandbox.pay_invoice(changed.external_id)

    run = run_sync("invoices", mode="incremental")

    assert (run.status, run.updated_count, run.calls_count) == ("succeeded", 1, 2)  # the list, the detail
    changed.refresh_from_db()
    assert changed.balance == 0
    assert ApiUsage.objects.filter(run_number=run.pk, api="books").exists()


@pytest.mark.parametrize("habit", ["honoured", "ignored", "refused"])
@pytest.mark.parametrize(
    "entity", ["invoices", "credit_notes", "customer_payments", "packages", "sales_returns"]
)
def test_whatever_zoho_obeys_what_is_new_comes_in(entity, habit, sandbox, organization, run_sync):
    sandbox.settings(document_filters={"*": habit}, document_sorts={"*": habit})
    run_sync(entity)
    sandbox.random_changes(30, seed=3, documents=True)

    run = run_sync(entity, mode="incremental")
    run_sync(entity, mode="full")  # what nobody can be asked for: edits of old ones

    assert run.status == "succeeded", run.message
    report = compare(organization, entity)
    assert report.is_equal, (report.differences[:5], report.unreadable[:5])


def test_an_unchanged_day_costs_one_list_call(sandbox, run_sync):
    for entity in ("invoices", "credit_notes", "customer_payments", "packages", "transfer_orders", "vendors"):
        run_sync(entity)
        run_sync(entity, mode="incremental")

        run = run_sync(entity, mode="incremental")

        assert (entity, run.calls_count, run.created_count + run.updated_count) == (entity, 1, 0)


def test_what_was_closed_is_found_by_the_weekly_look_at_what_is_open(sandbox, organization, run_sync):
    sandbox.settings(document_filters={"*": "ignored"})
    run_sync("credit_notes")
    note = CreditNote.objects.filter(status="open").order_by("date").first()
    sandbox.void("creditnotes", note.external_id)
    sandbox.settings(document_columns="refused")
    week_ago = timezone.now() - timedelta(days=8)
    SyncCheckpoint.objects.filter(entity="credit_notes").update(full_at=week_ago)

    run_sync("credit_notes", mode="incremental")

    note.refresh_from_db()
    assert note.status == "void"
    swept = SyncCheckpoint.objects.get(entity="credit_notes").swept_at
    assert swept is not None
    run = run_sync("credit_notes", mode="incremental")
    assert lists_read(run) == 1  # it does not look again


@pytest.mark.parametrize(
    ("entity", "habit"),
    [
        ("invoices", "honoured"),
        ("invoices", "ignored"),
        ("invoices", "refused"),
        ("bills", "honoured"),  # nobody can be asked for the open ones, and nothing is sorted
        ("packages", "honoured"),  # sorted, and not to be asked
    ],
)
def test_the_window_and_whatever_is_open_are_kept(entity, habit, sandbox, organization, run_sync, settings):
    """Pages so small that the window ends long before the last of them."""
    model = registry.get(entity).model
    run_sync(entity)
    oldest = today(organization) - timedelta(days=60)
    wanted = {
        each.external_id for each in model.objects.live() if each.date >= oldest or each.status in model.OPEN
    }
    assert wanted & set(model.objects.filter(date__lt=oldest).values_list("external_id", flat=True))
    model.objects.all().delete()
    SyncCheckpoint.objects.all().delete()
    settings.ZOHO = settings.ZOHO | {"DOCUMENT_DAYS": 60}
    sandbox.settings(document_parameters={"*": habit})

    runs = [run_sync(entity, batch_size=10) for _ in range(2)]

    assert set(model.objects.live().values_list("external_id", flat=True)) == wanted
    assert [(run.status, run.removed_count) for run in runs] == [("succeeded", 0)] * 2
    assert (runs[0].created_count, runs[1].unchanged_count) == (len(wanted), len(wanted))
    assert compare(organization, entity).is_equal


def test_an_old_one_that_was_closed_is_closed_here(sandbox, organization, run_sync, settings):
    settings.ZOHO = settings.ZOHO | {"DOCUMENT_DAYS": 60}
    run_sync("invoices")
    oldest = today(organization) - timedelta(days=60)
    paid = Invoice.objects.filter(date__lt=oldest, balance__gt=0).first()
    sandbox.pay_invoice(paid.external_id)

    run = run_sync("invoices", batch_size=10)

    paid.refresh_from_db()
    assert (run.status, paid.status, paid.balance) == ("succeeded", "paid", 0)


def test_changes_are_asked_for_where_only_the_sorting_is_refused(sandbox, organization, run_sync):
    sandbox.settings(document_filters={"*": "honoured"}, document_sorts={"*": "refused"})
    run_sync("invoices")
    run_sync("invoices", mode="incremental")  # tries the filter, and the sorting
    sandbox.pay_invoice(Invoice.objects.filter(balance__gt=0).first().external_id)

    run = run_sync("invoices", mode="incremental")

    assert (run.status, run.updated_count, run.calls_count) == ("succeeded", 1, 2)  # the list, the detail


def test_a_deleted_document_leaves_with_its_lines(sandbox, run_sync):
    run_sync("customer_payments")
    gone = CustomerPayment.objects.filter(lines__isnull=False).first()
    sandbox.delete("customerpayments", gone.external_id)

    run = run_sync("customer_payments", mode="full")

    gone.refresh_from_db()
    assert gone.is_removed
    assert not gone.lines.live().exists()
    assert run.removed_count == 1


def test_lines_are_replaced_with_their_document(sandbox, run_sync):
    run_sync("invoices")
    invoice = Invoice.objects.filter(lines__position=3).first()
    first, second, *_others = invoice.lines.order_by("position")
    sandbox.change_line("invoices", invoice.external_id, first.external_id.partition(":")[2], remove=True)
    sandbox.change_line("invoices", invoice.external_id, second.external_id.partition(":")[2], quantity=77)

    run = run_sync("invoices", ids=(invoice.external_id,))

    assert (run.status, run.updated_count, run.removed_count) == ("succeeded", 1, 0)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.is_removed
    assert (second.quantity, second.position) == (77, 1)


def test_an_outdated_answer_changes_neither_head_nor_lines(sandbox, run_sync):
    run_sync("invoices")
    invoice = Invoice.objects.filter(lines__position=2).first()
    line = invoice.lines.order_by("position").first()
    later = timezone.now() + timedelta(hours=1)
    Invoice.objects.filter(pk=invoice.pk).update(source_modified_at=later, total=1)
    sandbox.change_line("invoices", invoice.external_id, line.external_id.partition(":")[2], remove=True)

    run = run_sync("invoices", ids=(invoice.external_id,))

    assert (run.stale_count, run.updated_count) == (1, 0)
    line.refresh_from_db()
    invoice.refresh_from_db()
    assert (line.is_removed, invoice.total) == (False, 1)


def test_details_take_their_share_and_the_rest_comes_later(sandbox, organization, run_sync, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 60, "BACKGROUND_FLOOR_PERCENT": 50}

    run = run_sync("invoices")

    left = documents_left([organization])[organization.pk]
    assert run.status == "succeeded"
    assert 0 < left.counts["invoices"] < 60
    newest = Invoice.objects.order_by("-source_modified_at")
    assert not newest.first().detail_is_due
    assert newest.last().detail_is_due
    assert left.days >= 2
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 100_000}
    assert read_on() == ["invoices"]


def test_a_bad_line_refuses_its_document_and_no_other(sandbox, run_sync):
    run_sync("products")
    invoice_id = sandbox.ids("invoices")[0]
    sandbox.poison(
        "invoices",
        invoice_id,
        f'{{"invoice_id": "{invoice_id}", "line_items": [{{"quantity": "many"}}]}}',
        place="detail",
    )

    run = run_sync("invoices")

    assert (run.status, run.failed_count) == ("partial", 1)
    assert not InvoiceLine.objects.filter(document__external_id=invoice_id).exists()
    assert InvoiceLine.objects.exists()


@contextmanager
def taking_no_line_of(quantity: int) -> Iterator[None]:
    """The database refuses lines of that quantity."""
    table = InvoiceLine._meta.db_table
    if connection.vendor == "postgresql":
        make = [
            "CREATE FUNCTION too_many() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.quantity = {quantity} THEN RAISE check_violation; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER too_many BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION too_many()",
        ]
        drop = "DROP FUNCTION too_many CASCADE"
    else:
        make = [
            f"CREATE TRIGGER too_many BEFORE INSERT ON {table} WHEN NEW.quantity = {quantity} "
            "BEGIN SELECT RAISE(ABORT, 'too many'); END"
        ]
        drop = "DROP TRIGGER too_many"
    with connection.cursor() as cursor:
        for statement in make:
            cursor.execute(statement)
        try:
            yield
        finally:
            cursor.execute(drop)


def retry() -> str:
    """Retry the one failure there is; what became of it."""
    (run,) = services.retry_errors(RecordError.objects.filter(status="waiting"), trigger=Trigger.RETRY)
    services.work_here(run)
    return RecordError.objects.get().status


def test_a_line_that_the_database_refuses_is_owed_until_it_is_in(sandbox, run_sync):
    run_sync("invoices")
    line = InvoiceLine.objects.live().first()
    invoice_id, _colon, line_id = line.external_id.partition(":")
    sandbox.change_line("invoices", invoice_id, line_id, quantity=77_077)

    with taking_no_line_of(77_077):
        assert run_sync("invoices", ids=(invoice_id,)).failed_count == 1
        assert retry() == "waiting"
    assert retry() == "resolved"
    line.refresh_from_db()
    assert line.quantity == 77_077


def test_a_planned_line_that_the_database_refuses_is_owed_too(sandbox, run_sync):
    run_sync("invoices")
    line = InvoiceLine.objects.live().first()
    invoice_id, _colon, line_id = line.external_id.partition(":")
    sandbox.change_line("invoices", invoice_id, line_id, quantity=77_077)
    plan = run_sync("invoices", ids=(invoice_id,), dry_run=True)

    with taking_no_line_of(77_077):
        done = services.work_here(services.apply_plan(plan, trigger=Trigger.COMMAND))
        assert (done.status, done.failed_count) == ("partial", 1)
    assert retry() == "resolved"
    line.refresh_from_db()
    assert line.quantity == 77_077


def test_active_only_leaves_no_document_out(sandbox, run_sync):
    run = run_sync("bills", active_only=True)

    assert (run.status, run.skipped_count) == ("succeeded", 0)
    assert run.created_count > 0


def test_a_document_that_comes_back_brings_its_lines_back(sandbox, organization, run_sync):
    run_sync("invoices")
    invoice = Invoice.objects.filter(lines__position=2).first()
    sandbox.order_fault("status", path=f"/invoices/{invoice.external_id}", times=1, status=404, code=1002)
    assert run_sync("invoices", ids=(invoice.external_id,)).removed_count == 1
    assert not invoice.lines.live().exists()

    run_sync("invoices", mode="full")

    assert invoice.lines.live().exists()
    assert compare(organization, "invoices").is_equal
