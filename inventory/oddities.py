"""What looks wrong in the catalogue itself: stock gone all at once, shortages, prices that jumped or are missing.

Each answer names how many rows are concerned and the first few of them. They ask for many rows: every few minutes is
often enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, Min, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from .models import PriceChange, PriceList, PriceListItem, Product, StockChange, StockLevel, Warehouse

SHOWN = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEWEST_ZEROS = 20  # so many levels at least, whatever their share
_MOST_JUMPS = 1000


@dataclass(frozen=True)
class Oddity:
    """organization: the source's id. place: the warehouse or price list, None for products' own prices.

    count: of so many rows (`total`) that were looked at; names: of the first products concerned. since: of the first
    change that brought it, None where it is not known.
    """

    organization: str
    place: Warehouse | PriceList | None
    count: int
    total: int
    names: tuple[str, ...]
    since: datetime | None = None

    @property
    def percent(self) -> float:
        return 100 * self.count / self.total if self.total else 0.0


# --- Stock -------------------------------------------------------------------------------------------


def mass_zeros(percent: float, now: datetime | None = None) -> list[Oddity]:
    """Selling warehouses in which more than so many percent of what was there fell to nothing within an hour, or in
    one run of the last day, and is nothing still."""
    now = now or timezone.now()
    fell = StockChange.objects.filter(
        pk__gte=first_key_since(StockChange, now - DAY),
        changed_at__gte=now - DAY,
        figure="on_hand",
        before__gt=0,
        after=0,
        level__on_hand=0,
        level__removed_at=None,
        level__warehouse__sells=True,
        level__warehouse__removed_at=None,
    ).order_by()
    by_run = fell.values_list("level__warehouse", "cause").annotate(Count("level", distinct=True))
    lately = fell.filter(changed_at__gte=now - HOUR).values_list("level__warehouse")
    counts: dict[int, int] = {}
    for warehouse, *_cause, count in [*by_run, *lately.annotate(Count("level", distinct=True))]:
        counts[warehouse] = max(count, counts.get(warehouse, 0))
    found = []
    for warehouse in _places(Warehouse, [key for key, count in counts.items() if count >= FEWEST_ZEROS]):
        count = counts[warehouse.pk]
        left = StockLevel.objects.live().filter(warehouse=warehouse, on_hand__gt=0).count()
        if 100 * count > percent * (count + left):
            rows = fell.filter(level__warehouse=warehouse)
            found.append(
                Oddity(
                    warehouse.organization.external_id,
                    warehouse,
                    count,
                    count + left,
                    tuple(rows.order_by("pk").values_list("level__product__name", flat=True)[:SHOWN]),
                    rows.aggregate(first=Min("changed_at"))["first"],
                )
            )
    return found


def negative_stock() -> list[Oddity]:
    """Selling warehouses with less than nothing on hand of something."""
    levels = StockLevel.objects.live().filter(
        warehouse__sells=True, warehouse__removed_at=None, product__removed_at=None
    )
    rows = levels.filter(on_hand__lt=0).order_by()
    counts = dict(rows.values_list("warehouse").annotate(Count("pk")))
    return [
        Oddity(
            place.organization.external_id,
            place,
            counts[place.pk],
            levels.filter(warehouse=place).count(),
            tuple(
                rows.filter(warehouse=place).order_by("pk").values_list("product__name", flat=True)[:SHOWN]
            ),
        )
        for place in _places(Warehouse, counts)
    ]


# --- Prices ------------------------------------------------------------------------------------------


def price_jumps(percent: float, now: datetime | None = None) -> list[Oddity]:
    """Sales prices that are by more than so many percent another one than a day ago; what went back again is none.

    Bracket prices change as a whole and are not compared.
    """
    jumped: dict[tuple, list[PriceChange]] = {}
    for first, last in jumps(percent, DAY, now):
        place = (last.product.organization.external_id, last.price_list)
        jumped.setdefault(place, []).append(first)
    return [
        Oddity(
            organization,
            price_list,
            len(changes),
            len(changes),
            tuple(each.product.name for each in changes[:SHOWN]),
            min(each.changed_at for each in changes),
        )
        for (organization, price_list), changes in jumped.items()
    ]


def jumps(
    percent: float, span: timedelta, now: datetime | None = None
) -> list[tuple[PriceChange, PriceChange]]:
    """(first change, last change) within the span of each sales price that is by more than so many percent another one
    than before it; at most _MOST_JUMPS."""
    now = now or timezone.now()
    more, less = Decimal(str(1 + percent / 100)), Decimal(str(max(0.0, 1 - percent / 100)))
    lately = PriceChange.objects.filter(
        pk__gte=first_key_since(PriceChange, now - span),
        changed_at__gte=now - span,
        figure__in=("unit_price", "rate"),
        before__gt=0,
        after__isnull=False,
        product__removed_at=None,
    ).order_by()
    far = Q(after__gt=F("before") * more) | Q(after__lt=F("before") * less)
    keys = ("product", "price_list", "figure", "currency_code")
    wild = set(lately.filter(far).values_list(*keys).distinct()[:_MOST_JUMPS])
    ends = lately.filter(product__in={key[0] for key in wild}).values_list(*keys)
    pairs = [row[4:] for row in ends.annotate(Min("pk"), Max("pk")) if tuple(row[:4]) in wild]
    rows = PriceChange.objects.select_related("product__organization", "price_list").in_bulk(
        {pk for pair in pairs for pk in pair}
    )
    found = [(rows[first], rows[last]) for first, last in pairs]
    return [
        (first, last)
        for first, last in found
        if last.after > first.before * more or last.after < first.before * less
    ]


def missing_prices(percent: float) -> list[Oddity]:
    """Active sales lists that have a price for at least so many percent of what is in stock, but not for the rest."""
    found = []
    for price_list in sales_lists().select_related("organization"):
        missing, total = without_price(price_list), in_stock(price_list.organization_id).count()
        count = missing.count()
        if count and 100 * (total - count) >= percent * total:
            names = tuple(missing.order_by("name", "pk").values_list("name", flat=True)[:SHOWN])
            found.append(Oddity(price_list.organization.external_id, price_list, count, total, names))
    return found


def sales_lists() -> QuerySet[PriceList]:
    """Active ones in which products are sold, with prices of their own."""
    lists = PriceList.objects.live().filter(is_active=True).exclude(kind="fixed_percentage")
    return lists.exclude(direction__startswith="purchase").order_by("pk")


def without_price(price_list: PriceList) -> QuerySet[Product]:
    """Products that are in stock where the list belongs, and for which it has no price."""
    stocked = in_stock(price_list.organization_id)
    priced = PriceListItem.objects.live().filter(product=OuterRef("pk"), price_list=price_list)
    return stocked.exclude(Exists(priced.filter(Q(rate__isnull=False) | ~Q(brackets=[]))))


def in_stock(organization: int) -> QuerySet[Product]:
    """Live, active, and somewhere where it is sold there is some of it."""
    levels = StockLevel.objects.live().filter(
        product=OuterRef("pk"), warehouse__sells=True, warehouse__removed_at=None, on_hand__gt=0
    )
    products = Product.objects.live().filter(organization=organization, is_active=True)
    return products.filter(Exists(levels)).order_by()


def _places(model: type[Model], keys) -> list:
    return list(
        model._default_manager.filter(pk__in=list(keys)).select_related("organization").order_by("pk")
    )


def first_key_since(model: type[StockChange | PriceChange], since: datetime) -> int:
    """The key from which on history may be of that time. It is only ever added to, and has no index by time alone: so
    the keys are halved until the place is found, in some twenty look-ups by key. A slow run tells a time a little
    before it writes, which the hour allows for."""
    rows = model._default_manager.order_by()
    ends = rows.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is None:
        return 0
    low, high, since = ends["low"], ends["high"] + 1, since - HOUR
    while low < high:
        middle = (low + high) // 2
        at = rows.filter(pk__gte=middle).order_by("pk").values_list("changed_at", flat=True).first()
        if at is not None and at < since:
            low = middle + 1
        else:
            high = middle
    return low
