"""Which documents belong to each other: by their links, and by the number that one quotes as its reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ...models import (
    Bill,
    CreditNote,
    Invoice,
    Package,
    PaymentAllocation,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    VendorCredit,
)
from .. import cells
from ..panels import Table
from .states import state_cell

MOST = 10  # of a kind


@dataclass(frozen=True)
class Related:
    """share: what this one has of the other, as an allocation's amount; None where the other's total is shown."""

    document: Any
    share: Any = None
    note: str = ""


def related_to(document: Any) -> Iterable[Related]:
    """At most MOST of each kind; a query for each kind."""
    kind = type(document)
    if kind is SalesOrder:
        yield from _all(document.packages)
        yield from _all(document.returns)
        yield from _quoting(Invoice, "customer_id", document)
    elif kind is Invoice:
        yield from _quoted(SalesOrder, "customer_id", document)
        yield from _payments(document)
        yield from _quoting(CreditNote, "customer_id", document)
    elif kind is CreditNote:
        yield from _quoted(Invoice, "customer_id", document)
        yield from _quoted(SalesReturn, "customer_id", document)
    elif kind in (Package, SalesReturn):
        if document.sales_order:
            yield Related(document.sales_order)
        if kind is SalesReturn:
            yield from _quoting(CreditNote, "customer_id", document)
    elif kind is PurchaseOrder:
        yield from _quoting(Bill, "vendor_id", document)
    elif kind is Bill:
        yield from _quoted(PurchaseOrder, "vendor_id", document)
        yield from _quoting(VendorCredit, "vendor_id", document)
    elif kind is VendorCredit:
        yield from _quoted(Bill, "vendor_id", document)


def _light(rows: Any) -> Any:
    return rows.live().defer("payload", "detail_payload").order_by("-date", "-pk")[:MOST]


def _all(rows: Any) -> Iterable[Related]:
    return [Related(each) for each in _light(rows)]


def _quoting(model: Any, partner: str, document: Any) -> Sequence[Related]:
    """Those of the same customer or vendor whose reference is this one's number."""
    key = getattr(document, partner)
    if key is None or not document.number:
        return []
    rows = model.objects.filter(**{partner: key}, reference=document.number)
    return [Related(each, note=_("by its reference")) for each in _light(rows)]


def _quoted(model: Any, partner: str, document: Any) -> Sequence[Related]:
    """Those whose number is this one's reference."""
    key = getattr(document, partner)
    if key is None or not document.reference:
        return []
    rows = model.objects.filter(**{partner: key}, number=document.reference)
    return [Related(each, note=_("by the reference")) for each in _light(rows)]


def _payments(invoice: Any) -> Sequence[Related]:
    shares = PaymentAllocation.objects.live().filter(invoice=invoice, document__removed_at__isnull=True)
    shares = shares.select_related("document").defer(
        "payload", "document__payload", "document__detail_payload"
    )
    return [Related(each.document, share=each.amount) for each in shares.order_by("-pk")[:MOST]]


def related_table(document: Any) -> Table | None:
    """None for kinds that have no others."""
    if type(document) not in RELATING:
        return None
    today = timezone.localdate()
    rows = [
        [
            capfirst(str(each.document._meta.verbose_name)),
            cells.stacked(cells.link_to(each.document, cells.ltr(str(each.document))), each.note),
            cells.moment(each.document.date),
            state_cell(each.document, today),
            _amount(each),
        ]
        for each in related_to(document)
    ]
    return Table(
        title=_("Related documents"),
        headers=[_("kind"), _("number"), _("date"), _("state"), _("amount")],
        rows=rows,
        numeric=frozenset({4}),
        empty=_("No other document here points to this one."),
    )


RELATING = (
    SalesOrder, Invoice, CreditNote, Package, SalesReturn, PurchaseOrder, Bill, VendorCredit,
)  # fmt: skip


def _amount(related: Related) -> object:
    document = related.document
    if not hasattr(document, "currency_code"):
        return cells.number(getattr(document, "quantity", None))
    if related.share is None:
        return cells.money(document.total, document.currency_code)
    return cells.stacked(
        cells.money(related.share, document.currency_code),
        cells.joined([_("of"), cells.money(document.total, document.currency_code)], " "),
    )
