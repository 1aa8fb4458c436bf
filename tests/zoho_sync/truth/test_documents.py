"""Documents are compared as everything else is: head and lines, by the same words."""

from __future__ import annotations

import random

import pytest

from inventory.models import Bill, Invoice, InvoiceLine
from tests.document_factories import InvoiceFactory
from tests.factories import OrganizationFactory, WebhookDeliveryFactory
from zoho_sync import services
from zoho_sync.models import TruthCheck
from zoho_sync.sandbox import Size
from zoho_sync.truth.sampling import draw

pytestmark = pytest.mark.django_db(transaction=True)
Verdict = TruthCheck.Verdict


@pytest.fixture
def size() -> Size:
    return Size(items=6, customers=3, vendors=2, locations=2, price_lists=1, price_list_items=4, documents=12)


@pytest.fixture
def compare(sandbox, organization, run_sync):
    """Draw every document there is: {(entity, external id): what became of it}."""
    for entity in ("invoices", "bills"):
        assert run_sync(entity).status == "succeeded"

    def compared() -> dict[tuple[str, str], TruthCheck]:
        found = services.check_truth(organization, 1000)
        return {(each.entity, each.external_id): each for each in found.checks}

    return compared


def test_all_that_is_right_is_equal(compare):
    told = compare()
    assert {entity for entity, _id in told} == {"invoices", "bills"}
    assert len(told) == Invoice.objects.count() + Bill.objects.count()
    assert {each.verdict for each in told.values()} == {Verdict.EQUAL}


def test_a_line_that_is_wrong_is_a_drift_of_its_document_until_it_is_right(compare):
    line = InvoiceLine.objects.first()
    right = line.quantity
    InvoiceLine.objects.filter(pk=line.pk).update(quantity=right + 1)

    drift = compare()["invoices", line.document.external_id]

    assert (drift.verdict, drift.label) == (Verdict.DRIFT, line.document.number)
    assert [(each["record"], each["field"]) for each in drift.differences] == [(line.external_id, "quantity")]
    InvoiceLine.objects.filter(pk=line.pk).update(quantity=right)
    assert compare()["invoices", line.document.external_id].verdict == Verdict.EQUAL
    drift.refresh_from_db()
    assert drift.mended_at is not None


def test_one_that_a_webhook_speaks_of_is_only_behind(compare, organization):
    wrong, other = Invoice.objects.order_by("pk")[:2]
    Invoice.objects.filter(pk__in=(wrong.pk, other.pk)).update(reference="wrong")
    WebhookDeliveryFactory(
        organization=organization, subject="invoice", entity="products", record_id=wrong.external_id,
        status="received", is_test=False,
    )  # fmt: skip

    told = compare()

    assert told["invoices", wrong.external_id].verdict == Verdict.LAG
    assert told["invoices", other.external_id].verdict == Verdict.DRIFT


@pytest.mark.parametrize(
    ("count", "calls", "wanted"), [(100, 100, 10), (100, 8, 4), (100, 1, 0), (1000, 1000, 30)]
)
def test_one_of_ten_is_a_document_within_half_of_the_calls(count, calls, wanted):
    organization = OrganizationFactory()
    InvoiceFactory.create_batch(30, organization=organization)
    InvoiceFactory(organization=organization, detail_is_due=True)

    drawn = draw(organization, count, calls, random.Random(7)).documents

    assert len(set(drawn)) == len(drawn) == wanted
    assert {entity for entity, _id in drawn} <= {"invoices"}
