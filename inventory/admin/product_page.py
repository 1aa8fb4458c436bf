"""One product's page: its stock and prices with the age and the source of every figure, and how they went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from .. import movements
from ..models import PriceChange, PriceList, PriceListItem, Product, StockChange, StockLevel
from ..pricing import PERCENTAGE, Price, prices_of
from ..status import sellable, warehouses_sell
from . import cells, why
from .causes import Causes, May
from .curves import chart
from .history import figure_name, price_changes, stock_changes
from .pages import with_related
from .panels import Banner, Custom, Figure, Figures, Table
from .pictures import picture_values
from .prices import brackets_cell
from .sellable_words import formula, why_unknown
from .steps import price_curves, stock_curves

HISTORY_ROWS = 20
DRAWN = 300  # changes read for the charts, newest first; the lists begin with the same ones
NAMED_LISTS = 10
CHARTED = "available_for_sale"
FIGURES = (  # what is asked for most comes first
    "on_hand", "committed", "available_for_sale", "in_transit", "available", "physical_available",
    "physical_committed", "physical_available_for_sale",
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """All that the page tells. levels: live and removed ones; those that left still have a history."""

    product: Product
    levels: Sequence[StockLevel]
    prices: Sequence[PriceListItem]
    percentages: Sequence[tuple[PriceList, Price | None]]
    without: Sequence[PriceList]  # lists that have no price for it
    stock: Sequence[StockChange]
    price_changes: Sequence[PriceChange]
    verified_at: datetime | None
    causes: Causes
    moved: movements.Story | None  # by documents; None for those who may not see them

    @property
    def live_levels(self) -> list[StockLevel]:
        return [each for each in self.levels if not each.is_removed]


def read(product: Product, may: May, *, with_documents: bool = True) -> Story:
    """In six queries, however much there is; one for each table of lines; and two for who brought it all, as far as the
    reader may see that."""
    levels = list(
        with_related(product.stock.all(), "warehouse").defer("payload").order_by("warehouse__name", "pk")
    )
    prices = list(
        with_related(product.prices.live(), "price_list").defer("payload").order_by("price_list__name", "pk")
    )
    lists = PriceList.objects.live().filter(organization=product.organization_id).exclude(is_active=False)
    lists = lists.defer("payload", "detail_payload", "description", "notes").order_by("name", "pk")
    priced = {each.price_list_id for each in prices}
    percentages = [(each, _percentage(product, each)) for each in lists if each.kind == PERCENTAGE]
    stock = list(StockChange.objects.filter(level__in=[each.pk for each in levels])[:DRAWN])
    changed = list(with_related(product.price_changes.all(), "price_list")[:DRAWN])
    moved = movements.story(product, most=why.ON_PRODUCT_PAGE) if with_documents else None
    told = [product, *levels, *prices, *stock[:HISTORY_ROWS], *changed[:HISTORY_ROWS]]
    return Story(
        product=product,
        levels=levels,
        prices=prices,
        percentages=percentages,
        without=[each for each in lists if each.kind != PERCENTAGE and each.pk not in priced],
        stock=stock,
        price_changes=changed,
        verified_at=getattr(getattr(product, "stock_check", None), "verified_at", None),
        causes=Causes([*(each.cause for each in told), *(why.causes_in(moved) if moved else ())], may),
        moved=moved,
    )


def _percentage(product: Product, price_list: PriceList) -> Price | None:
    return prices_of([product], price_list)[product.pk].price


# --- Above the form ---------------------------------------------------------------------------------


def upper(story: Story) -> Iterable[object]:
    product, levels = story.product, story.live_levels
    if levels and not any(level.warehouse.sells for level in levels) and not warehouses_sell():
        yield Banner(
            text=_("No warehouse is marked as selling, so nothing counts as sellable."),
            url=reverse("admin:inventory_warehouse_changelist"),
            action=_("Mark the warehouses that sell"),
        )
    yield Custom(
        template="admin/panels/record_head.html",
        values={
            **picture_values(product),
            "figures": tiles(story),
        },
    )
    yield stock_table(story)
    yield price_table(story)


def tiles(story: Story) -> Figures:
    product, currency = story.product, story.product.organization.currency_code
    known = sellable(story.live_levels)
    written = cells.inline(cells.age(product.synced_at), story.causes(product.cause))
    return Figures(
        tiles=[
            Figure(
                name=_("sellable"),
                value=cells.number(known.total),
                note=cells.stacked(formula(known) if known.parts else "", why_unknown(product, known)),
                mood="bad" if known.total is not None and known.total < 0 else "",
            ),
            Figure(name=_("base price"), value=cells.money(product.unit_price, currency), note=written),
            Figure(
                name=_("purchase price"), value=cells.money(product.purchase_price, currency), note=written
            ),
            Figure(
                name=_("stock verified"),
                value=cells.age(story.verified_at),
                note=cells.moment(story.verified_at) if story.verified_at else _("Not read yet."),
            ),
        ]
    )


def stock_table(story: Story) -> Table:
    names = [figure_name(StockLevel, name) for name in FIGURES]
    rows = [
        [
            cells.stacked(
                cells.link_to(level.warehouse), cells.tag(_("sells"), "good") if level.warehouse.sells else ""
            ),
            cells.stacked(cells.age(level.synced_at), story.causes(level.cause)),
            *(cells.number(getattr(level, name)) for name in FIGURES),
            cells.money(level.asset_value, story.product.organization.currency_code),
        ]
        for level in story.live_levels
    ]
    return Table(
        title=_("Stock per warehouse"),
        headers=[_("warehouse"), _("last change"), *names, _("value")],
        rows=rows,
        numeric=frozenset(range(2, len(FIGURES) + 3)),
        empty=_("No stock is known. Start a stock sync to read it."),
        note=how_it_counts(story) if rows else "",
    )


def how_it_counts(story: Story) -> object:
    """What the figures are, and since when they are known to be so."""
    told = _(
        "Available for sale is what is on hand in the books less what is committed to orders. Sellable adds it up over "
        "the warehouses that sell; the others count nothing. The figures of a row come together, from whoever stands "
        "under its last change."
    )
    if not story.verified_at:
        return format_html("{} {}", told, _("They have not been verified since."))
    return format_html("{} {} {}.", told, _("Verified at the source:"), cells.age(story.verified_at))


def price_table(story: Story) -> Table:
    rows = [
        [
            cells.link_to(price.price_list),
            cells.money(price.rate, price.currency_code),
            brackets_cell(price),
            cells.percent(price.discount_percent),
            cells.stacked(cells.age(price.synced_at), story.causes(price.cause)),
        ]
        for price in story.prices
    ]
    rows += [
        [
            cells.link_to(price_list),
            cells.money(price.amount, price.currency_code) if price else cells.UNKNOWN,
            percentage_in_words(price_list),
            cells.UNKNOWN,
            _("reckoned from the base price"),
        ]
        for price_list, price in story.percentages
    ]
    return Table(
        title=_("Prices per list"),
        headers=[_("price list"), _("price"), _("brackets"), _("discount %"), _("last change")],
        rows=rows,
        numeric=frozenset({1, 3}),
        empty=_("No list has a price for this product."),
        note=_lists_without(story.without) if rows else "",
    )


def percentage_in_words(price_list: PriceList) -> object:
    if price_list.percentage is None or price_list.is_increase is None:
        return cells.UNKNOWN
    sign = "+" if price_list.is_increase else "−"
    return cells.ltr(f"{sign}{cells.decimal_text(price_list.percentage)}%")


def _lists_without(lists: Sequence[PriceList]) -> object:
    if not lists:
        return ""
    names = cells.joined([cells.words(each) for each in lists[:NAMED_LISTS]])
    more = _("and %(count)s more") % {"count": len(lists) - NAMED_LISTS} if len(lists) > NAMED_LISTS else ""
    return format_html("{} {} {}", _("No price in:"), names, more)


# --- Below the form ---------------------------------------------------------------------------------


def lower(story: Story) -> Iterable[object]:
    if story.moved is not None:
        yield why.table(story.product, story.moved, story.causes, most=why.ON_PRODUCT_PAGE)
    yield from stock_history(story)
    yield from price_history(story)


def stock_history(story: Story) -> Iterable[object]:
    places = {level.pk: level.warehouse for level in story.levels}
    curves = stock_curves(story.stock, CHARTED, {key: str(place) for key, place in places.items()})
    if curves:
        yield chart(_("Available for sale, over time"), curves)
    yield Table(
        title=_("History of stock"),
        headers=[_("warehouse"), *stock_changes.headers],
        rows=[
            [cells.link_to(places[change.level_id]), *stock_changes.row(change, story.causes)]
            for change in story.stock[:HISTORY_ROWS]
        ],
        numeric=frozenset({2, 3}),
        empty=_("No figure has changed since the first load."),
        more_url=f"{reverse('admin:inventory_stockchange_changelist')}?level__product__id__exact={story.product.pk}",
        more=_("All changes of stock"),
    )


def price_history(story: Story) -> Iterable[object]:
    for currency, curves in price_curves(story.price_changes).items():
        yield chart(_("Prices in %(currency)s, over time") % {"currency": currency}, curves, unit=currency)
    yield Table(
        title=_("History of prices"),
        headers=[_("price list"), *price_changes.headers],
        rows=[
            [price_list_cell(change.price_list), *price_changes.row(change, story.causes)]
            for change in story.price_changes[:HISTORY_ROWS]
        ],
        numeric=frozenset({2, 3}),
        empty=_("No price has changed since the first load."),
        more_url=f"{reverse('admin:inventory_pricechange_changelist')}?product__id__exact={story.product.pk}",
        more=_("All changes of price"),
    )


def price_list_cell(price_list: PriceList | None) -> object:
    return cells.link_to(price_list) if price_list else _("the product's own")
