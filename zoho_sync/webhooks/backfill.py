"""Gaps of webhooks: what they may not have told is read by time, one incremental run per entity and gap.

A gap is a row before anything is started, so that a busy entity, a dead worker or a refused token only delays it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from inventory.models import Organization

from ..errors import RunInProgress
from ..models import OAuthToken, SyncRun, WebhookDelivery, WebhookExpectation, WebhookGap
from ..options import SyncMode, SyncOptions, Trigger
from ..processors import registry
from ..repairs import audit
from ..sentences import Sentence, lasting
from ..sentences import sentence as _
from ..starts import start_run
from ..subjects import SUBJECTS

AGAIN_AFTER = timedelta(minutes=15)  # a run that failed: the next one of the same gap
DECIDED = (SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL, SyncRun.Status.CANCELLED)


def entities_of(subjects: Iterable[str]) -> tuple[str, ...]:
    """What has to be read for these subjects, in an order in which links resolve.

    Items and documents move stock too, which an item's time of change does not tell.
    """
    about = [SUBJECTS[name] for name in subjects if name in SUBJECTS]
    wanted = ({each.entity for each in about} | {each.mirror for each in about}) - {""}
    if "products" in wanted:
        wanted.add("stock")
    return tuple(name for name in registry.names() if name in wanted)


def known_subjects(organization: Organization) -> set[str]:
    """Subjects that were ever delivered for the organisation, or are expected."""
    expected = WebhookExpectation.objects.filter(organization=organization, is_expected=True)
    deliveries = WebhookDelivery.objects.filter(organization=organization, is_test=False)
    seen = {name for name in SUBJECTS if deliveries.filter(subject=name).exists()}
    return seen | set(expected.values_list("subject", flat=True))


def backfill(
    organization: Organization,
    subjects: Iterable[str],
    since: datetime,
    until: datetime,
    *,
    reason: str = "",
) -> list[WebhookGap]:
    """Have everything read that changed between two aware moments. What cannot start now starts with a later sweep."""
    gaps = note(organization, subjects, since, until, reason=reason)
    start_waiting(organization)
    return gaps


def note(
    organization: Organization, subjects: Iterable[str], since: datetime, until: datetime, *, reason: str = ""
) -> list[WebhookGap]:
    """Keep the gap, one row per entity; nothing is started. One that waits already is made longer."""
    with transaction.atomic():
        return [_note(organization, entity, since, until, reason) for entity in entities_of(subjects)]


def _note(organization, entity: str, since: datetime, until: datetime, reason: str) -> WebhookGap:
    under_way = WebhookGap.objects.filter(organization=organization, entity=entity, closed_at=None)
    covering = under_way.filter(since__lte=since, run__created_at__gte=until).first()
    if covering:  # its run asks for everything from `since` up to its own time
        return covering
    waiting = under_way.filter(run=None).select_for_update()
    found = waiting.first()
    if found is None:
        try:
            with transaction.atomic():
                return WebhookGap.objects.create(
                    organization=organization, entity=entity, since=since, until=until, reason=reason
                )
        except IntegrityError:  # another process was quicker
            found = waiting.get()
    return _lengthened(found, since, until)


def _lengthened(gap: WebhookGap, since: datetime, until: datetime) -> WebhookGap:
    gap.since, gap.until = min(gap.since, since), max(gap.until, until)
    gap.save(update_fields=["since", "until"])
    return gap


def go_on() -> int:
    """Close the gaps whose runs have ended, and start what waits. Returns how many runs were started."""
    for gap in WebhookGap.objects.filter(closed_at=None).exclude(run=None).select_related("run"):
        if gap.run:
            _settle(gap, gap.run)
    waiting = WebhookGap.objects.filter(run=None, closed_at=None, next_attempt_at__lte=timezone.now())
    organizations = Organization.objects.filter(pk__in=waiting.values("organization_id"))
    return sum(start_waiting(organization) for organization in organizations)


def _settle(gap: WebhookGap, run: SyncRun) -> None:
    """Filled, or somebody decided against it. A run that failed has filled nothing: the gap waits for another."""
    same = WebhookGap.objects.filter(pk=gap.pk, run=run, closed_at=None)
    if run.status in DECIDED:
        same.update(closed_at=run.finished_at or timezone.now())
    elif run.status == SyncRun.Status.FAILED:
        again_at = (run.finished_at or timezone.now()) + AGAIN_AFTER
        with transaction.atomic():
            waiting = WebhookGap.objects.filter(
                organization=gap.organization_id, entity=gap.entity, run=None, closed_at=None
            ).select_for_update()
            other = waiting.first()
            if other is None:
                same.update(run=None, next_attempt_at=again_at)
            elif same.delete()[0]:
                _lengthened(other, gap.since, gap.until)


def start_waiting(organization: Organization) -> int:
    """Start a run for every gap of the organisation that waits; returns how many could. Busy entities stay waiting."""
    if not _may_call(organization):
        return 0
    due = WebhookGap.objects.filter(
        Q(next_attempt_at__lte=timezone.now()), organization=organization, run=None, closed_at=None
    )
    order = {name: place for place, name in enumerate(registry.names())}
    gaps = sorted(due, key=lambda gap: order.get(gap.entity, len(order)))
    group = uuid.uuid4() if len(gaps) > 1 else None
    return sum(_start(gap, organization, group) for gap in gaps)


def _told(gap: WebhookGap) -> Sentence:
    times = {
        name: timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
        for name, at in (("since", gap.since), ("until", gap.until))
    }
    words = {"entity": lasting(registry.get(gap.entity).label), "reason": gap.reason}
    text = _(
        "%(entity)s: webhooks may have left out what changed from %(since)s to %(until)s; it is read. %(reason)s"
    )
    return text % (words | times)


def _may_call(organization: Organization) -> bool:
    """Without a token that works every run would only fail."""
    token = OAuthToken.objects.filter(organization=organization).only("state").first()
    return token is not None and token.state != OAuthToken.State.REFUSED


def _start(gap: WebhookGap, organization: Organization, group) -> bool:
    overlap = timedelta(seconds=settings.ZOHO["OVERLAP_SECONDS"])  # Zoho's clock is not ours
    options = SyncOptions(entity=gap.entity, mode=SyncMode.INCREMENTAL, since=gap.since - overlap)
    try:
        with transaction.atomic():
            row = WebhookGap.objects.select_for_update().filter(pk=gap.pk, run=None, closed_at=None).first()
            if row is None:
                return False
            row.run = start_run(options, trigger=Trigger.BACKFILL, organization=organization, group=group)
            row.save(update_fields=["run"])
            audit.note(audit.Kind.WEBHOOKS, _told(gap), run=row.run)
    except RunInProgress:
        return False
    return True
