"""Stock and price of a product for somebody who stands before a customer: found by a code or words, in few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from .models import PriceList, Product, StockLevel
from .pricing import NOT_LISTED, ListedPrice, prices_of
from .searching import LINE, holding, narrowed, words_of
from .status import Sellable, sellable

MOST = 20  # products of a list
_COLUMNS = (
    "external_id", "name", "sku", "ean", "upc", "isbn", "part_number", "unit", "brand", "category_name", "status",
    "is_active", "is_tracked", "unit_price", "image_name", "removed_at", "search_text", "synced_at",
    "organization__currency_code", "organization__name", "organization__external_id", "stock_check__verified_at",
    "stock_check__organization", "image_document_id", "picture__digest", "picture__state", "picture__problem",
    "picture__removed_at", "picture__width", "picture__height", "picture__product", "picture__organization",
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """One product as it can be sold now. known: available for sale in each selling warehouse. verified_at: when its
    stock was last compared with the source. listed: its price in the list that was asked for.
    """

    product: Product
    known: Sellable
    verified_at: datetime | None
    listed: ListedPrice


@dataclass(frozen=True)
class Finding:
    """offers: those whose code, or whole name, is what was typed, then others. is_exact: it is one such product alone,
    and whether others match too was not asked. has_more: others match that are not among `offers`.
    """

    offers: Sequence[Offer]
    is_exact: bool = False
    has_more: bool = False


def offered() -> QuerySet[Product]:
    """What can be looked up: what is still at the source, and not hidden by staff."""
    rows = Product.objects.live().filter(is_hidden=False)
    return rows.select_related("organization", "stock_check", "picture").only(*_COLUMNS)


def look_up(typed: str, price_list: PriceList | None, *, others: bool = False) -> Finding:
    """By SKU, barcode, part number, external id, or words of the name. Raises TooManyWords.

    others: also when one code is exactly what was typed.
    """
    words = words_of(typed)
    if not words:
        return Finding(())
    whole = holding(Product.objects.order_by(), [f"{LINE}{' '.join(words)}{LINE}"])
    keys = list(whole.values_list("pk", flat=True)[:MOST])
    exact = list(offered().filter(pk__in=keys)) if keys else []
    if len(exact) == 1 and not others:
        return Finding(offers_of(exact, price_list), is_exact=True)
    like, _hits = narrowed(offered().exclude(pk__in=keys), words, Product)
    products = [*exact, *like[: MOST + 1]]
    return Finding(offers_of(products[:MOST], price_list), has_more=len(products) > MOST)


def look_at(key: int, price_list: PriceList | None) -> Offer | None:
    """The one product, or None where there is none that can be looked up."""
    return next(iter(offers_of(list(offered().filter(pk=key)), price_list)), None)


def offers_of(products: Sequence[Product], price_list: PriceList | None) -> list[Offer]:
    """In three queries at most, whatever their number."""
    if not products:
        return []
    levels: dict[int, list[StockLevel]] = {each.pk: [] for each in products}
    rows = StockLevel.objects.live().filter(product__in=list(levels)).select_related("warehouse")
    rows = rows.only(
        "product_id", "available_for_sale", "warehouse__name", "warehouse__external_id", "warehouse__sells",
        "warehouse__removed_at",
    )  # fmt: skip
    for level in rows.order_by("warehouse__name", "pk"):
        levels[level.product_id].append(level)
    listed = prices_of(products, price_list) if price_list else {}
    return [
        Offer(
            product=each,
            known=sellable(levels[each.pk]),
            verified_at=getattr(getattr(each, "stock_check", None), "verified_at", None),
            listed=listed.get(each.pk, NOT_LISTED),
        )
        for each in products
    ]


def price_lists_offered() -> QuerySet[PriceList]:
    """Lists by which something is sold today; not those of purchases."""
    rows = PriceList.objects.live().exclude(is_active=False).exclude(direction="purchases")
    return rows.defer("payload", "detail_payload", "description", "notes").order_by("name", "pk")
