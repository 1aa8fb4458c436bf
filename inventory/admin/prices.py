from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from ..models import Customer, PriceList, PriceListItem
from . import cells
from .history import brackets_in_words
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .pages import LightRelatedFilter, with_related
from .panels import Banner, Figure, Figures, Table

SHOWN_PRICES = 50


def brackets_cell(price: PriceListItem) -> object:
    return brackets_in_words(price.brackets, price.currency_code)


def count_of(model) -> Coalesce:
    """How many live rows of `model` belong to the price list of the outer query."""
    rows = model.objects.live().filter(price_list=OuterRef("pk")).order_by().values("price_list")
    counted = rows.annotate(figure=Count("pk")).values("figure")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def kind_in_words(price_list: PriceList) -> str:
    known = {"per_item": _("price per product"), "fixed_percentage": _("percentage on the base price")}
    return known.get(price_list.kind, price_list.kind)


@admin.register(PriceList)
class PriceListAdmin(MirrorAdmin):
    list_display = ("title", "currency", "kind_cell", "prices_cell", "customers_cell", "age", "state")
    list_filter = (PresenceFilter, "currency_code", "is_active", "direction")
    search_fields = ("name", "external_id")
    search_help_text = gettext_lazy("Name or external id")
    sections = (
        (
            gettext_lazy("Price list"),
            ("name", "status", "direction", "kind", "scheme", "currency_code", "percentage", "is_increase",
             "rounding_type", "decimal_places", "is_default", "description"),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.annotate(prices_count=count_of(PriceListItem), customers_count=count_of(Customer))

    @display(description=gettext_lazy("price list"), ordering="name")
    def title(self, price_list) -> object:
        return cells.words(price_list.name or price_list.external_id)

    @display(description=gettext_lazy("currency"), ordering="currency_code")
    def currency(self, price_list) -> object:
        return cells.ltr(price_list.currency_code)

    @display(description=gettext_lazy("kind"), ordering="kind")
    def kind_cell(self, price_list) -> object:
        return kind_in_words(price_list)

    @display(description=gettext_lazy("prices"))
    def prices_cell(self, price_list) -> object:
        return cells.link(prices_url(price_list), cells.number(price_list.prices_count))

    @display(description=gettext_lazy("customers"))
    def customers_cell(self, price_list) -> object:
        return cells.link(customers_url(price_list), cells.number(price_list.customers_count))

    @display(description=gettext_lazy("state"))
    def state(self, price_list) -> object:
        from .products import active_tag  # products shows prices, so it imports this module first

        return removed_tag(price_list) or active_tag(price_list)

    def get_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        if obj.detail_at is None:
            yield Banner(text=_("The prices of this list have not been read yet."))
        yield Figures(
            tiles=[
                Figure(name=_("prices"), value=cells.number(obj.prices_count), url=prices_url(obj)),
                Figure(
                    name=_("customers"),
                    value=cells.number(obj.customers_count),
                    note=_("Of those whose detail has been read."),
                    url=customers_url(obj),
                ),
                Figure(name=_("currency"), value=cells.ltr(obj.currency_code), note=kind_in_words(obj)),
                Figure(name=_("prices read"), value=cells.age(obj.detail_at)),
            ]
        )
        yield self.prices_panel(obj)

    def prices_panel(self, obj: Any) -> Table:
        prices = (
            with_related(obj.items.live(), "product")
            .defer("payload")
            .order_by("product__name", "pk")[:SHOWN_PRICES]
        )
        return Table(
            title=_("Prices"),
            headers=[_("product"), _("SKU"), _("price"), _("brackets"), _("last change")],
            rows=[
                [
                    cells.link_to(price.product),
                    cells.ltr(price.product.sku),
                    cells.money(price.rate, price.currency_code),
                    brackets_cell(price),
                    cells.age(price.synced_at),
                ]
                for price in prices
            ],
            numeric=frozenset({2}),
            empty=_("A percentage list has no prices of its own.")
            if obj.kind == "fixed_percentage"
            else _("This list has no prices."),
            more_url=prices_url(obj),
            more=ngettext("See %(count)s price", "See all %(count)s prices", obj.prices_count)
            % {"count": obj.prices_count},
        )


def prices_url(price_list: PriceList) -> str:
    return f"{reverse('admin:inventory_pricelistitem_changelist')}?price_list__id__exact={price_list.pk}"


def customers_url(price_list: PriceList) -> str:
    return f"{reverse('admin:inventory_customer_changelist')}?price_list__id__exact={price_list.pk}"


@admin.register(PriceListItem)
class PriceListItemAdmin(MirrorAdmin):
    list_display = ("product_cell", "sku", "list_cell", "rate_cell", "brackets_column", "age", "presence")
    list_filter = (PresenceFilter, ("price_list", LightRelatedFilter), "currency_code")
    list_select_related = ("organization", "product", "price_list")
    search_fields = ("product__name", "product__sku", "product__external_id")
    search_help_text = gettext_lazy("Product's name, SKU or external id")
    sections = ((gettext_lazy("Price"), ("price_list", "product", "currency_code", "discount_percent")),)

    @display(description=gettext_lazy("product"), ordering="product__name")
    def product_cell(self, price) -> object:
        return cells.words(price.product)

    @display(description=gettext_lazy("SKU"), ordering="product__sku")
    def sku(self, price) -> object:
        return cells.ltr(price.product.sku)

    @display(description=gettext_lazy("price list"), ordering="price_list__name")
    def list_cell(self, price) -> object:
        return cells.link_to(price.price_list)

    @display(description=gettext_lazy("price"), ordering="rate")
    def rate_cell(self, price) -> object:
        return cells.money(price.rate, price.currency_code)

    @display(description=gettext_lazy("brackets"))
    def brackets_column(self, price) -> object:
        return brackets_cell(price)

    def page_title(self, obj: PriceListItem) -> str:
        return f"{obj.product}, {obj.price_list}"

    def get_panels(self, request: HttpRequest, obj: PriceListItem) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        yield Figures(
            tiles=[
                Figure(
                    name=_("price"), value=cells.money(obj.rate, obj.currency_code), note=brackets_cell(obj)
                ),
                Figure(name=_("last written"), value=cells.age(obj.synced_at), note=cells.ltr(obj.cause)),
            ]
        )
