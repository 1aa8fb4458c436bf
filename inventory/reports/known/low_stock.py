"""What runs out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ...models import Product, StockLevel, Warehouse
from .. import sold
from ..base import STOCK, Column, Note, Report, Row, at_most, counted
from ..parameters import Parameters, ReferencesField, days_field
from ..registry import register
from ..sums import ExactSum

ZERO = Decimal(0)
STATES = (
    ("out", _("out of stock"), "bad"),
    ("low", _("low"), "warn"),
    ("soon", _("runs out soon"), "warn"),
    ("enough", _("enough"), "good"),
    ("unknown", _("not known"), ""),
)


class LowStockParameters(Parameters):
    days = days_field(_("Sold over the last … days"), 30, _("Today included."))
    cover = days_field(_("Runs out within … days"), 14)
    threshold = forms.DecimalField(
        label=_("Low at or below"),
        initial=10,
        min_value=0,
        max_digits=16,
        decimal_places=4,
        help_text=_("For products without a reorder point of ours or of the source."),
    )
    warehouse = ReferencesField(
        Warehouse, label=_("Warehouses"), help_text=_("None chosen: all that are marked as selling.")
    )
    show = forms.ChoiceField(
        label=_("Show"),
        initial="attention",
        choices=[
            ("attention", _("out, low, and what runs out soon")),
            ("out", _("out of stock")),
            ("low", _("low")),
            ("soon", _("runs out soon")),
            ("all", _("everything")),
        ],
    )


def products() -> Any:
    """Goods that are kept in stock and sold: not hidden, not inactive, not services."""
    rows = Product.objects.live().filter(is_hidden=False).order_by()
    return rows.exclude(is_active=False).exclude(is_tracked=False)


def places(asked: Parameters) -> list[int]:
    chosen = asked.value("warehouse")
    return chosen or list(Warehouse.objects.live().filter(sells=True).values_list("pk", flat=True))


def levels(asked: Parameters) -> Any:
    return StockLevel.objects.live().filter(warehouse__in=places(asked)).order_by()


@register
class LowStock(Report):
    key = "low-stock"
    place = 20
    icon = "production_quantity_limits"
    title = _("Low and out of stock")
    question = _("What is out of stock or low, and for how many days does the rest last?")
    method = _(
        "Sellable is what is available for sale, added up over the chosen warehouses. A product is out at zero or "
        "below; low at or below our reorder point, else the source's reorder level, else the threshold. Days of cover "
        "are the sellable quantity divided by what was sold a day on average: quantities of invoices less credit notes "
        "over the chosen days; drafts, void documents and those that wait for approval do not count. A product that "
        "was not sold has no days of cover. Where a figure is not known, nothing is reckoned from it."
    )
    permission = STOCK
    behind = _("stock levels")
    parameters = LowStockParameters
    order = "cover"

    def columns(self, asked: Parameters) -> list[Column]:
        return [
            Column("product", _("product"), "product"),
            Column("state", _("state"), words=STATES),
            Column("sellable", _("sellable"), "quantity"),
            Column("low_at", _("low at"), "quantity"),
            Column("sold", _("sold in the period"), "quantity"),
            Column("sold_a_day", _("sold a day"), "quantity"),
            Column("cover", _("days of cover"), "quantity", nothing=_("no sale")),
            Column("in_transit", _("in transit"), "quantity"),
        ]

    def rows(self, asked: Parameters) -> Iterable[Row]:
        show, days = asked.value("show"), asked.value("days")
        went = sold.quantities(self._period(asked))
        found = levels(asked).values_list("product_id").annotate(
            ExactSum("available_for_sale"), ExactSum("in_transit"),
            figures_unknown=Count("pk", filter=Q(available_for_sale=None)),
        )  # fmt: skip
        there = {key: figures for key, *figures in found.iterator(chunk_size=5000)}
        columns = products().values_list("pk", "reorder_point", "reorder_level")
        for key, ours, theirs in columns.iterator(chunk_size=5000):
            sellable, in_transit, unknown = there.get(key, (None, None, 0))
            sellable = None if unknown else sellable
            low_at = ours if ours is not None else theirs if theirs is not None else asked.value("threshold")
            quantity = went.get(key, ZERO)
            cover = _cover(sellable, quantity, days)
            state = _state(sellable, low_at, cover, asked.value("cover"))
            if show in ("all", state) or (show == "attention" and state in ("out", "low", "soon")):
                a_day = (quantity / days).quantize(Decimal("0.01"))
                yield (key, state, sellable, low_at, quantity, a_day, cover, in_transit)

    def notes(self, asked: Parameters) -> Iterable[Note]:
        chosen = places(asked)
        if not chosen:
            yield Note(
                gettext_noop("No warehouse is marked as selling, so nothing is sellable."), mood="warn"
            )
        theirs = levels(asked)
        unknown = products().exclude(pk__in=theirs.exclude(available_for_sale=None).values("product_id"))
        yield from counted(
            "Of %(count)s product the sellable quantity is not known; it is neither low nor out.",
            "Of %(count)s products the sellable quantity is not known; they are neither low nor out.",
            unknown.count() if chosen else 0,
            "warn",
        )
        yield from sold.notes(self._period(asked))

    def weight(self, asked: Parameters) -> int:
        return at_most(StockLevel.objects.live()) + sold.weight(self._period(asked))

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        return f"{reverse('admin:inventory_stocklevel_changelist')}?product__id__exact={row['product']}"

    def _period(self, asked: Parameters) -> sold.Period:
        return asked.today - timedelta(days=asked.value("days") - 1), asked.today


def _cover(sellable: Decimal | None, quantity: Decimal, days: int) -> Decimal | None:
    if sellable is None or quantity <= 0:
        return None
    return max(ZERO, sellable * days / quantity).quantize(Decimal("0.1"))


def _state(sellable: Decimal | None, low_at: Decimal, cover: Decimal | None, soon: int) -> str:
    if sellable is None:
        return "unknown"
    if sellable <= 0:
        return "out"
    if sellable <= low_at:
        return "low"
    return "soon" if cover is not None and cover < soon else "enough"
