"""Why a product's stock is what it is: the documents whose lines moved it, in time order, against its history.

Three kinds of figures move by different documents, as the source computes them:

* ACCOUNTING (on hand in the books): invoices and vendor credits take away, bills and credit notes bring, adjustments
  and transfers do either.
* PHYSICAL (what lies there): packages that were shipped take away, returns that were received bring; adjustments and
  transfers as above.
* COMMITTED: what confirmed orders have promised and no invoice has taken yet.

A change of a figure is explained when the documents that were written down since the last look at it come to just
that difference. Where they do not, a reader is told so; a document may be older than the days that are mirrored, or
its lines may not have been read yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db import models
from django.utils import timezone

from .models import (
    AdjustmentLine,
    BillLine,
    CreditNoteLine,
    InvoiceLine,
    PackageLine,
    Product,
    SalesOrderLine,
    SalesReturnLine,
    StockChange,
    TransferOrderLine,
    VendorCreditLine,
)

ACCOUNTING, PHYSICAL, COMMITTED = "accounting", "physical", "committed"
# The figure of a stock level that a kind moves by itself; the others are reckoned from these.
FIGURES = {"on_hand": ACCOUNTING, "physical_available": PHYSICAL, "committed": COMMITTED}
MOST = 100
MOST_TRIED = 8  # documents, of which every choice is tried for one change
SLACK = timedelta(minutes=10)  # clocks differ, and the source writes stock a little after its document


@dataclass(frozen=True)
class Source:
    """One table of lines. sign: 1 brings, -1 takes away. states: in which it counts; () means all but the void ones."""

    line: type[models.Model]
    figures: tuple[str, ...]
    sign: int
    states: tuple[str, ...] = ()


SOURCES = (
    Source(InvoiceLine, (ACCOUNTING,), -1),
    Source(BillLine, (ACCOUNTING,), 1),
    Source(CreditNoteLine, (ACCOUNTING,), 1),
    Source(VendorCreditLine, (ACCOUNTING,), -1),
    Source(AdjustmentLine, (ACCOUNTING, PHYSICAL), 1),
    Source(
        TransferOrderLine, (ACCOUNTING, PHYSICAL), -1, ("transferred", "in_transit", "intransit", "received")
    ),
    Source(PackageLine, (PHYSICAL,), -1, ("shipped", "in_transit", "delivered")),
    Source(SalesReturnLine, (PHYSICAL,), 1, ("received", "partially_received", "closed")),
    Source(SalesOrderLine, (COMMITTED,), 1),
)


@dataclass(frozen=True)
class Movement:
    """One line of one document.

    quantity: signed, positive brings; None is unknown. figures: of ACCOUNTING, PHYSICAL, COMMITTED, those it moves.
    counts: False for a draft, a void one, or one that has not come to moving anything; it is told all the same.
    noted_at: when the source wrote the document down; changed_at: when it last touched it. left: of an order, what no
    invoice has taken of it yet; of all others None.
    """

    kind: str
    document_id: int
    label: str
    external_id: str
    day: date | None
    noted_at: datetime | None
    changed_at: datetime | None
    status: str
    counts: bool
    figures: tuple[str, ...]
    quantity: Decimal | None
    warehouse_id: int | None
    partner: str = ""
    left: Decimal | None = None

    @property
    def moment(self) -> datetime | None:
        return self.noted_at or self.changed_at


@dataclass(frozen=True)
class Change:
    """One figure of one place as the history has it."""

    figure: str
    before: Decimal | None
    after: Decimal | None
    seen_at: datetime
    cause: str
    warehouse_id: int

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Explained:
    """A change, and the movements that come to its difference: None where nothing is to be explained by documents (a
    figure that is reckoned from others), empty where none fits."""

    change: Change
    by: tuple[Movement, ...] | None


@dataclass(frozen=True)
class Story:
    """Newest first. more: there is something older than this; until: the day back to which it is all here, the day
    itself perhaps not whole."""

    movements: Sequence[Movement]
    changes: Sequence[Explained]
    more: bool
    until: date | None


def story(
    product: Product, *, warehouse: int | None = None, before: date | None = None, most: int = MOST
) -> Story:
    """One query for each table of lines and one for the history, at most `most` of each.

    warehouse: a place's key; lines that name no place count where their document is. before: only what is of an
    earlier day than that.
    """
    found: list[Movement] = []
    cut: list[date] = []
    for source in SOURCES:
        rows = _lines(source, product, warehouse, before, most)
        if len(rows) > most:
            rows = rows[:most]
            if rows[-1].document.date:
                cut.append(rows[-1].document.date)
        found += [each for row in rows for each in _moves(source, row)]
    changes = _changes(product, warehouse, before, most + 1)
    if len(changes) > most:
        changes = changes[:most]
        cut.append(timezone.localdate(changes[-1].seen_at))
    until = max(cut) if cut else None
    # Of a table that went on, older lines were not read: nobody's are told from before that day.
    told = [each for each in found if until is None or (each.day is not None and each.day >= until)]
    told = [each for each in told if warehouse in (None, each.warehouse_id)]
    told.sort(key=_newest_first, reverse=True)
    if len(told) > most:
        until = told[most - 1].day
        told = told[:most]
    return Story(told, explain(changes, found), until is not None, until)


def _newest_first(movement: Movement) -> tuple[date, float, int]:
    at = movement.moment
    return movement.day or date.min, at.timestamp() if at else 0.0, movement.document_id


def _lines(
    source: Source, product: Product, warehouse: int | None, before: date | None, most: int
) -> list[Any]:
    model: Any = source.line
    rows = model.objects.live().filter(product=product, document__removed_at__isnull=True)
    if warehouse is not None:
        here = models.Q(warehouse=warehouse) | models.Q(warehouse=None, document__warehouse=warehouse)
        if source.line is TransferOrderLine:
            here |= models.Q(document__to_warehouse=warehouse)
        rows = rows.filter(here)
    if before is not None:
        rows = rows.filter(document__date__lt=before)
    heavy = ("payload", "description", "document__payload", "document__detail_payload")
    newest = models.F("document__date").desc(nulls_last=True)
    rows = rows.select_related("document").defer(*heavy).order_by(newest, "-document_id", "-pk")
    return list(rows[: most + 1])


def _moves(source: Source, line: Any) -> Iterable[Movement]:
    """One movement; two of a transfer, away from one place and into the other."""
    document = line.document
    counts = document.status in source.states if source.states else document.status not in document.VOID
    if source.line is AdjustmentLine and document.kind == "value":
        counts = False
    quantity, figures, left = line.quantity, source.figures, None
    if source.line is SalesOrderLine:
        left = _promised(line)
        counts = counts and document.status not in ("draft", "pending_approval")
    place = line.warehouse_id or document.warehouse_id
    yield _movement(document, figures, _signed(quantity, source.sign), place, counts, left)
    if source.line is TransferOrderLine:
        is_there = counts and document.status in ("transferred", "received") and not document.is_in_transit
        yield _movement(document, figures, quantity, document.to_warehouse_id, is_there)


def _promised(line: Any) -> Decimal | None:
    """What of an order's line no invoice has taken yet."""
    if line.quantity is None:
        return None
    return max(Decimal(0), line.quantity - (line.quantity_invoiced or 0))


def _signed(quantity: Decimal | None, sign: int) -> Decimal | None:
    return None if quantity is None else quantity * sign


def _movement(
    document: Any,
    figures: tuple[str, ...],
    quantity: Decimal | None,
    place: int | None,
    counts: bool,
    left: Decimal | None = None,
) -> Movement:
    return Movement(
        kind=document._meta.model_name,
        document_id=document.pk,
        label=str(document),
        external_id=document.external_id,
        day=document.date,
        noted_at=document.source_created_at,
        changed_at=document.source_modified_at,
        status=document.status,
        counts=counts,
        figures=figures,
        quantity=quantity,
        warehouse_id=place,
        partner=getattr(document, "customer_name", "") or getattr(document, "vendor_name", ""),
        left=left,
    )


def _changes(product: Product, warehouse: int | None, before: date | None, most: int) -> list[Change]:
    rows = StockChange.objects.filter(level__product=product)
    if warehouse is not None:
        rows = rows.filter(level__warehouse=warehouse)
    if before is not None:
        rows = rows.filter(changed_at__date__lt=before)
    columns = ("figure", "before", "after", "changed_at", "cause", "level__warehouse")
    return [Change(*row) for row in rows.order_by("-changed_at", "-pk").values_list(*columns)[:most]]


# --- What explains what ------------------------------------------------------------------------------------


def explain(changes: Sequence[Change], movements: Sequence[Movement]) -> list[Explained]:
    """Each change, in the order in which they came, with the movements that fit; a movement explains one change of a
    figure. Oldest first, so that what came first is explained by what was written first."""
    used: set[tuple[str, int]] = set()
    found: dict[int, Explained] = {}
    seen: dict[tuple[str, int], datetime] = {}
    for place in sorted(range(len(changes)), key=lambda place: changes[place].seen_at):
        change = changes[place]
        kind = FIGURES.get(change.figure)
        if kind is None or not change.difference:
            found[place] = Explained(change, None)
            continue
        key = (change.figure, change.warehouse_id)
        likely = [
            (number, each)
            for number, each in enumerate(movements)
            if (kind, number) not in used and _could_bring(each, change, kind, seen.get(key))
        ]
        fitting = _fitting(likely, change.difference)
        used |= {(kind, number) for number, _each in fitting}
        found[place] = Explained(change, tuple(each for _number, each in fitting))
        seen[key] = change.seen_at
    return [found[place] for place in range(len(changes))]


def _could_bring(movement: Movement, change: Change, kind: str, last_seen: datetime | None) -> bool:
    """Was it written, or touched, after the last look and before this one? Of an order, an invoice takes from what is
    committed when it is written."""
    applies = kind in movement.figures or (kind == COMMITTED and movement.kind == "invoice")
    if not applies or not movement.counts or not movement.quantity:
        return False
    if movement.warehouse_id != change.warehouse_id:
        return False
    moments = [at for at in (movement.noted_at, movement.changed_at) if at is not None]
    if not moments or min(moments) > change.seen_at + SLACK:
        return False
    return last_seen is None or max(moments) >= last_seen - SLACK


def _fitting(likely: Sequence[tuple[int, Movement]], difference: Decimal) -> tuple[tuple[int, Movement], ...]:
    """The fewest of them that come to the difference; the newest where several do."""
    newest = sorted(likely, key=lambda pair: _newest_first(pair[1]), reverse=True)[:MOST_TRIED]
    for count in range(1, len(newest) + 1):
        for chosen in combinations(newest, count):
            if sum((each.quantity or 0 for _number, each in chosen), Decimal(0)) == difference:
                return chosen
    if (
        len(likely) > MOST_TRIED
        and sum((each.quantity or 0 for _n, each in likely), Decimal(0)) == difference
    ):
        return tuple(likely)
    return ()
