"""What the stock is worth, by place."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, F, FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ...models import PriceList, StockLevel
from ...pricing import PERCENTAGE
from ..base import MONEY, Column, Note, Report, Row, at_most, counted
from ..parameters import Parameters, price_lists_field, warehouses_field
from ..registry import register
from ..sums import ExactSum


class StockValueParameters(Parameters):
    warehouse = warehouses_field()
    price_list = price_lists_field(
        _("Also at the prices of"),
        _("Each list in its own currency; lists by percentage have no prices to value at."),
    )
    by = forms.ChoiceField(
        label=_("Row for each"),
        initial="warehouse",
        choices=[("warehouse", _("warehouse")), ("product", _("product in a warehouse"))],
    )


def levels(asked: Parameters) -> Any:
    rows = StockLevel.objects.live().filter(product__removed_at=None, warehouse__removed_at=None).order_by()
    places = asked.value("warehouse")
    return rows.filter(warehouse__in=places) if places else rows


@register
class StockValue(Report):
    key = "stock-value"
    place = 10
    icon = "account_balance_wallet"
    title = _("Stock value")
    question = _(
        "What is the stock of each warehouse worth at purchase prices, and at the prices of chosen lists?"
    )
    method = _(
        "On hand × purchase price, in the company's currency, for products that are still at the source; likewise × "
        "the price of one piece in each chosen list. Stock below zero counts as a negative value and is shown by "
        "itself. A product without a price is not valued: it is counted beside, never taken for 0. The source's own "
        "value is what the source itself says of the same stock."
    )
    permission = MONEY
    behind = _("stock levels")
    parameters = StockValueParameters
    order = "-value"
    groups = ("basis", "currency")

    def columns(self, asked: Parameters) -> list[Column]:
        told = [Column("warehouse", _("warehouse"), "warehouse")]
        by_product = asked.value("by") == "product"
        if by_product:
            told.insert(0, Column("product", _("product"), "product"))
        told += [
            Column("basis", _("valued at"), "price_list", nothing=_("purchase price")),
            Column("currency", _("currency")),
            Column("on_hand", _("on hand"), "quantity", sums=True),
            Column("value", _("value"), "money", "currency", sums=True),
            Column(
                "source_value", _("the source's own value"), "money", "currency", sums=True,
                note=_("Known for purchase prices only."),
            ),
            Column("below_zero", _("of it below zero"), "money", "currency", sums=True),
        ]  # fmt: skip
        if not by_product:
            told += [
                Column("valued", _("products valued"), "count", sums=True),
                Column("not_valued", _("stock without a price"), "count", sums=True,
                       note=_("Products with stock and without a price: not in the value.")),
            ]  # fmt: skip
        return told

    def rows(self, asked: Parameters) -> Iterable[Row]:
        yield from self._at(
            asked, None, levels(asked), F("product__purchase_price"), "organization__currency_code"
        )
        for price_list in PriceList.objects.filter(pk__in=asked.value("price_list")).order_by("name", "pk"):
            theirs = Q(
                product__prices__price_list=price_list,
                product__prices__currency_code=price_list.currency_code,
                product__prices__removed_at=None,
            )
            rows = levels(asked).annotate(listed=FilteredRelation("product__prices", condition=theirs))
            yield from self._at(asked, price_list, rows, F("listed__rate"), "price_list")

    def _at(
        self, asked: Parameters, price_list: PriceList | None, rows: Any, price: F, owner: str
    ) -> Iterable[Row]:
        """price_list: None for purchase prices, in the currency that lies at `owner`."""
        worth, has_stock = F("on_hand") * price, ~Q(on_hand=0) & Q(on_hand__isnull=False)
        groups = ["warehouse_id"] if price_list else ["warehouse_id", owner]
        groups += ["product_id"] if asked.value("by") == "product" else []
        if asked.value("by") == "product":
            rows = rows.filter(has_stock)
        figures: dict[str, Any] = {
            "held": ExactSum("on_hand"),
            "worth": ExactSum(worth),
            "told": ExactSum("asset_value"),
            "short": ExactSum(worth, filter=Q(on_hand__lt=0)),
            "valued": Count("pk", filter=has_stock & Q(**{f"{price.name}__isnull": False})),
            "bare": Count("pk", filter=has_stock & Q(**{f"{price.name}__isnull": True})),
        }
        for row in rows.values(*groups).annotate(**figures).iterator(chunk_size=5000):
            currency = price_list.currency_code if price_list else row[owner]
            told = None if price_list else row["told"]
            # Nothing in stock is worth nothing; stock without any price is worth what nobody knows.
            worth_it = row["worth"] if row["valued"] else None if row["bare"] else Decimal(0)
            figures_of = (row["held"], worth_it, told, row["short"] or Decimal(0))
            basis = price_list.pk if price_list else None
            if asked.value("by") == "product":
                yield (row["product_id"], row["warehouse_id"], basis, currency, *figures_of)
            else:
                yield (row["warehouse_id"], basis, currency, *figures_of, row["valued"], row["bare"])

    def notes(self, asked: Parameters) -> Iterable[Note]:
        there = levels(asked)
        without = there.filter(on_hand__gt=0, product__purchase_price=None)
        yield from counted(
            "%(count)s product with stock has no purchase price and is not valued.",
            "%(count)s products with stock have no purchase price and are not valued.",
            without.values("product_id").distinct().count(),
            "warn",
        )
        yield from counted(
            "Of %(count)s stock level the figure on hand is not known; it is left out.",
            "Of %(count)s stock levels the figure on hand is not known; they are left out.",
            there.filter(on_hand=None).count(),
            "warn",
        )
        percentages = PriceList.objects.filter(pk__in=asked.value("price_list"), kind=PERCENTAGE)
        yield from counted(
            "%(count)s chosen list goes by percentage and has no prices of its own: nothing is valued at it.",
            "%(count)s chosen lists go by percentage and have no prices of their own: nothing is valued at them.",
            percentages.count(),
            "warn",
        )

    def weight(self, asked: Parameters) -> int:
        return at_most(StockLevel.objects.live()) * (1 + len(asked.value("price_list")))

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        address = (
            f"{reverse('admin:inventory_stocklevel_changelist')}?warehouse__id__exact={row['warehouse']}"
        )
        return f"{address}&product__id__exact={row['product']}" if row.get("product") else address
