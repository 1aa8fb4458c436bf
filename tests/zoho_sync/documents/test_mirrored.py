"""Documents come in whole: heads from the listing, lines from the detail, links when their other side is here."""

from __future__ import annotations

from math import ceil

import pytest

from inventory.models import Invoice, InvoiceLine
from zoho_sync.comparison import compare
from zoho_sync.processors import registry

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = (
    "adjustments", "bills", "composites", "credit_notes", "currencies", "customer_payments", "invoices", "packages",
    "product_groups", "purchase_orders", "sales_orders", "sales_returns", "taxes", "transfer_orders", "users",
    "vendor_credits", "vendors",
)  # fmt: skip


@pytest.mark.parametrize("entity", KINDS)
def test_everything_of_a_kind_is_here_and_equal(entity, sandbox, organization, run_sync):
    run = run_sync(entity)

    assert run.status == "succeeded", run.message
    rows = registry.get(entity).model.objects.live()
    assert rows.count() == run.created_count > 0
    report = compare(organization, entity)
    assert report.is_equal, (report.differences[:5], report.unreadable[:5])
    assert report.compared >= rows.count()


def test_lines_are_linked_to_what_came_later(sandbox, organization, run_sync):
    run_sync("invoices")
    assert InvoiceLine.objects.exclude(product=None).count() == 0
    assert Invoice.objects.exclude(customer=None).count() == 0

    run_sync("products")
    run_sync("customers")
    run_sync("warehouses")

    named = InvoiceLine.objects.exclude(product_external_id="")
    known = set(named.filter(product=None).values_list("product_external_id", flat=True))
    assert named.exclude(product=None).exists()
    assert known <= {
        each for each in known if not registry.get("products").model.objects.filter(external_id=each)
    }
    assert not Invoice.objects.filter(customer=None).exists()
    assert not InvoiceLine.objects.filter(warehouse=None).exclude(warehouse_external_id="").exists()


def test_a_first_load_costs_a_call_for_each_page_of_the_list_and_one_for_each_document(
    sandbox, run_sync, settings
):
    settings.ZOHO = settings.ZOHO | {"DOCUMENT_DAYS": 0}
    run = run_sync("invoices", batch_size=10)
    assert run.calls_count == ceil(run.created_count / 10) + run.created_count > 60


def test_a_second_run_costs_one_call_and_writes_nothing(sandbox, organization, run_sync):
    run_sync("invoices")
    first = run_sync("invoices", mode="incremental")  # tries the filters
    run = run_sync("invoices", mode="incremental")

    assert first.status == run.status == "succeeded"
    assert run.calls_count == 1
    assert (run.created_count, run.updated_count) == (0, 0)


@pytest.mark.parametrize("entity", KINDS)
def test_a_sample_of_every_kind_is_equal(entity, sandbox, organization, run_sync):
    run_sync(entity)

    report = compare(organization, entity, sample=2)

    assert report.is_equal, (report.differences[:5], report.unreadable[:5])
    assert report.compared >= 1
