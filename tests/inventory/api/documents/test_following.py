"""Whoever follows documents by `changed_since` is told of their lines too."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from inventory import changes
from inventory.api.documents.lined import LinedShape
from inventory.api.documents.urls import DOCUMENTS
from inventory.models import Organization, SalesOrder
from inventory.noted import KINDS
from tests.document_factories import (
    FACTORIES,
    AdjustmentFactory,
    InvoiceFactory,
    SalesReturnFactory,
    VendorFactory,
    line_of,
)
from tests.factories import NOON, ProductFactory, StockLevelFactory, UserFactory

from ...settled import settle

pytestmark = pytest.mark.django_db(transaction=True)


class Follower:
    """A copy of one list with its lines, kept from nothing but answers."""

    def __init__(self, name: str):
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        self.name, self.client, self.checkpoint = name, Client(), ""
        self.client.force_login(user)
        self.fields = ",".join(DOCUMENTS[name].shape.list_names)
        self.copy: dict[str, dict] = {}

    def follow(self) -> set[str]:
        """The ids that were told."""
        settle()
        since = f"changed_since={self.checkpoint}" if self.checkpoint else "removed=all"
        address, told = f"/api/v1/{self.name}/?fields={self.fields}&{since}", set()
        checkpoint = None
        while address:
            page = json.loads(self.client.get(address).content)
            checkpoint = checkpoint or page["checkpoint"]
            self.copy |= {row["id"]: row for row in page["results"]}
            told |= {row["id"] for row in page["results"]}
            address = page["next"]
        self.checkpoint = checkpoint
        return told

    def is_exact(self) -> bool:
        fresh = Follower(self.name)
        fresh.follow()
        return fresh.copy == self.copy


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_change_of_a_document_or_of_its_lines_is_told_and_no_other(name):
    view = DOCUMENTS[name]
    make = FACTORIES[view.shape.model]
    row, other = make(), make()
    is_lined = isinstance(view.shape, LinedShape)
    line = line_of(row) if is_lined else None
    follower = Follower(name)
    assert follower.follow() == {str(row.pk), str(other.pk)}
    assert follower.follow() == set()

    view.shape.model.objects.filter(pk=row.pk).update(removed_at=NOON)
    assert follower.follow() == {str(row.pk)}
    if line is not None:
        lines = type(line).objects.filter(pk=line.pk)
        lines.update(synced_at=NOON, cause="run 2")  # read again, and the same
        assert follower.follow() == set()
        for change in ({"external_id": "9"}, {"position": 7}, {"removed_at": NOON}):
            lines.update(**change)
            assert follower.follow() == {str(row.pk)}, change
        line_of(row)
        assert follower.follow() == {str(row.pk)}
    assert follower.is_exact()


def test_a_line_that_finds_its_product_later_is_told():
    invoice = InvoiceFactory()
    line = line_of(invoice)
    type(line).objects.update(product=None)
    follower = Follower("invoices")
    follower.follow()
    assert follower.copy[str(invoice.pk)]["lines"][0]["product"]["id"] is None

    type(line).objects.update(product=(product := ProductFactory()))
    follower.follow()

    assert follower.copy[str(invoice.pk)]["lines"][0]["product"]["id"] == str(product.pk)


def test_a_currency_that_is_told_along_is_followed():
    returned, adjusted = SalesReturnFactory(), AdjustmentFactory()
    returns, adjustments = Follower("sales-returns"), Follower("adjustments")
    returns.follow()
    adjustments.follow()
    StockLevelFactory()
    VendorFactory()
    before = {kind: changes.horizon(kind).newest for kind in ("customer", "stock_level", "product", "vendor")}

    SalesOrder.objects.update(currency_code="USD")
    Organization.objects.update(currency_code="USD")

    assert returns.follow() == {str(returned.pk)}
    assert adjustments.follow() == {str(adjusted.pk)}
    assert returns.is_exact()
    assert adjustments.is_exact()
    assert [kind for kind, newest in before.items() if changes.horizon(kind).newest == newest] == []


def test_a_list_that_a_filter_narrows_is_known_to_be_unchanged_without_being_read(
    django_assert_max_num_queries,
):
    InvoiceFactory()
    follower = Follower("invoices")
    settle()
    address = "/api/v1/invoices/?open=true&date_from=2026-01-01"
    first = follower.client.get(address)
    again = {"If-None-Match": first["ETag"]}
    assert follower.client.get(address, headers=again).status_code == 304

    with django_assert_max_num_queries(5) as asked:
        assert follower.client.get(address, headers=again).status_code == 304

    assert not any('"inventory_invoice"' in query["sql"] for query in asked.captured_queries)
    line_of(InvoiceFactory())
    assert follower.client.get(address, headers=again).status_code == 200


def test_what_is_overdue_is_judged_by_its_answer():
    """A day that goes by changes no row."""
    InvoiceFactory()
    follower = Follower("invoices")
    settle()
    answer = follower.client.get("/api/v1/invoices/?overdue=true")

    assert answer["ETag"] != follower.client.get("/api/v1/invoices/?overdue=false")["ETag"]
    assert "overdue" not in DOCUMENTS["invoices"].near


def test_names_of_kinds_fit_their_column_and_are_those_of_the_lists():
    assert max(map(len, KINDS)) <= 16
    assert {view.kind for view in DOCUMENTS.values()} <= KINDS.keys()
    assert all(KINDS[view.kind] is view.shape.model for view in DOCUMENTS.values())
    assert connection.vendor in ("sqlite", "postgresql")
