"""What a run will cost in calls, before it is started. Counted from what is mirrored now, so it is "about"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import ceil

from django.db.models import Value

from inventory.models import Customer, PriceList, Product
from inventory.status import pictures_named

from .counting import live_counts
from .models import FilterVerdict, SourceCount, SyncCheckpoint
from .options import SyncMode
from .pictures.budget import most_a_day
from .processors import registry
from .processors.base import Processor

MODIFIED, ORDER = "last_modified_time", "sort"  # as zoho/probes.py names its verdicts
_LISTS_STOCK = "products"  # an incremental run of stock reads this list
_LISTED_BESIDE = 1.05  # /contacts lists vendors too


class Counted:
    """How many records each entity has, asked for all together: for whoever estimates many runs at once.

    entities: those that will be estimated, where not all may be.
    """

    def __init__(self, organization, entities: Iterable[str] | None = None):
        self._organization = organization
        self._entities = None if entities is None else sorted({*entities, _LISTS_STOCK})

    @cached_property
    def listed(self) -> dict[str, int]:
        """By the entity, what its last full run listed, or what Zoho was counted to have before the first one."""
        told = [
            model.objects.filter(organization=self._organization, **{f"{column}__isnull": False})
            .annotate(rank=Value(rank))
            .values_list("rank", "entity", column)
            for rank, (model, column) in enumerate(
                [(SourceCount, "count"), (SyncCheckpoint, "records_count")]
            )
        ]
        return {entity: count for _rank, entity, count in sorted(told[0].union(told[1], all=True))}

    @cached_property
    def live(self) -> dict[str, int]:
        counts = live_counts([self._organization], self._entities)
        return {entity: count for (_key, entity), count in counts.items()}


def estimate_calls(
    organization, entity: str, mode: str, batch_size: int = 200, counted: Counted | None = None
) -> int:
    """About how many calls a run of this entity and mode makes; at least 1."""
    counted = counted or Counted(organization, [entity])
    processor = registry.get(entity)
    if processor.lane == "stock":
        tracked = Product.objects.live().filter(organization=organization, is_tracked=True).count()
        details = ceil(tracked / batch_size)
        listed = ceil(_count(registry.get(_LISTS_STOCK), counted) / 200)
        return max(1, details if mode == SyncMode.FULL else listed + details)
    if processor.lane == "details":
        return max(1, Customer.objects.live().filter(organization=organization, detail_is_due=True).count())
    if processor.lane == "pictures":
        named, waiting = pictures_named(organization)
        wanted = waiting if mode == SyncMode.INCREMENTAL else named
        return max(1, min(wanted, most_a_day()))  # no run makes more on one day
    if processor.lane == "documents" and mode == SyncMode.INCREMENTAL:
        return 1  # details come with what the day leaves over (documents_left.py)
    if processor.reads_every_detail:
        lists = PriceList.objects.live().filter(organization=organization).count()
        return 1 + lists
    if not processor.paged:
        return 1
    if (
        mode == SyncMode.INCREMENTAL
        and processor.can_increment
        and not _is_read_whole(processor, organization)
    ):
        return 1 + int(processor.modified_filter)
    return max(1, ceil(_count(processor, counted) / batch_size))


def _is_read_whole(processor: Processor, organization) -> bool:
    """Was Zoho seen to obey neither the filter nor the sorting? Then what has changed is found at the list's end."""
    seen = dict(
        FilterVerdict.objects.filter(
            organization=organization, resource=processor.path, name__in=[MODIFIED, ORDER]
        ).values_list("name", "verdict")
    )
    works = FilterVerdict.Verdict.WORKS
    if processor.modified_filter and seen.get(MODIFIED, works) == works:
        return False
    return seen.get(ORDER, works) != works


def _count(processor: Processor, counted: Counted) -> float:
    listed = counted.listed.get(processor.entity)
    return listed if listed is not None else counted.live[processor.entity] * _LISTED_BESIDE
