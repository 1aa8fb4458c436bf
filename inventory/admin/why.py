"""Why a product's figures are what they are: documents and history in one order, and which change nothing explains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Product, StockLevel, Warehouse
from ..movements import ACCOUNTING, COMMITTED, PHYSICAL, Explained, Movement, Story
from . import cells
from .causes import Causes
from .documents.page import wide
from .documents.states import state_tag
from .history import figure_name
from .panels import Table

ON_PRODUCT_PAGE = 20
KINDS = {
    ACCOUNTING: gettext_lazy("on hand in the books"),
    PHYSICAL: gettext_lazy("what lies there"),
    COMMITTED: gettext_lazy("committed"),
}


NEEDED = (
    "inventory.view_stockchange",
    "inventory.view_invoice",
    "inventory.view_bill",
)  # it tells of all of these


@dataclass(frozen=True)
class Entry:
    """A movement or a change, at its place in time. day: None where the source names none."""

    day: date | None
    moment: datetime | None
    told: Movement | Explained


def woven(story: Story) -> list[Entry]:
    """Newest first; what happened on a day stands under what was seen of it on that day."""
    entries = [Entry(each.day, each.moment, each) for each in story.movements]
    for each in story.changes:
        seen = timezone.localtime(each.change.seen_at)
        if story.until is None or seen.date() >= story.until:
            entries.append(Entry(seen.date(), each.change.seen_at, each))
    return sorted(entries, key=_place_in_time, reverse=True)


def _place_in_time(entry: Entry) -> tuple[date, float]:
    """By its day; on it, by the hour at which it was written if that was on the same day, else at the day's end."""
    if entry.day is None:
        return date.min, 0.0
    if entry.moment is None or timezone.localtime(entry.moment).date() != entry.day:
        return entry.day, float("inf")
    return entry.day, entry.moment.timestamp()


def table(
    product: Product,
    story: Story,
    causes: Causes,
    *,
    most: int | None = None,
    place: int | None = None,
    more: bool = True,
) -> Table:
    """most: so many entries at most. more: it leads on to the page of all of them."""
    entries = woven(story)
    shown = entries[:most]
    places = {row.pk: row for row in Warehouse.objects.only("name", "external_id")} if shown else {}
    url = why_url(product, place=place)
    return Table(
        title=_("Why is this number so"),
        headers=[_("day"), _("what"), _("place"), _("figure"), _("moved by"), _("what it means")],
        rows=[row_of(entry, places, causes) for entry in shown],
        numeric=frozenset({4}),
        empty=_("No document here names this product, and no figure of it has changed since the first load."),
        note=in_words(story) if shown else "",
        more_url=url if more and entries else "",
        more=_("All movements, by place"),
    )


def row_of(entry: Entry, places: Mapping[int, Warehouse], causes: Causes) -> list[object]:
    if isinstance(entry.told, Movement):
        return _movement_row(entry.told, places)
    return _change_row(entry.told, places, causes)


def _movement_row(movement: Movement, places: Mapping[int, Warehouse]) -> list[object]:
    model: Any = apps.get_model("inventory", movement.kind)
    url = reverse(f"admin:inventory_{movement.kind}_change", args=[quote(movement.document_id)])
    named = cells.link(url, cells.ltr(movement.label))
    what = cells.stacked(
        cells.inline(capfirst(str(model._meta.verbose_name)), named),
        cells.words(movement.partner) if movement.partner else "",
    )
    return [
        cells.stacked(cells.moment(movement.day), _written(movement)),
        wide(what),
        _place(movement.warehouse_id, places),
        cells.stacked(*(capfirst(str(KINDS[kind])) for kind in movement.figures)),
        signed(movement.quantity) if movement.counts else cells.UNKNOWN,
        _meaning(movement),
    ]


def _written(movement: Movement) -> object:
    """When it was written, where that was on another day than its own."""
    at = movement.noted_at
    if at is None or timezone.localtime(at).date() == movement.day:
        return ""
    return format_html("<small>{}</small>", _("written %(when)s") % {"when": cells.moment_text(at)})


def _meaning(movement: Movement) -> object:
    state = state_tag(movement.status)
    if not movement.counts:
        return cells.stacked(state, _("It moves nothing in this state."))
    if movement.quantity is None:
        return cells.stacked(state, _("How much it moves is not known."))
    if movement.left is not None and movement.left != movement.quantity:
        still = _("Still promised: %(count)s") % {"count": cells.decimal_text(movement.left)}
        return cells.stacked(state, still)
    return state


def _change_row(explained: Explained, places: Mapping[int, Warehouse], causes: Causes) -> list[object]:
    change = explained.change
    # In one direction in every language, so that the arrow leads from what was to what is.
    went = format_html(
        '<bdi dir="ltr">{} → {}</bdi>', cells.number(change.before), cells.number(change.after)
    )
    return [
        cells.moment(change.seen_at),
        cells.stacked(
            format_html("<strong>{}</strong>", _("The figure changed")),
            cells.inline(_("seen by"), causes(change.cause)) if change.cause else "",
        ),
        _place(change.warehouse_id, places),
        cells.stacked(capfirst(figure_name(StockLevel, change.figure)), went),
        signed(change.difference),
        _explanation(explained),
    ]


def _explanation(explained: Explained) -> object:
    if explained.by is None:
        return _("It follows from other figures.")
    if not explained.by:
        return cells.tag(_("no document explains it"), "bad")
    named = [
        cells.link(
            reverse(f"admin:inventory_{each.kind}_change", args=[quote(each.document_id)]),
            cells.ltr(each.label),
        )
        for each in explained.by
    ]
    return cells.stacked(cells.tag(_("explained"), "good"), cells.joined(named))


def signed(value: Any) -> object:
    """With its sign, be it plus; taking away is no alarm here, so it is not coloured as one."""
    if value is None:
        return cells.UNKNOWN
    sign = "+" if value > 0 else ""
    return format_html('<bdi dir="ltr" class="tsh-number">{}{}</bdi>', sign, cells.decimal_text(value))


def _place(key: int | None, places: Mapping[int, Warehouse]) -> object:
    place = places.get(key) if key is not None else None
    return cells.link_to(place) if place else _("no place named")


def in_words(story: Story) -> object:
    """What the table is, what nothing explains and why that can be."""
    unexplained = sum(each.by == () for each in story.changes)
    told = [
        _(
            "Invoices, bills, credits, adjustments and transfers move what is on hand in the books; packages and "
            "returns what lies there; orders what is committed. A change that was seen is explained by the documents "
            "written since the look before that come to just its difference."
        )
    ]
    if unexplained:
        words = ngettext(
            "%(count)s change is explained by no document: it may be older than the days that are mirrored, its lines "
            "may not have been read yet, or somebody set the figure by another way.",
            "%(count)s changes are explained by no document: they may be older than the days that are mirrored, their "
            "lines may not have been read yet, or somebody set the figures by another way.",
            unexplained,
        )
        told.append(words % {"count": unexplained})
    return cells.stacked(*told)


def causes_in(story: Story) -> Iterable[str]:
    return (each.change.cause for each in story.changes)


def why_url(product: Product, **query: object) -> str:
    """query: place, before; those that are None are left out."""
    address = reverse("admin:inventory_product_why", args=[product.pk])
    kept: Sequence[tuple[str, object]] = [(name, value) for name, value in query.items() if value is not None]
    return f"{address}?{urlencode(kept)}" if kept else address
