from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import StockChange, StockLevel
from . import cells
from .columns import moment, number, text
from .curves import chart
from .filters import WrittenFilter
from .history import stock_changes
from .mirror import MirrorAdmin, PresenceFilter
from .pages import LightRelatedFilter
from .panels import Figure, Figures, Table
from .steps import figure_curves

HISTORY_ROWS, DRAWN = 50, 300
CHARTED = ("on_hand", "available_for_sale", "committed")


class OnHandFilter(admin.SimpleListFilter):
    title = gettext_lazy("on hand")
    parameter_name = "on_hand"

    def lookups(self, request, model_admin):
        return [
            ("positive", _("Some")),
            ("zero", _("None left")),
            ("negative", _("Below zero")),
            ("unknown", _("Unknown")),
        ]

    def queryset(self, request, queryset):
        chosen: dict[str | None, dict[str, object]] = {
            "positive": {"on_hand__gt": 0},
            "zero": {"on_hand": 0},
            "negative": {"on_hand__lt": 0},
            "unknown": {"on_hand__isnull": True},
        }
        return queryset.filter(**chosen.get(self.value(), {}))


@admin.register(StockLevel)
class StockLevelAdmin(MirrorAdmin):
    list_display = (
        "product_cell", "sku", "warehouse_cell", "on_hand_cell", "committed_cell", "for_sale_cell",
        "transit_cell", "verified", "presence",
    )  # fmt: skip
    list_filter = (PresenceFilter, ("warehouse", LightRelatedFilter), OnHandFilter, WrittenFilter)
    list_select_related = ("organization", "product__stock_check", "warehouse")
    more_columns = (
        "available", "physical_available", "physical_committed", "physical_available_for_sale", "asset_value",
        "synced_at",
    )  # fmt: skip
    searched_by = "product"
    lead = ()
    plain = {
        **MirrorAdmin.plain,
        "product_cell": text("product__name", "product__external_id", make=lambda name, key: name or key),
        "sku": text("product__sku"),
        "warehouse_cell": text("warehouse__name"),
        "on_hand_cell": number("on_hand"),
        "committed_cell": number("committed"),
        "for_sale_cell": number("available_for_sale"),
        "transit_cell": number("in_transit"),
        "verified": moment("product__stock_check__verified_at"),
    }
    search_fields = ("product__name", "product__sku", "product__external_id")
    search_help_text = gettext_lazy("Product's name, SKU or external id")
    sections = (
        (
            gettext_lazy("Stock level"),
            ("product", "warehouse", *StockLevel.FIGURES, "asset_value", "is_mapped"),
        ),
    )

    @display(description=gettext_lazy("product"), ordering="product__name")
    def product_cell(self, level) -> object:
        return cells.words(level.product)

    @display(description=gettext_lazy("SKU"), ordering="product__sku")
    def sku(self, level) -> object:
        return cells.ltr(level.product.sku)

    @display(description=gettext_lazy("warehouse"), ordering="warehouse__name")
    def warehouse_cell(self, level) -> object:
        return cells.link_to(level.warehouse)

    @display(description=gettext_lazy("on hand"), ordering="on_hand")
    def on_hand_cell(self, level) -> object:
        return cells.number(level.on_hand)

    @display(description=gettext_lazy("committed"), ordering="committed")
    def committed_cell(self, level) -> object:
        return cells.number(level.committed)

    @display(description=gettext_lazy("available for sale"), ordering="available_for_sale")
    def for_sale_cell(self, level) -> object:
        return cells.number(level.available_for_sale)

    @display(description=gettext_lazy("in transit"), ordering="in_transit")
    def transit_cell(self, level) -> object:
        return cells.number(level.in_transit)

    @display(description=gettext_lazy("verified"))
    def verified(self, level) -> object:
        return cells.age(verified_at(level))

    def page_title(self, obj: StockLevel) -> str:
        return f"{obj.product}, {obj.warehouse}"

    def get_panels(self, request: HttpRequest, obj: StockLevel) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        currency = obj.organization.currency_code
        yield Figures(
            tiles=[
                Figure(
                    name=_("last change"),
                    value=cells.age(obj.synced_at),
                    note=self.causes(request, obj)(obj.cause),
                ),
                Figure(name=_("on hand"), value=cells.number(obj.on_hand)),
                Figure(name=_("available for sale"), value=cells.number(obj.available_for_sale)),
                Figure(name=_("value"), value=cells.money(obj.asset_value, currency)),
                Figure(name=_("verified"), value=cells.age(verified_at(obj))),
            ]
        )

    def get_lower_panels(self, request: HttpRequest, obj: StockLevel) -> Iterable[object]:
        changes, causes = self.changes(request, obj), self.causes(request, obj)
        curves = figure_curves(changes, CHARTED)
        if curves:
            yield chart(_("Stock over time"), curves)
        yield Table(
            title=_("History of stock"),
            headers=stock_changes.headers,
            rows=[stock_changes.row(change, causes) for change in changes[:HISTORY_ROWS]],
            numeric=frozenset({1, 2}),
            empty=_("No figure has changed since the first load."),
            more_url=f"{reverse('admin:inventory_stockchange_changelist')}"
            f"?level__product__id__exact={obj.product_id}",
            more=_("All changes of stock"),
        )
        yield from super().get_lower_panels(request, obj)

    def changes(self, request: HttpRequest, obj: StockLevel) -> list[StockChange]:
        """Newest first; read once for a page."""
        if getattr(request, "stock_changes_of", None) != obj.pk:
            request.stock_changes_of, request.stock_changes = obj.pk, list(obj.changes.all()[:DRAWN])
        return request.stock_changes

    def further_causes(self, request: HttpRequest, obj: StockLevel) -> Iterable[str]:
        return [change.cause for change in self.changes(request, obj)[:HISTORY_ROWS]]


def verified_at(level: StockLevel):
    """When the product's stock was last compared with the source, whether or not anything had changed."""
    check = getattr(level.product, "stock_check", None)
    return check.verified_at if check else None
