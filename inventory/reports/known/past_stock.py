"""What lay where at a past moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ...models import StockChange, StockLevel
from .. import past
from ..base import STOCK, Column, Note, Report, Row, at_most
from ..parameters import MomentField, Parameters, warehouses_field
from ..registry import register

FIGURES = ("on_hand", "available_for_sale", "committed", "in_transit")


class PastStockParameters(Parameters):
    at = MomentField(label=_("At"), help_text=_("In the company's own time."))
    figure = forms.ChoiceField(
        label=_("Figure"),
        initial="on_hand",
        choices=[(name, StockLevel._meta.get_field(name).verbose_name) for name in FIGURES],  # type: ignore[union-attr]
    )
    warehouse = warehouses_field()
    show = forms.ChoiceField(
        label=_("Show"),
        initial="held",
        choices=[
            ("held", _("where there was some, then or now")),
            ("changed", _("what is another now")),
            ("all", _("every stock level")),
        ],
    )


def levels(asked: Parameters) -> Any:
    """Those of that time: what has left since was there."""
    at: datetime = asked.value("at")
    there = Q(removed_at=None) | Q(removed_at__gt=at)
    product = Q(product__removed_at=None) | Q(product__removed_at__gt=at)
    rows = StockLevel.objects.filter(there, product).order_by()
    places = asked.value("warehouse")
    return rows.filter(warehouse__in=places) if places else rows


@register
class PastStock(Report):
    key = "past-stock"
    place = 90
    icon = "history"
    title = _("Stock at a past moment")
    question = _("How much of each product lay in each warehouse at a moment, and how much is it now?")
    method = _(
        "From the history of stock figures: what the first change after the moment found; without one, what is stored. "
        "A change counts from when the mirror saw it, which is minutes after it happened at the source, or longer "
        "while syncs stood still. What left the source since was there; what was not known yet is left out."
    )
    permission = STOCK
    behind = _("stock changes")
    parameters = PastStockParameters
    order = "product"
    groups = ("warehouse",)

    def columns(self, asked: Parameters) -> list[Column]:
        return [
            Column("product", _("product"), "product"),
            Column("warehouse", _("warehouse"), "warehouse"),
            Column("then", _("then"), "quantity", sums=True),
            Column("now", _("now"), "quantity", sums=True),
            Column("change", _("change since"), "quantity", sums=True),
        ]

    def rows(self, asked: Parameters) -> Iterable[Row]:
        at, figure, show = asked.value("at"), asked.value("figure"), asked.value("show")
        before = past.found_after(StockChange, at, ("level_id",), figure=figure)
        unknown = past.unknown_at("stock_level", asked)
        columns = levels(asked).values_list("pk", "product_id", "warehouse_id", figure, "removed_at")
        for key, product, warehouse, now, removed_at in columns.iterator(chunk_size=5000):
            if key in unknown:
                continue
            then = before.get((key,), now)
            now = None if removed_at else now
            is_held, is_changed = bool(then) or bool(now), then != now
            if show == "all" or (is_held if show == "held" else is_changed):
                change = None if then is None or now is None else now - then
                yield (product, warehouse, then, now, change)

    def notes(self, asked: Parameters) -> Iterable[Note]:
        unknown = past.unknown_at("stock_level", asked)
        yield from past.notes("stock_level", len(unknown))

    def weight(self, asked: Parameters) -> int:
        return at_most(StockLevel.objects.all())

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        return (
            f"{reverse('admin:inventory_stockchange_changelist')}?level__product__id__exact={row['product']}"
        )
