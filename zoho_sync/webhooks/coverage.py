"""Coverage: which subjects tell us of changes, how many hints came, what became of them, and how long that took."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy

from inventory.models import Organization

from ..models import WebhookDelivery, WebhookExpectation
from ..subjects import SUBJECTS
from .silence import is_over, last_seen, quiet_since

Status = WebhookDelivery.Status
WINDOW = timedelta(days=7)
NOT_UNDERSTOOD = gettext_lazy("Not understood")  # deliveries without a subject


@dataclass(frozen=True, kw_only=True)
class SubjectCoverage:
    """One subject, our own tests left out.

    configured: something has come, or is expected. received, applied, ignored: of the window's deliveries.
    waiting (being applied among them), failed, dead: as of now, however old.
    median_seconds, worst_seconds: from receipt to application, within the window; None when none was applied.
    """

    subject: str
    label: str
    expectation: WebhookExpectation | None
    configured: bool
    last_seen_at: datetime | None
    received: int
    applied: int
    failed: int
    dead: int
    ignored: int
    waiting: int
    median_seconds: float | None
    worst_seconds: float | None
    is_silent: bool
    silent_since: datetime | None


def coverage(
    organization: Organization, *, window: timedelta = WINDOW, now: datetime | None = None
) -> list[SubjectCoverage]:
    """One row per subject, in the order of their table; and one for what was not understood, if there is any."""
    now = now or timezone.now()
    expected = {
        each.subject: each
        for each in WebhookExpectation.objects.filter(organization=organization).select_related(
            "organization"
        )
    }
    counts = _counts(organization, now - window)
    standing = _standing(organization)
    found = []
    for name in (*SUBJECTS, ""):
        seen = last_seen(organization, name)
        if name or seen:
            found.append(
                _of_subject(organization, name, expected.get(name), seen, counts, standing, now, window)
            )
    return found


def _of_subject(organization, name, expectation, seen, counts, standing, now, window) -> SubjectCoverage:
    of_window, as_of_now = counts[name], standing[name]
    timed = sum(timed for _count, timed in of_window.values())
    median, worst = _seconds(organization, name, now - window, timed) if timed else (None, None)
    is_expected = bool(expectation and expectation.is_expected)
    silent_since = _silent_since(expectation, seen, now) if is_expected else None
    return SubjectCoverage(
        subject=name,
        label=str(SUBJECTS[name].label if name else NOT_UNDERSTOOD),
        expectation=expectation,
        configured=seen is not None or is_expected,
        last_seen_at=seen,
        received=sum(count for count, _timed in of_window.values()),
        applied=of_window[Status.APPLIED][0],
        ignored=of_window[Status.IGNORED][0],
        failed=as_of_now[Status.FAILED],
        dead=as_of_now[Status.DEAD],
        waiting=as_of_now[Status.RECEIVED] + as_of_now[Status.PROCESSING],
        median_seconds=median,
        worst_seconds=worst,
        is_silent=silent_since is not None,
        silent_since=silent_since,
    )


def _silent_since(expectation: WebhookExpectation, seen: datetime | None, now: datetime) -> datetime | None:
    """Reckoned anew, so that it is true even while no sweep looks; None while it is within its hours."""
    since = quiet_since(expectation, seen)
    return (expectation.silent_since or since) if is_over(expectation, since, now) else None


def _counts(organization: Organization, since: datetime) -> dict[str, Any]:
    """{subject: {status: (deliveries, those of them with a time to apply)}}; read from the index alone."""
    rows = (
        _deliveries(organization)
        .filter(subject__in=["", *SUBJECTS], received_at__gte=since)
        .order_by()
        .values_list("subject", "status")
        .annotate(Count("id"), Count("seconds"))
    )
    found: dict[str, Any] = defaultdict(lambda: defaultdict(lambda: (0, 0)))
    for subject, status, count, timed in rows:
        found[subject][status] = (count, timed)
    return found


def _standing(organization: Organization) -> dict[str, Any]:
    """{subject: {status: deliveries}} of everything that is not settled well, however old."""
    rows = (
        _deliveries(organization)
        .filter(status__in=[*WebhookDelivery.OPEN, Status.DEAD])
        .order_by()
        .values_list("subject", "status")
        .annotate(Count("id"))
    )
    found: dict[str, Any] = defaultdict(lambda: defaultdict(int))
    for subject, status, count in rows:
        found[subject][status] = count
    return found


def _seconds(organization: Organization, subject: str, since: datetime, timed: int) -> tuple[float, float]:
    """Median and worst of `timed` deliveries: the middle ones of an ordered look into the index."""
    seconds = (
        _deliveries(organization)
        .filter(subject=subject, received_at__gte=since, seconds__isnull=False)
        .order_by("seconds")
        .values_list("seconds", flat=True)
    )
    middle = list(seconds[(timed - 1) // 2 : timed // 2 + 1])
    worst = seconds.order_by("-seconds").first()
    return (sum(middle) / len(middle) if middle else worst), worst


def _deliveries(organization: Organization):
    return WebhookDelivery.objects.filter(organization=organization, is_test=False)
