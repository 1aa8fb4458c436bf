"""How much of the mirror is right, as far as samples tell, and with the doubt that a sample leaves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, sqrt
from statistics import NormalDist

from django.db.models import Count, Max, Q
from django.utils import timezone

from inventory.models import StockCheck

from ..models import TruthCheck
from ..processors import registry
from .drifts import Unverified, oldest_unverified

ENTITIES = ("products", "stock", "customers", "price_lists")
A_WEEK = 24 * 7  # hours
CONFIDENCE = 0.95
Verdict = TruthCheck.Verdict


@dataclass(frozen=True)
class EntityTruth:
    """One entity's part of `Truth`, in the same words. checked_at: when one of it was last compared."""

    entity: str
    label: str
    checked: int
    equal: int
    share: float | None
    low: float | None
    high: float | None
    drifts: int
    lag: int
    unreadable: int
    checked_at: datetime | None


@dataclass(frozen=True)
class Truth:
    """What the samples of the last `hours` tell.

    checked: records that were judged equal or different; of those, `equal`. share: equal / checked, 0 to 1, with its
    95 % interval `low` to `high`; all None when none was checked: no data. lag: records that Zoho has changed since we
    read them, or whose change is on its way; no error, and not in `checked`. unreadable: could not be compared.
    drifts: records found different, at any time, and not known to be equal again. unverified_count: products whose
    stock is not verified at all, or has moved since. checked_at: when a record was last compared, ever.
    """

    hours: int
    checked: int
    equal: int
    share: float | None
    low: float | None
    high: float | None
    drifts: int
    lag: int
    unreadable: int
    checked_at: datetime | None
    oldest_unverified: Unverified | None
    unverified_count: int
    entities: tuple[EntityTruth, ...]

    @property
    def different(self) -> int:
        return self.checked - self.equal

    @property
    def oldest_unverified_at(self) -> datetime | None:
        return self.oldest_unverified.verified_at if self.oldest_unverified else None


def truth(organization, hours: int = A_WEEK) -> Truth:
    """How right the mirror is. Four queries, whatever its size; nothing is asked of Zoho."""
    rows = TruthCheck.objects.filter(organization=organization).order_by()
    recent = rows.filter(checked_at__gte=timezone.now() - timedelta(hours=hours))
    counts: dict[str, Counter] = {}
    for entity, verdict, count in recent.values_list("entity", "verdict").annotate(Count("pk")):
        counts.setdefault(entity, Counter())[verdict] = count
    is_open = Q(verdict=Verdict.DRIFT, mended_at=None)  # as open_drifts has it
    ever = rows.values_list("entity").annotate(
        Max("checked_at"), open=Count("external_id", distinct=True, filter=is_open)
    )
    last, drifts = {}, {}
    for entity, checked_at, count in ever:
        last[entity], drifts[entity] = checked_at, count
    names = [*ENTITIES, *sorted({*counts, *drifts, *last} - set(ENTITIES))]
    entities = tuple(_of_entity(name, counts.get(name, Counter()), drifts, last) for name in names)
    total = sum(counts.values(), Counter())
    oldest = next(iter(oldest_unverified(organization, 1)), None)
    return Truth(
        hours=hours,
        **_judged(total),
        drifts=sum(drifts.values()),
        checked_at=max(last.values(), default=None),
        oldest_unverified=oldest,
        unverified_count=StockCheck.objects.filter(organization=organization, verified_at=None).count(),
        entities=entities,
    )


def _of_entity(name: str, counts: Counter, drifts: dict, last: dict) -> EntityTruth:
    label = str(registry.get(name).label) if name in registry.names() else name
    return EntityTruth(
        entity=name, label=label, **_judged(counts), drifts=drifts.get(name, 0), checked_at=last.get(name)
    )


def _judged(counts: Counter) -> dict:
    equal = counts[Verdict.EQUAL]
    checked = equal + counts[Verdict.DRIFT]
    low, high = interval(equal, checked) if checked else (None, None)
    return {
        "checked": checked,
        "equal": equal,
        "share": equal / checked if checked else None,
        "low": low,
        "high": high,
        "lag": counts[Verdict.LAG],
        "unreadable": counts[Verdict.UNREADABLE],
    }


def as_percent(share: float, *, up: bool = False) -> str:
    """One decimal, rounded down, so that 99.98 is not told as 100; up: of the interval's upper end."""
    tenths = share * 1000
    whole = ceil(tenths - 1e-9) if up else floor(tenths + 1e-9)
    return f"{whole / 10:.1f}"


def interval(found: int, of: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval of a share: honest near 0 and 1 and for small samples, where p ± z·s is not.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927. `of` > 0.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = found / of, z * z / of
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of))
    low = 0.0 if found == 0 else max(0.0, (middle - half) / (1 + spread))
    high = 1.0 if found == of else min(1.0, (middle + half) / (1 + spread))
    return low, high
