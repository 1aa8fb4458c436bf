"""What goes along when a record leaves the source: figures and prices are nothing without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from inventory.models import (
    Customer,
    PriceList,
    PriceListItem,
    Product,
    ProductPicture,
    StockCheck,
    StockLevel,
    Warehouse,
)

from ..processors.base import owned_by
from ..work import Work
from . import doubts, history, plans, traces

REASON = gettext_noop("what it belongs to does not exist any more")

_CHILDREN: dict[type[models.Model], tuple[tuple[type[models.Model], str], ...]] = {
    Product: ((StockLevel, "product"), (PriceListItem, "product"), (ProductPicture, "product")),
    Warehouse: ((StockLevel, "warehouse"),),
    PriceList: ((PriceListItem, "price_list"),),
}


def bury(work: Work, model: type[models.Model], keys: list[int], moment: datetime) -> None:
    """Tombstones, with history, for the children of these records of `model`; their own figures are doubtful then.

    A record that comes back brings its children back when it is read the next time.
    """
    for child, rows in _children(model, keys):
        bury_rows(work, child, hold(rows), moment, REASON)
    after(model, keys)


def hold(rows: QuerySet) -> list[int]:
    """The keys of these live rows, locked until the transaction ends: who comes second finds that they have left."""
    return list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def bury_rows(work: Work, child: type[models.Model], keys: list[int], moment: datetime, reason: str) -> None:
    """Tombstones, with history, for these rows, which belong to others, and which are held."""
    if child is StockLevel:
        products = list(child.objects.filter(pk__in=keys).order_by().values_list("product").distinct())
        doubtful = [key for (key,) in products]
        doubts.of_products(doubtful)
        StockCheck.objects.filter(product__in=doubtful).update(verified_at=None)
    history.store_vanished(work, moment, child, keys)
    traces.store_removals(work, child, keys, reason)
    tombstone = {"removed_at": moment, "removed_reason": reason, "cause": work.run.cause, "synced_at": moment}
    child.objects.filter(pk__in=keys).update(**tombstone)


def after(model: type[models.Model], keys: list[int]) -> None:
    """What follows for others when these records have left."""
    if model is PriceList:  # whoever had this list has another one now, and no time of change tells it
        Customer.objects.live().filter(price_list__in=keys).update(detail_is_due=True)


def plan(work: Work, asked_at: datetime, model: type[models.Model], keys: list[int]) -> None:
    """The same as planned changes."""
    for child, rows in _children(model, keys):
        plans.store_removals(work, asked_at, child, rows, REASON)


def read_since(model: type[models.Model], keys: list[int], moment: datetime) -> set[int]:
    """Those of the records of `model` of whose live children one was written after that time."""
    found: set[int] = set()
    for child, parent in _children_of(model):
        rows = child.objects.live().filter(**{f"{parent}__in": keys}, synced_at__gt=moment)
        found |= set(rows.order_by().values_list(f"{parent}_id", flat=True).distinct())
    return found


def orphans(child: type[models.Model], keys: list[int]) -> set[int]:
    """Those of the children with these keys whose record has left."""
    parents = [name for children in _CHILDREN.values() for model, name in children if model is child]
    gone = Q()
    for name in parents:
        gone |= Q(**{f"{name}__removed_at__isnull": False})
    return set(child.objects.filter(gone, pk__in=keys).values_list("pk", flat=True)) if parents else set()


def _children_of(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """(table, foreign key) of what goes along with a row of `model`."""
    owned = [(mapping.model, mapping.set_of) for mapping in owned_by(model)]
    return [*_CHILDREN.get(model, ()), *owned]


def _children(model: type[models.Model], keys: list[int]) -> Iterator[tuple[type[models.Model], QuerySet]]:
    for child, parent in _children_of(model):
        yield child, child.objects.live().filter(**{f"{parent}__in": keys})
