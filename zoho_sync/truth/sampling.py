"""Which records are compared: drawn so that each live one has the same chance, without reading them all.

Keys are drawn at random between the first and the last one, and those that are no live record of the organisation are
drawn again. Every live key is hit with the same chance, however the gaps lie, and a draw of 20 among 100,000 rows reads
some dozens of them by their keys, where a random order would sort them all. Where the live ones are few among the keys
(tombstones, several organisations) that would take many draws: then their keys are listed, and drawn from the list.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import accumulate
from math import ceil

from django.db.models import QuerySet
from django.utils import timezone

from inventory.models import Customer, PriceList, Product

from ..documents_left import read_in_detail
from ..models import TruthCheck
from ..options import MAX_BATCH
from ..processors import registry

_ROUNDS = 8  # of drawing keys, before they are listed
_AT_ONCE = 4  # keys drawn for each that is still wanted
_MOST_KEYS = (
    2000  # in one question; who wants more records than a quarter of that has time for a list of all keys
)
_RECORDS_PER_LIST = 10  # of those drawn, one is a price list
_RECORDS_PER_DOCUMENT = 10  # likewise; each is a call, and there are many
CALLS_OF_A_LIST = 2  # its row stands in the listing, its prices in the detail
Chance = random.Random | random.SystemRandom
_SYSTEM: Chance = random.SystemRandom()


@dataclass(frozen=True)
class Sample:
    """External ids of what is to be compared. A product brings its stock along, in the same call.

    documents: (entity, external id) of each.
    """

    products: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    price_lists: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()

    @property
    def calls(self) -> int:
        """What it costs if nothing has to be asked twice."""
        return (
            ceil(len(self.products) / MAX_BATCH)
            + len(self.customers)
            + len(self.price_lists) * CALLS_OF_A_LIST
            + len(self.documents)
        )

    def __len__(self) -> int:
        return len(self.products) + len(self.customers) + len(self.price_lists) + len(self.documents)


def draw(organization, count: int, calls: int, chance: Chance = _SYSTEM) -> Sample:
    """About `count` records that cost at most `calls` calls; fewer records, in the same shares, where that is little.

    Products and customers come in the proportion in which there are any, so that each record has the same chance. A
    price list, which is large, is one of ten records, and comes at most once in an hour of the clock. A document is
    one of ten, too, with the same chance for each whose lines have been read.
    """
    products, customers = (
        model.objects.live().filter(organization=organization) for model in (Product, Customer)
    )
    here = {"products": products.count(), "customers": customers.count()}
    sample = Sample()
    is_its_turn = chance.random() < count / _RECORDS_PER_LIST and not _list_was_compared(organization)
    if is_its_turn and calls > CALLS_OF_A_LIST:
        lists = PriceList.objects.live().filter(organization=organization)
        sample = replace(sample, price_lists=draw_ids(lists, 1, chance))
    most = max(0, calls - sample.calls) // 2
    sample = replace(
        sample,
        documents=_documents(organization, min(_by_lot(count / _RECORDS_PER_DOCUMENT, chance), most), chance),
    )
    total = sum(here.values())
    wanted = min(count - len(sample), total, _affordable(here, calls - sample.calls))
    share = _share(here["products"], total, wanted, chance)
    return replace(
        sample,
        products=draw_ids(products, share, chance),
        customers=draw_ids(customers, wanted - share, chance),
    )


def _affordable(here: dict[str, int], calls: int) -> int:
    """How many records so many calls can pay for, when they are drawn in their proportion."""
    if calls <= 0:
        return 0
    price = here["products"] / MAX_BATCH + here["customers"]  # of comparing all
    spare = 1 if here["products"] else 0  # a batch that is not full is a whole call
    return max(1, int((calls - spare) * sum(here.values()) / price)) if price else 0


def _share(here: int, total: int, count: int, chance: Chance) -> int:
    """How many of `count` fall to a part. What is over after whole ones is given by lot, never rounded for ever."""
    if count <= 0:
        return 0
    whole = _by_lot(here * count / total, chance)
    return min(max(whole, count - (total - here)), here)


def _by_lot(exact: float, chance: Chance) -> int:
    return int(exact) + (chance.random() < exact - int(exact))


def _documents(organization, count: int, chance: Chance) -> tuple[tuple[str, str], ...]:
    """So many documents of all kinds together; those whose lines are still to be read would only be found behind."""
    if count <= 0:
        return ()
    names = read_in_detail()
    rows = [
        registry.get(name).model.objects.live().filter(organization=organization, detail_is_due=False)
        for name in names
    ]
    ends = list(accumulate(each.count() for each in rows))
    drawn = chance.sample(range(ends[-1]), min(count, ends[-1]))
    found: list[tuple[str, str]] = []
    for name, mine, first, end in zip(names, rows, [0, *ends], ends, strict=False):
        share = sum(first <= each < end for each in drawn)
        found += [(name, external_id) for external_id in draw_ids(mine, share, chance)]
    return tuple(found)


def _list_was_compared(organization) -> bool:
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    rows = TruthCheck.objects.filter(organization=organization, entity="price_lists")
    return rows.filter(checked_at__gte=this_hour).exists()


def draw_ids(rows: QuerySet, count: int, chance: Chance = _SYSTEM) -> tuple[str, ...]:
    """External ids of `count` different rows, each with the same chance; of all where there are no more."""
    if count <= 0:
        return ()
    keys = rows.model._base_manager.values_list(
        "pk", flat=True
    )  # of all rows: their ends cost nothing to find
    first, last = keys.order_by("pk").first(), keys.order_by("-pk").first()
    if first is None or last is None:
        return ()
    found: dict[int, str] = {}
    for _round in range(_ROUNDS if count * _AT_ONCE <= _MOST_KEYS else 0):
        wanted = (count - len(found)) * _AT_ONCE
        drawn = [chance.randint(first, last) for _each in range(wanted)]
        here = dict(rows.filter(pk__in=drawn).order_by().values_list("pk", "external_id"))
        for key in drawn:  # in the order in which they were drawn
            if key in here and len(found) < count:
                found[key] = here[key]
        if len(found) == count:
            return tuple(found.values())
    others = [
        each
        for each in rows.order_by("pk").values_list("pk", "external_id").iterator()
        if each[0] not in found
    ]
    found |= dict(chance.sample(others, min(count - len(found), len(others))))
    return tuple(found.values())
