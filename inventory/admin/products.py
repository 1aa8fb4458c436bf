from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import PriceList, Product, StockChange, StockLevel
from ..status import Sellable, sellable, warehouses_sell, with_sellable
from . import cells
from .history import figure_name, price_changes, stock_changes
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .pages import with_related
from .panels import Banner, Figure, Figures, Table
from .prices import brackets_cell

HISTORY_ROWS = 20


@admin.register(Product)
class ProductAdmin(MirrorAdmin):
    list_display = ("title", "code_sku", "sellable_now", "price", "group", "stock_age", "state")
    list_filter = (PresenceFilter, "is_active", "is_tracked", "is_hidden")
    list_select_related = ("organization", "stock_check")
    search_fields = ("name", "sku", "external_id", "ean", "upc", "part_number")
    search_help_text = gettext_lazy("Name, SKU, barcode, part number or external id")
    sections = (
        (
            gettext_lazy("Product"),
            ("name", "sku", "status", "item_type", "product_type", "unit", "is_tracked", "is_combo",
             "can_be_sold", "can_be_purchased", "is_returnable", "description"),
        ),
        (
            gettext_lazy("Group, brand and codes"),
            ("category_name", "brand", "manufacturer", "group_name", "attributes", "custom_fields", "tags",
             "upc", "ean", "isbn", "part_number", "vendor_name"),
        ),
        (
            gettext_lazy("Accounts and tax"),
            ("tax_name", "tax_percentage", "account_name", "purchase_account_name"),
        ),
        (
            gettext_lazy("Ordering and size"),
            ("reorder_level", "minimum_order_quantity", "maximum_order_quantity", "length", "width", "height",
             "dimension_unit", "weight", "weight_unit", "image_name"),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return with_sellable(super().get_queryset(request))

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("product"), ordering="name")
    def title(self, product) -> object:
        return cells.words(product.name or product.external_id)

    @display(description=gettext_lazy("SKU"), ordering="sku")
    def code_sku(self, product) -> object:
        return cells.ltr(product.sku)

    @display(description=gettext_lazy("sellable"))
    def sellable_now(self, product) -> object:
        return cells.number(None if product.sellable_unknown else product.sellable_total)

    @display(description=gettext_lazy("base price"), ordering="unit_price")
    def price(self, product) -> object:
        return cells.money(product.unit_price, product.organization.currency_code)

    @display(description=gettext_lazy("category"), ordering="category_name")
    def group(self, product) -> object:
        return cells.words(product.category_name)

    @display(description=gettext_lazy("stock verified"))
    def stock_age(self, product) -> object:
        check = getattr(product, "stock_check", None)
        return cells.age(check.verified_at if check else None)

    @display(description=gettext_lazy("state"))
    def state(self, product) -> object:
        return removed_tag(product) or active_tag(product)

    # --- One product -----------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: Product) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        levels = list(
            with_related(obj.stock.live(), "warehouse").defer("payload").order_by("warehouse__name", "pk")
        )
        known = sellable(levels)
        verified = getattr(getattr(obj, "stock_check", None), "verified_at", None)
        currency = obj.organization.currency_code
        yield Figures(
            tiles=[
                Figure(name=_("sellable"), value=cells.number(known.total), note=sellable_in_words(known)),
                Figure(name=_("base price"), value=cells.money(obj.unit_price, currency)),
                Figure(name=_("purchase price"), value=cells.money(obj.purchase_price, currency)),
                Figure(
                    name=_("stock verified"),
                    value=cells.age(verified),
                    note=cells.moment(verified) if verified else _("Not read yet."),
                ),
            ]
        )
        if levels and not any(level.warehouse.sells for level in levels) and not warehouses_sell():
            yield Banner(
                text=_("No warehouse is marked as selling, so nothing counts as sellable."),
                url=reverse("admin:inventory_warehouse_changelist"),
                action=_("Mark the warehouses that sell"),
            )
        yield stock_table(levels, obj, verified)
        yield price_table(obj)

    def get_lower_panels(self, request: HttpRequest, obj: Product) -> Iterable[object]:
        stock = with_related(StockChange.objects.filter(level__product=obj), "level__warehouse")
        yield Table(
            title=_("History of stock"),
            headers=[_("warehouse"), *stock_changes.headers],
            rows=[
                [cells.link_to(change.level.warehouse), *stock_changes.row(change)]
                for change in stock[:HISTORY_ROWS]
            ],
            numeric=frozenset({2, 3}),
            empty=_("No figure has changed since the first load."),
            more_url=f"{reverse('admin:inventory_stockchange_changelist')}?level__product__id__exact={obj.pk}",
            more=_("All changes of stock"),
        )
        prices = with_related(obj.price_changes.all(), "price_list")
        yield Table(
            title=_("History of prices"),
            headers=[_("price list"), *price_changes.headers],
            rows=[
                [price_list_cell(change.price_list), *price_changes.row(change)]
                for change in prices[:HISTORY_ROWS]
            ],
            numeric=frozenset({2, 3}),
            empty=_("No price has changed since the first load."),
            more_url=f"{reverse('admin:inventory_pricechange_changelist')}?product__id__exact={obj.pk}",
            more=_("All changes of price"),
        )
        yield from super().get_lower_panels(request, obj)


def active_tag(row) -> object:
    """The source's own word for a state is kept when it is neither active nor inactive."""
    if row.is_active is None:
        return cells.tag(row.status) if row.status else cells.UNKNOWN
    return cells.tag(_("active"), "good") if row.is_active else cells.tag(_("inactive"), "quiet")


def price_list_cell(price_list: PriceList | None) -> object:
    return cells.link_to(price_list) if price_list else _("the product's own")


def sellable_in_words(known: Sellable) -> object:
    """Where the figure comes from: each selling warehouse with what it adds."""
    parts = [cells.inline(cells.words(part.warehouse), cells.number(part.quantity)) for part in known.parts]
    return cells.stacked(*parts) if parts else _("Available for sale in the warehouses that sell.")


def stock_table(levels: list[StockLevel], product: Product, verified) -> Table:
    figures = StockLevel.FIGURES
    names = [figure_name(StockLevel, name) for name in figures]
    rows = [
        [
            cells.stacked(
                cells.link_to(level.warehouse), cells.tag(_("sells"), "good") if level.warehouse.sells else ""
            ),
            cells.stacked(cells.age(level.synced_at), cells.ltr(level.cause)),
            *(cells.number(getattr(level, name)) for name in figures),
            cells.money(level.asset_value, product.organization.currency_code),
        ]
        for level in levels
    ]
    return Table(
        title=_("Stock per warehouse"),
        headers=[_("warehouse"), _("last change"), *names, _("value")],
        rows=rows,
        numeric=frozenset(range(2, len(figures) + 3)),
        empty=_("No stock is known. Start a stock sync to read it."),
        note=format_html("{} {}", _("Verified at the source:"), cells.age(verified)) if verified else "",
    )


def price_table(product: Product) -> Table:
    prices = (
        with_related(product.prices.live(), "price_list").defer("payload").order_by("price_list__name", "pk")
    )
    return Table(
        title=_("Prices per list"),
        headers=[_("price list"), _("price"), _("brackets"), _("discount %"), _("last change")],
        rows=[
            [
                cells.link_to(price.price_list),
                cells.money(price.rate, price.currency_code),
                brackets_cell(price),
                cells.percent(price.discount_percent),
                cells.stacked(cells.age(price.synced_at), cells.ltr(price.cause)),
            ]
            for price in prices
        ],
        numeric=frozenset({1, 3}),
        empty=_("No list has a price for this product."),
    )
