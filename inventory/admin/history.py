"""Lists of what changed: stock figures and prices, each with who brought it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import PriceChange, Product, StockChange, StockLevel
from . import cells
from .causes import Causes
from .changelists import QuietChangeList
from .pages import LightRelatedFilter, PageAdmin
from .word_search import WordSearch


@dataclass(frozen=True)
class Columns:
    """Headers and cells that the record pages and the lists of changes share. row: from a change, and from who brought
    it to words."""

    names: tuple
    row: Callable[..., list]

    @property
    def headers(self) -> list[str]:
        return [str(name) for name in self.names]


def figure_name(model, figure: str) -> str:
    """The figure's name in words; what no column is called is shown as it is stored."""
    known = {column.name: column.verbose_name for column in model._meta.concrete_fields}
    return str(known.get(figure, figure))


def price_figure_name(figure: str) -> str:
    others = {"rate": _("price"), "brackets": _("brackets")}
    return others.get(figure) or figure_name(Product, figure)


def brackets_in_words(brackets: list | None, currency_code: str) -> object:
    """ "10 – 19: 8.10 USD", one line each."""
    if not brackets:
        return cells.UNKNOWN
    return cells.stacked(
        *(
            format_html(
                "{}: {}",
                cells.ltr(f"{each['start']} – {each['end'] or '…'}"),
                cells.money(Decimal(each["rate"]), currency_code),
            )
            for each in brackets
        )
    )


def _price_value(change: PriceChange, side: str) -> object:
    if change.figure == "brackets":
        return brackets_in_words(getattr(change, f"brackets_{side}"), change.currency_code)
    return cells.money(getattr(change, side), change.currency_code)


stock_changes = Columns(
    (
        gettext_lazy("figure"),
        gettext_lazy("before"),
        gettext_lazy("after"),
        gettext_lazy("seen at"),
        gettext_lazy("brought by"),
    ),
    lambda change, causes=cells.ltr: [
        figure_name(StockLevel, change.figure),
        cells.number(change.before),
        cells.number(change.after),
        cells.moment(change.changed_at),
        causes(change.cause),
    ],
)
price_changes = Columns(
    stock_changes.names,
    lambda change, causes=cells.ltr: [
        price_figure_name(change.figure),
        _price_value(change, "before"),
        _price_value(change, "after"),
        cells.moment(change.changed_at),
        causes(change.cause),
    ],
)


class ChangeList(QuietChangeList):
    """Knows for the rows of its page who brought them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        causes = Causes((each.cause for each in self.result_list), request.user.has_perm)
        for each in self.result_list:
            each.brought_by = causes(each.cause)


class ChangeAdmin(WordSearch, PageAdmin):
    """Rows are only ever added, so the list is all there is; it opens no page."""

    list_display_links = None
    columns: Columns

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[QuietChangeList]:
        return ChangeList

    @display(description=gettext_lazy("figure"))
    def figure_cell(self, change) -> object:
        return self.columns.row(change)[0]

    @display(description=gettext_lazy("before"))
    def before_cell(self, change) -> object:
        return self.columns.row(change)[1]

    @display(description=gettext_lazy("after"))
    def after_cell(self, change) -> object:
        return self.columns.row(change)[2]

    @display(description=gettext_lazy("seen at"), ordering="changed_at")
    def seen_cell(self, change) -> object:
        return cells.moment(change.changed_at)

    @display(description=gettext_lazy("brought by"))
    def cause_cell(self, change) -> object:
        return getattr(change, "brought_by", None) or cells.ltr(change.cause)


@admin.register(StockChange)
class StockChangeAdmin(ChangeAdmin):
    when_empty = gettext_lazy("No stock figure has changed since the first load. There is nothing to do.")
    columns = stock_changes
    list_display = (
        "product_cell", "warehouse_cell", "figure_cell", "before_cell", "after_cell", "seen_cell", "cause_cell",
    )  # fmt: skip
    list_select_related = ("level__product", "level__warehouse")
    list_filter = ("figure", ("level__warehouse", LightRelatedFilter))
    searched_by = "level__product"
    search_fields = ("level__product__name", "level__product__sku", "level__product__external_id")
    search_help_text = gettext_lazy("Product's name, SKU or external id")

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "level__product__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=gettext_lazy("product"))
    def product_cell(self, change) -> object:
        return cells.link_to(change.level.product)

    @display(description=gettext_lazy("warehouse"))
    def warehouse_cell(self, change) -> object:
        return cells.link_to(change.level.warehouse)


@admin.register(PriceChange)
class PriceChangeAdmin(ChangeAdmin):
    when_empty = gettext_lazy("No price has changed since the first load. There is nothing to do.")
    columns = price_changes
    list_display = (
        "product_cell", "list_cell", "figure_cell", "before_cell", "after_cell", "seen_cell", "cause_cell",
    )  # fmt: skip
    list_select_related = ("product", "price_list")
    list_filter = ("figure", ("price_list", LightRelatedFilter))
    searched_by = "product"
    search_fields = ("product__name", "product__sku", "product__external_id")
    search_help_text = gettext_lazy("Product's name, SKU or external id")

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "product__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=gettext_lazy("product"))
    def product_cell(self, change) -> object:
        return cells.link_to(change.product)

    @display(description=gettext_lazy("price list"))
    def list_cell(self, change) -> object:
        return cells.link_to(change.price_list) if change.price_list else _("the product's own")
