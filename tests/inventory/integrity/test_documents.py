"""Documents whose figures contradict each other, and when they are looked at again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.integrity import runs
from inventory.integrity.documents import CHUNK
from inventory.integrity.told import about, plain, rows_named
from inventory.models import Finding, Invoice
from tests.document_factories import FACTORIES, InvoiceFactory, line_of
from tests.factories import NOON, AdministratorFactory

pytestmark = pytest.mark.django_db
KEY = "documents_add_up"


def invoice(*totals, **values):
    """Of 100 dollars, with lines of these."""
    usual = {"number": "INV-7", "currency_code": "USD", "sub_total": 100, "total": 100, "balance": 100}
    document = InvoiceFactory(**usual | values)
    for total in totals:
        line_of(document, total=None if total is None else Decimal(total))
    return document


def test_lines_that_do_not_come_to_the_subtotal_are_told_with_the_difference(said):
    invoice(60, 40)
    invoice("33.34", "33.33", "33.34")  # each line is rounded by itself
    invoice(60, "39.5")

    assert said(KEY) == [
        "Invoice INV-7 does not add up. The lines come to 99.50 USD, the subtotal says 100.00 USD: 0.50 USD apart."
    ]


def test_every_sum_that_is_wrong_is_told_in_the_documents_currency(said):
    paid = {"payment_made": 50, "credits_applied": 0, "write_off": None}
    invoice(100, currency_code="IQD", tax_total=10, total=130, balance=90, **paid)

    assert said(KEY) == [
        "Invoice INV-7 does not add up. Subtotal, discount, tax, shipping and adjustment come to 110 IQD, the total "
        "says 130 IQD: 20 IQD apart. The total less payments and credits is 80 IQD, but 90 IQD is said to be still to "
        "be paid: 10 IQD apart."
    ]


def test_what_is_not_known_is_not_wrong(facts_of):
    invoice(60, None)
    invoice()
    invoice(100, sub_total=None)
    invoice(100, total=None)

    assert facts_of(KEY) == []


@pytest.mark.parametrize(
    "values",
    [
        {"detail_at": None},
        {"detail_is_due": True},  # its head is newer than its lines
        {"removed_at": NOON},
        {"status": "void"},
        {"status": "draft"},
    ],
    ids=lambda values: next(iter(values)) + str(next(iter(values.values()))),
)
def test_a_document_that_is_not_read_gone_or_of_no_effect_is_not_looked_at(facts_of, values):
    invoice(60, **values)
    assert facts_of(KEY) == []


def test_lines_that_left_the_document_are_not_added(facts_of):
    document = invoice(60, 40, 30)
    document.lines.filter(total=30).update(removed_at=NOON)
    assert facts_of(KEY) == []


@pytest.mark.parametrize(
    "kind", ["salesorder", "invoice", "creditnote", "purchaseorder", "bill", "vendorcredit"]
)
def test_every_kind_of_document_is_looked_at_and_linked(facts_of, kind):
    (factory,) = [each for model, each in FACTORIES.items() if model._meta.model_name == kind]
    document = factory(sub_total=100, total=110)

    (fact,) = facts_of(KEY)

    assert rows_named(fact.facts)[kind] == [document.pk]
    partner = "customer" if hasattr(document, "customer_id") else "vendor"
    assert rows_named(fact.facts)[partner] == [getattr(document, f"{partner}_id")]


def test_more_documents_than_are_read_at_once_are_each_looked_at_once(facts_of):
    document = invoice(60)
    copies = InvoiceFactory.build_batch(
        CHUNK + 20,
        organization=document.organization,
        customer=None,
        customer_external_id="",
        customer_name="Noor",
        warehouse=None,
        warehouse_external_id="",
        sub_total=Decimal(100),
        total=Decimal(90),
    )
    Invoice.objects.bulk_create(copies)

    assert [each.row for each in facts_of(KEY)] == list(
        Invoice.objects.order_by("pk").values_list("pk", flat=True)
    )


def look() -> runs.Outcome:
    (outcome,) = runs.run(keys=[KEY], only_changed=True)
    return outcome


def test_it_is_looked_at_again_only_when_a_document_or_a_line_has_changed():
    document = invoice(60)
    assert look().counts.opened == 1
    assert look().skipped == "unchanged"

    document.lines.update(total=100)

    assert look().counts.closed == 1


def test_a_document_knows_its_finding():
    document = invoice(60)
    look()

    finding = about(document).get()

    assert (finding.state, finding.code, finding.label) == (
        Finding.State.OPEN,
        "INV-7",
        document.customer_name,
    )
    assert "40.00 USD apart" in plain(finding.check_key, finding.facts, finding.label)


def test_its_page_says_what_does_not_add_up(client):
    document = invoice(60)
    look()
    client.force_login(AdministratorFactory())

    told = client.get(f"/admin/inventory/invoice/{document.pk}/change/").content.decode()

    assert "What the integrity desk says of it" in told
    assert f"/admin/inventory/finding/{Finding.objects.get().pk}/change/" in told
