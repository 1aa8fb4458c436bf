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

from ..models import Customer, PriceChange, PriceList, PriceListItem
from . import cells
from .columns import money, number, state_in_words, text
from .curves import chart
from .filters import RateFilter, ValuesFilter, WrittenFilter
from .history import brackets_in_words, price_changes
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .pages import LightRelatedFilter, with_related
from .panels import Banner, Figure, Figures, Table
from .steps import price_curves

SHOWN_PRICES = 50
HISTORY_ROWS, DRAWN = 20, 300


def brackets_as_text(brackets: list[dict[str, str | None]]) -> str:
    """10-19: 8.10; 20-: 7"""
    return "; ".join(
        f"{each.get('start')}-{each.get('end') or ''}: {each.get('rate')}" for each in brackets or ()
    )


def brackets_cell(price: PriceListItem) -> object:
    return brackets_in_words(price.brackets, price.currency_code)


def count_of(model) -> Coalesce:
    """How many live rows of `model` belong to the price list of the outer query."""
    rows = model.objects.live().filter(price_list=OuterRef("pk")).order_by().values("price_list")
    counted = rows.annotate(figure=Count("pk")).values("figure")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_counts(price_lists: QuerySet) -> QuerySet:
    return price_lists.annotate(prices_count=count_of(PriceListItem), customers_count=count_of(Customer))


def kind_in_words(price_list: PriceList) -> str:
    known = {"per_item": _("price per product"), "fixed_percentage": _("percentage on the base price")}
    return known.get(price_list.kind, price_list.kind)


@admin.register(PriceList)
class PriceListAdmin(MirrorAdmin):
    list_display = ("title", "currency", "kind_cell", "prices_cell", "customers_cell", "age", "state")
    list_filter = (PresenceFilter, "currency_code", "is_active", "direction")
    more_columns = ("external_id", "scheme", "percentage", "rounding_type", "decimal_places", "synced_at")
    plain = {
        **MirrorAdmin.plain,
        "title": text("name"),
        "currency": text("currency_code"),
        "kind_cell": text("kind"),
        "prices_cell": number("prices_count"),
        "customers_cell": number("customers_count"),
        "state": text("removed_at", "is_active", "status", make=state_in_words),
    }
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
        return with_counts(rows)

    def exported_rows(self) -> QuerySet:
        return with_counts(super().exported_rows())

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

    def get_lower_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        yield self.history_panel(request, obj)
        yield from super().get_lower_panels(request, obj)

    def changes(self, request: HttpRequest, obj: Any) -> list[PriceChange]:
        """The newest ones in this list; by their keys, which grow with time, so that no sorting is needed."""
        if getattr(request, "price_changes_of", None) != obj.pk:
            rows = with_related(PriceChange.objects.filter(price_list=obj), "product").order_by("-pk")
            request.price_changes_of, request.price_changes = obj.pk, list(rows[:HISTORY_ROWS])
        return request.price_changes

    def further_causes(self, request: HttpRequest, obj: Any) -> Iterable[str]:
        return [change.cause for change in self.changes(request, obj)]

    def history_panel(self, request: HttpRequest, obj: Any) -> Table:
        causes = self.causes(request, obj)
        return Table(
            title=_("History of prices"),
            headers=[_("product"), *price_changes.headers],
            rows=[
                [cells.link_to(change.product), *price_changes.row(change, causes)]
                for change in self.changes(request, obj)
            ],
            numeric=frozenset({2, 3}),
            empty=_("No price of this list has changed since the first load."),
            more_url=f"{reverse('admin:inventory_pricechange_changelist')}?price_list__id__exact={obj.pk}",
            more=_("All changes of price"),
        )

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
    list_filter = (
        PresenceFilter, ("price_list", LightRelatedFilter), ("currency_code", ValuesFilter), RateFilter, WrittenFilter,
    )  # fmt: skip
    more_columns = ("discount_percent", "cause")
    searched_by = "product"
    lead = ()
    plain = {
        **MirrorAdmin.plain,
        "product_cell": text("product__name", "product__external_id", make=lambda name, key: name or key),
        "sku": text("product__sku"),
        "list_cell": text("price_list__name"),
        "rate_cell": money("rate", "currency_code"),
        "brackets_column": text("brackets", make=brackets_as_text),
    }
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
                Figure(
                    name=_("last change"),
                    value=cells.age(obj.synced_at),
                    note=self.causes(request, obj)(obj.cause),
                ),
            ]
        )

    def get_lower_panels(self, request: HttpRequest, obj: PriceListItem) -> Iterable[object]:
        changes, causes = self.changes(request, obj), self.causes(request, obj)
        for currency, curves in price_curves(changes).items():
            yield chart(
                _("Prices in %(currency)s, over time") % {"currency": currency}, curves, unit=currency
            )
        yield Table(
            title=_("History of prices"),
            headers=price_changes.headers,
            rows=[price_changes.row(change, causes) for change in changes[:HISTORY_ROWS]],
            numeric=frozenset({1, 2}),
            empty=_("No price has changed since the first load."),
        )
        yield from super().get_lower_panels(request, obj)

    def changes(self, request: HttpRequest, obj: PriceListItem) -> list[PriceChange]:
        """Newest first; read once for a page."""
        if getattr(request, "price_changes_of", None) != obj.pk:
            rows = PriceChange.objects.filter(product=obj.product_id, price_list=obj.price_list_id)
            rows = with_related(rows, "price_list")
            request.price_changes_of, request.price_changes = obj.pk, list(rows[:DRAWN])
        return request.price_changes

    def further_causes(self, request: HttpRequest, obj: PriceListItem) -> Iterable[str]:
        return [change.cause for change in self.changes(request, obj)[:HISTORY_ROWS]]
