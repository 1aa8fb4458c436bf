"""What is waiting because of the truth meter: records found different, and stock verified too long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from inventory.models import StockCheck

from ..models import TruthCheck

_LOOKED_AT = 2000  # the same record may have been found different many times


@dataclass(frozen=True)
class Unverified:
    """A product whose stock was verified longest ago. product_id: our key; product: its name."""

    product_id: int
    product: str
    verified_at: datetime


def open_drifts(rows: QuerySet[TruthCheck]) -> QuerySet[TruthCheck]:
    """Those that nothing has made equal since; the same record may be among them several times."""
    return rows.filter(verdict=TruthCheck.Verdict.DRIFT, mended_at=None)


def latest_drifts(organization, limit: int) -> list[TruthCheck]:
    """The newest open drift of each record, newest first."""
    rows = open_drifts(TruthCheck.objects.filter(organization=organization)).select_related("refresh_run")
    found: dict[tuple[str, str], TruthCheck] = {}
    for row in rows.order_by("-checked_at", "-pk")[:_LOOKED_AT]:
        if len(found) == limit:
            break
        found.setdefault((row.entity, row.external_id), row)
    return list(found.values())


def oldest_unverified(organization, limit: int) -> Iterator[Unverified]:
    """Products that are here and counted, those first whose stock was verified longest ago."""
    checks = StockCheck.objects.filter(
        organization=organization,
        verified_at__isnull=False,
        product__removed_at=None,
        product__is_tracked=True,
    )
    columns = ("product_id", "product__name", "verified_at")
    for key, name, at in checks.order_by("verified_at").values_list(*columns)[:limit]:
        if at is not None:
            yield Unverified(key, name, at)
