"""While a webhook is silent, what it would have told is read by time, so that the mirror is fresh all the same.

Normally the schedules do that. The gap that the silence left is read once by webhooks/backfill.py; this is for a
silence that lasts while nothing else reads the entity.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from inventory.models import Organization

from ..admission import weigh
from ..errors import RunInProgress
from ..models import OAuthToken, SyncCheckpoint, SyncRun, WebhookExpectation, WebhookGap
from ..options import SyncMode, SyncOptions, Trigger
from ..processors import registry
from ..sentences import lasting
from ..sentences import sentence as _
from ..starts import start_run
from ..webhooks.backfill import entities_of
from . import audit

APART = timedelta(hours=2)  # how old the mirror may get meanwhile, and the least time between two tries


def mend() -> int:
    """Returns how many runs were started."""
    silent: dict[Organization, list[str]] = {}
    rows = WebhookExpectation.objects.filter(is_expected=True, silent_since__isnull=False)
    for each in rows.select_related("organization").order_by("pk"):
        silent.setdefault(each.organization, []).append(each.subject)
    return sum(
        _read(organization, entity)
        for organization, subjects in silent.items()
        if _is_connected(organization)
        for entity in entities_of(subjects)
    )


def _read(organization: Organization, entity: str) -> bool:
    options = SyncOptions(entity=entity, mode=SyncMode.INCREMENTAL)
    with audit.alone(organization.pk):
        if not _is_old(organization, entity) or not weigh(organization, [options]).fits:
            return False
        try:
            run = start_run(options, trigger=Trigger.BACKFILL, organization=organization)
        except RunInProgress:
            return False
        what = _(
            "%(entity)s: their webhook is silent and nothing else has read them, so a run reads what changed."
        )
        label = lasting(registry.get(entity).label)
        audit.note(audit.Kind.WEBHOOKS, what % {"entity": label}, run=run)
        return True


def _is_old(organization: Organization, entity: str) -> bool:
    """Neither read well nor tried since, and no gap of it is about to be filled."""
    limit = timezone.now() - APART
    found = SyncCheckpoint.objects.filter(organization=organization, entity=entity).first()
    good: list[datetime] = [each for each in (found.full_at, found.incremental_at) if each] if found else []
    lately = SyncRun.objects.filter(organization=organization, entity=entity, created_at__gt=limit)
    gaps = WebhookGap.objects.filter(organization=organization, entity=entity, closed_at=None)
    return (
        max(good, default=limit) <= limit
        and not lately.exclude(mode=SyncMode.REALTIME).exists()
        and not gaps.exists()
    )


def _is_connected(organization: Organization) -> bool:
    token = OAuthToken.objects.filter(organization=organization).only("state").first()
    return token is not None and token.state != OAuthToken.State.REFUSED
