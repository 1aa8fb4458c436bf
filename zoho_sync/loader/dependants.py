"""What goes along when a record leaves the source: figures and prices are nothing without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from inventory.models import Customer, PriceList, PriceListItem, Product, StockCheck, StockLevel, Warehouse

from ..work import Work
from . import history, plans

REASON = gettext_noop("what it belongs to does not exist any more")

_CHILDREN: dict[type[models.Model], tuple[tuple[type[models.Model], str], ...]] = {
    Product: ((StockLevel, "product"), (PriceListItem, "product")),
    Warehouse: ((StockLevel, "warehouse"),),
    PriceList: ((PriceListItem, "price_list"),),
}


def bury(work: Work, model: type[models.Model], keys: list[int], moment: datetime) -> None:
    """Tombstones, with history, for the children of these records of `model`; their own figures are doubtful then.

    A record that comes back brings its children back when it is read the next time.
    """
    tombstone = {"removed_at": moment, "removed_reason": REASON, "cause": work.run.cause, "synced_at": moment}
    for child, rows in _children(model, keys):
        if child is StockLevel:
            products = list(rows.order_by().values_list("product", flat=True).distinct())
            StockCheck.objects.filter(product__in=products).update(detail_hash="", verified_at=None)
        gone = list(rows.values_list("pk", flat=True))
        history.store_vanished(work, moment, child, gone)
        child.objects.filter(pk__in=gone).update(**tombstone)
    if model is PriceList:  # whoever had this list has another one now, and no time of change tells it
        Customer.objects.live().filter(price_list__in=keys).update(detail_is_due=True)


def plan(work: Work, model: type[models.Model], keys: list[int]) -> None:
    """The same as planned changes."""
    for child, rows in _children(model, keys):
        labelled = [(external_id, "") for external_id in rows.values_list("external_id", flat=True)]
        plans.store_removals(work, child, labelled, REASON)


def _children(model: type[models.Model], keys: list[int]) -> Iterator[tuple[type[models.Model], QuerySet]]:
    for child, parent in _CHILDREN.get(model, ()):
        yield child, child.objects.live().filter(**{f"{parent}__in": keys})
