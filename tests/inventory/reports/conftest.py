"""A small world of documents, and reports asked in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.datastructures import MultiValueDict

from inventory.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from inventory.reports import registry, services
from tests.access.conftest import permitted
from tests.factories import NOON, CustomerFactory, OrganizationFactory, ProductFactory

TODAY = date(2026, 11, 21)
HEADS: dict[Any, Any] = {Invoice: InvoiceLine, CreditNote: CreditNoteLine}


def document(model: Any, *lines: tuple[Any, Any, Any], **facts: Any) -> Any:
    """lines: (product or None, quantity, total) each. Its detail is read, unless `detail_at` says otherwise."""
    usual = {
        "organization": OrganizationFactory(), "external_id": str(model.objects.count() + 1), "synced_at": NOON,
        "number": f"N-{model.objects.count() + 1}", "status": "sent", "date": TODAY, "currency_code": "IQD",
        "detail_at": NOON, "detail_is_due": False,
    }  # fmt: skip
    if lines and "total" not in facts:
        facts["total"] = sum((Decimal(total) for *_others, total in lines), Decimal(0))
    made = model.objects.create(**usual | facts)
    for place, (product, quantity, total) in enumerate(lines):
        HEADS[model].objects.create(
            organization=made.organization, external_id=f"{made.external_id}-{place}", synced_at=NOON, document=made,
            product=product, quantity=quantity, total=total, name=str(product or "text"),
            product_external_id=product.external_id if product else "",
        )  # fmt: skip
    return made


def invoice(*lines: tuple[Any, Any, Any], **facts: Any) -> Invoice:
    return document(Invoice, *lines, **facts)


def credit_note(*lines: tuple[Any, Any, Any], **facts: Any) -> CreditNote:
    return document(CreditNote, *lines, **facts)


@pytest.fixture
def ask(db) -> Callable[..., Any]:
    """ask("stock-value", warehouse=["1"]) → the answer, as of TODAY."""

    def answer(key: str, order: str = "", **given: Any) -> services.Answer:
        report = registry.get(key)
        told = {name: value if isinstance(value, list) else [str(value)] for name, value in given.items()}
        asked = report.parameters(MultiValueDict(told), today=TODAY)
        assert asked.is_valid(), asked.errors
        return services.compute(report, asked, order)

    return answer


@pytest.fixture
def rows(ask) -> Callable[..., list[dict[str, Any]]]:
    """The rows of a report as dictionaries."""

    def told(key: str, order: str = "", **given: Any) -> list[dict[str, Any]]:
        answer = ask(key, order, **given)
        return [dict(zip([each.name for each in answer.columns], row, strict=True)) for row in answer.rows]

    return told


@pytest.fixture
def notes(ask) -> Callable[..., str]:
    return lambda key, **given: " ".join(str(note) for note in ask(key, **given).notes)


@pytest.fixture
def seer(client) -> Client:
    """May see every report, and what they lead to, and take files out."""
    client.force_login(
        permitted(
            "inventory.view_stock_report", "inventory.view_money_report", "inventory.export_report",
            "inventory.view_product", "inventory.view_customer", "inventory.view_warehouse",
        )
    )  # fmt: skip
    return client


@pytest.fixture
def cable(db) -> Any:
    return ProductFactory(name="Cable", sku="CB-1", purchase_price=Decimal("1000"))


@pytest.fixture
def shop(db) -> Any:
    return CustomerFactory(name="Shop", currency_code="IQD")
