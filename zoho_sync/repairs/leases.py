"""Claims that nobody will give back: of a process that died, or from a time when a clock was wrong.

An expired lease is free for whoever comes next. One that ends in a far future, because it was taken while the clock
was ahead, would keep everybody away until then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ..models import OAuthToken, SyncRun, WebhookInbox
from ..queue import enqueue_run
from ..sentences import sentence as _
from ..zoho import clock
from ..zoho.tokens import LEASE as REFRESH_LEASE
from . import audit

Status = SyncRun.Status
_MARGIN = timedelta(minutes=2)  # clocks differ by seconds; what ends later was never right


def mend() -> int:
    """Returns how many claims were given back."""
    return _of_runs() + _of_tokens() + _of_inboxes()


def tell_died(run: SyncRun) -> None:
    """The supervisor queues a run again whose worker died with it in hand: one line per run. In the transaction of
    whoever queues it."""
    what = _(
        "The worker that had the run in hand gave no sign of life any more; it goes on from its last page."
    )
    audit.note_again(audit.Kind.LEASES, what, run)


def tell_left_behind(count: int) -> None:
    what = _(
        "%(count)s webhook deliveries had been left behind by their runs; they were settled or wait again."
    )
    audit.note(audit.Kind.LEASES, what % {"count": count}, count=count)


def _of_runs() -> int:
    now = timezone.now()
    longest = now + timedelta(seconds=settings.ZOHO["LEASE_SECONDS"]) + _MARGIN
    held = SyncRun.objects.filter(
        status__in=[Status.RUNNING, Status.CANCELLING], lease_until__gt=longest
    ).exclude(lease_owner="")
    count = 0
    for run in held:
        with transaction.atomic():
            # The number that writes must carry goes up: should the holder live after all, it can write nothing.
            same = SyncRun.objects.filter(pk=run.pk, fence=run.fence, lease_until=run.lease_until)
            if not same.update(lease_owner="", lease_until=None, beat_at=None, fence=F("fence") + 1):
                continue
            enqueue_run(run.pk)
            audit.note(audit.Kind.LEASES, _too_long(run.lease_until), run=run)
            count += 1
    return count


def _of_tokens() -> int:
    now = clock.now()
    broken = Q(refreshing_until__gt=now + REFRESH_LEASE + _MARGIN) | Q(refreshing_until__lt=now - _MARGIN)
    count = 0
    for row in OAuthToken.objects.filter(broken).only("refreshing_until", "refreshing_by"):
        with transaction.atomic():
            same = OAuthToken.objects.filter(pk=row.pk, refreshing_by=row.refreshing_by)
            if not same.filter(broken).update(refreshing_until=None, refreshing_by=""):
                continue
            until = row.refreshing_until
            what = (
                _too_long(until)
                if until and until > now
                else _("A process died while it refreshed the access token; the next one may.")
            )
            audit.note(audit.Kind.LEASES, what, organization_id=row.pk)
            count += 1
    return count


def _of_inboxes() -> int:
    now = timezone.now()
    count = 0
    for row in WebhookInbox.objects.filter(rung_at__gt=now + _MARGIN):
        with transaction.atomic():
            if WebhookInbox.objects.filter(pk=row.pk, rung_at=row.rung_at).update(rung_at=None):
                audit.note(audit.Kind.LEASES, _too_long(row.rung_at), organization_id=row.pk)
                count += 1
    return count


def _too_long(until: datetime | None):
    told = timezone.localtime(until).strftime("%Y-%m-%d %H:%M") if until else ""
    return _("A claim would have lasted until %(time)s, as a clock was wrong; it was given back.") % {
        "time": told
    }
