"""The simulation's look at invoices sees what is wrong, and nothing where all is well."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.models import Invoice, InvoiceLine
from tests.zoho_sync.documents.conftest import (  # noqa: F401
    organization,
    run_sync,
    sandbox,
    size,
    start_run,
    zoho_server,
)
from torture import invoices

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mirrored(sandbox, organization, run_sync):  # noqa: F811
    run_sync("invoices")
    sandbox.random_changes(20, seed=3, documents=True)
    run_sync("invoices", "full")
    invoices.assert_exact(sandbox, organization)


def test_an_invoice_that_is_not_here_is_missed(mirrored, sandbox, organization):  # noqa: F811
    sandbox.delete("invoices", sandbox.ids("invoices")[0])
    with pytest.raises(AssertionError, match="invoice: 1 rows are not in Zoho"):
        invoices.assert_exact(sandbox, organization)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Invoice, {"total": Decimal("0.01")}),
        (Invoice, {"status": "lost"}),
        (Invoice, {"due_date": None}),
        (InvoiceLine, {"quantity": Decimal(7777)}),
        (InvoiceLine, {"product_external_id": ""}),
    ],
)
def test_a_column_that_differs_is_seen(model, values, mirrored, sandbox, organization):  # noqa: F811
    row = model.objects.live().exclude(**values).first()
    model.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(AssertionError, match=f"{row.external_id} {next(iter(values))}: "):
        invoices.assert_exact(sandbox, organization)


def test_a_line_too_many_is_seen(mirrored, sandbox, organization):  # noqa: F811
    line = InvoiceLine.objects.live().first()
    InvoiceLine.objects.filter(pk=line.pk).update(external_id=f"{line.external_id}0")
    with pytest.raises(AssertionError, match="invoice line: 1 of"):
        invoices.assert_exact(sandbox, organization)
