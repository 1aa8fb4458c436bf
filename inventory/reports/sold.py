"""What was sold: invoices less credit notes, over days of the company's zone, added up by whatever is asked.

Counted are documents that are still at the source and in force: no drafts, no void, cancelled or rejected ones, none
that wait for approval. Lines come with a detail call after their document's head: those that have not come are counted
and said, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_noop as _

from ..models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from ..models.documents import Document
from .base import Note, at_most, counted
from .sums import ExactSum

NOT_COUNTED = (*Document.VOID, "pending_approval")
ZERO = Decimal(0)
Period = tuple[date, date]


@dataclass
class Sold:
    """Quantities and amounts of some lines, or amounts of some documents; returned and credited are positive.

    documents: invoices. unknown: lines whose quantity or amount the source does not tell.
    """

    sold: Decimal = ZERO
    returned: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    documents: int = 0
    credit_notes: int = 0
    unknown: int = 0

    @property
    def quantity(self) -> Decimal:
        return self.sold - self.returned

    @property
    def revenue(self) -> Decimal:
        return self.invoiced - self.credited


def counting(model: Any, period: Period) -> QuerySet:
    """Invoices or credit notes that count."""
    rows = model.objects.live().filter(date__gte=period[0], date__lte=period[1])
    return rows.exclude(status__in=NOT_COUNTED).order_by()


def lines(model: Any, period: Period, currency: str = "", places: Sequence[int] = ()) -> QuerySet:
    """Their lines. places: keys of warehouses; a line without one of its own is at its document's."""
    rows = model.objects.live().filter(
        document__removed_at=None, document__date__gte=period[0], document__date__lte=period[1]
    )
    rows = rows.exclude(document__status__in=NOT_COUNTED).order_by()
    if currency:
        rows = rows.filter(document__currency_code=currency)
    if places:
        by_document = Q(warehouse=None, warehouse_external_id="", document__warehouse__in=places)
        rows = rows.filter(Q(warehouse__in=places) | by_document)
    return rows


def sold_by(
    groups: Sequence[str], period: Period, currency: str = "", places: Sequence[int] = ()
) -> dict[tuple, Sold]:
    """{values of the groups: what was sold}, from lines. groups: columns of a line, such as "product_id"."""
    found: dict[tuple, Sold] = {}
    for model, is_sale in ((InvoiceLine, True), (CreditNoteLine, False)):
        rows = lines(model, period, currency, places).values_list(*groups)
        rows = rows.annotate(
            ExactSum("quantity"),
            ExactSum("total"),
            Count("document", distinct=True),
            lines_unknown=Count("pk", filter=Q(quantity=None) | Q(total=None)),
        )
        for *key, quantity, total, documents, unknown in rows.iterator(chunk_size=5000):
            each = found.setdefault(tuple(key), Sold())
            each.unknown += unknown
            if is_sale:
                each.sold, each.invoiced, each.documents = quantity or ZERO, total or ZERO, documents
            else:
                each.returned, each.credited, each.credit_notes = quantity or ZERO, total or ZERO, documents
    return found


def quantities(period: Period, places: Sequence[int] = ()) -> dict[int, Decimal]:
    """{product's key: how many were sold, less those that came back}, whatever the currency."""
    found: dict[int, Decimal] = {}
    for model, sign in ((InvoiceLine, 1), (CreditNoteLine, -1)):
        rows = lines(model, period, places=places).exclude(product=None).values_list("product_id")
        for key, quantity in rows.annotate(ExactSum("quantity")).iterator(chunk_size=5000):
            found[key] = found.get(key, ZERO) + sign * (quantity or ZERO)
    return found


def invoiced_by(groups: Sequence[str], period: Period, currency: str = "") -> dict[tuple, Sold]:
    """{values of the groups: amounts and documents}, from the documents' own totals."""
    found: dict[tuple, Sold] = {}
    for model, is_sale in ((Invoice, True), (CreditNote, False)):
        rows = counting(model, period)
        rows = rows.filter(currency_code=currency) if currency else rows
        rows = rows.values_list(*groups).annotate(
            ExactSum("total"), Count("pk"), totals_unknown=Count("pk", filter=Q(total=None))
        )
        for *key, total, documents, unknown in rows.iterator(chunk_size=5000):
            each = found.setdefault(tuple(key), Sold())
            each.unknown += unknown
            if is_sale:
                each.invoiced, each.documents = total or ZERO, documents
            else:
                each.credited, each.credit_notes = total or ZERO, documents
    return found


def mirrored_since() -> date | None:
    """The day of the oldest invoice that is mirrored."""
    return Invoice.objects.live().aggregate(first=Min("date"))["first"]


def notes(period: Period) -> Iterable[Note]:
    """What sales over a period cannot tell."""
    for model, one, many in (
        (
            Invoice,
            "%(count)s invoice of the period waits for its lines; its goods are not counted yet.",
            "%(count)s invoices of the period wait for their lines; their goods are not counted yet.",
        ),
        (
            CreditNote,
            "%(count)s credit note of the period waits for its lines; its goods are not counted yet.",
            "%(count)s credit notes of the period wait for their lines; their goods are not counted yet.",
        ),
    ):
        yield from counted(one, many, counting(model, period).filter(detail_at=None).count(), "warn")
    yield from since_when(period[0])
    undated = Invoice.objects.live().filter(date=None).exclude(status__in=NOT_COUNTED)
    yield from counted(
        "%(count)s invoice has no date and is in no period.",
        "%(count)s invoices have no date and are in no period.",
        undated.count(),
        "warn",
    )


def since_when(day: date) -> Iterable[Note]:
    """Whether the mirror reaches back that far."""
    first = mirrored_since()
    if first is None:
        yield Note(
            _("No invoice is mirrored, so nothing counts as sold. Sync the invoices first."), mood="warn"
        )
    elif first > day:
        facts = {"day": first.isoformat()}
        yield Note(
            _("Invoices before %(day)s are not mirrored, so nothing of them counts."),
            facts=facts,
            mood="warn",
        )


LINES_OF_AN_INVOICE = 5  # about


def weight(period: Period) -> int:
    """About how many lines lie in the period."""
    enough = settings.REPORTS["ROWS_AT_ONCE"] // LINES_OF_AN_INVOICE + 1
    return LINES_OF_AN_INVOICE * at_most(counting(Invoice, period), enough)
