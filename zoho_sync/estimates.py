"""What a run will cost in calls, before it is started. Counted from what is mirrored now, so it is "about"."""

from __future__ import annotations

from math import ceil

from inventory.models import Customer, PriceList, Product

from .models import SyncCheckpoint
from .options import SyncMode
from .processors import registry
from .processors.base import Processor

_LISTED_BESIDE = 1.05  # /contacts lists vendors too


def estimate_calls(organization, entity: str, mode: str, batch_size: int = 200) -> int:
    """About how many calls a run of this entity and mode makes; at least 1."""
    processor = registry.get(entity)
    if processor.lane == "stock":
        tracked = Product.objects.live().filter(organization=organization, is_tracked=True).count()
        details = ceil(tracked / batch_size)
        listed = ceil(_count(registry.get("products"), organization) / 200)
        return max(1, details if mode == SyncMode.FULL else listed + details)
    if processor.lane == "details":
        return max(1, Customer.objects.live().filter(organization=organization, detail_is_due=True).count())
    if processor.reads_every_detail:
        lists = PriceList.objects.live().filter(organization=organization).count()
        return 1 + lists
    if not processor.paged:
        return 1
    if mode == SyncMode.INCREMENTAL and processor.can_increment:
        return 1 + int(processor.modified_filter)
    return max(1, ceil(_count(processor, organization) / batch_size))


def _count(processor: Processor, organization) -> float:
    listed = (
        SyncCheckpoint.objects.filter(organization=organization, entity=processor.entity)
        .values_list("records_count", flat=True)
        .first()
    )
    if listed is not None:
        return listed
    return processor.model.objects.filter(organization=organization, removed_at=None).count() * _LISTED_BESIDE
