"""The way of a delivery, as its row tells it: stored, queued, read from Zoho, applied; and what keeps it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import status
from ..models import SyncRun, WebhookDelivery, WebhookInbox
from ..options import Trigger

DONE, WAITING, FAILED = "done", "waiting", "failed"
Status = WebhookDelivery.Status
_CAME_THROUGH = (SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL)


@dataclass(frozen=True)
class Stage:
    """name: sent, answered, stored, queued, read or applied. state: done, waiting or failed.

    at: when it came or failed. words: facts, or what is wrong and what to do.
    """

    name: str
    state: str
    at: datetime | None = None
    words: str = ""


def stages(event_id: str | uuid.UUID) -> list[Stage]:
    """Every stage of a delivery that was acknowledged, as of now."""
    found = WebhookDelivery.objects.filter(event_id=event_id).select_related("run").defer("body", "headers")
    row = found.first()
    if row is None:
        words = _("It was acknowledged, and is not here: whoever answers there uses another database.")
        return [Stage("sent", DONE), Stage("answered", DONE), Stage("stored", FAILED, None, words)]
    name = {"name": row.secret_name}
    return [
        Stage("sent", DONE, row.received_at, _("Signed with the secret “%(name)s”.") % name),
        Stage("answered", DONE, row.received_at, _("Acknowledged with 202.")),
        Stage("stored", DONE, row.received_at, _("As delivery %(id)s.") % {"id": row.pk}),
        *_later(row),
    ]


def _later(row: WebhookDelivery) -> list[Stage]:
    if row.status == Status.IGNORED:
        read = [] if row.run is None else [_queued(row), _read(row)]
        return [*read, Stage("applied", FAILED, row.settled_at, _left_out(row))]
    return [_queued(row), _read(row), _applied(row)]


def _queued(row: WebhookDelivery) -> Stage:
    if row.run is not None:
        return Stage("queued", DONE, row.run.created_at, _("For run %(id)s.") % {"id": row.run.pk})
    rung_at = (
        WebhookInbox.objects.filter(pk=row.organization_id, rung_at__isnull=False)
        .values_list("rung_at", flat=True)
        .first()
    )
    if rung_at or row.reason or row.status != Status.RECEIVED:
        return Stage("queued", DONE, rung_at or row.received_at)
    return Stage("queued", WAITING, None, _what_goes_before(row))


def _read(row: WebhookDelivery) -> Stage:
    run = row.run
    if row.status in (Status.APPLIED, Status.IGNORED):
        return Stage("read", DONE, row.settled_at, _by(run) if run else "")
    if row.status in (Status.FAILED, Status.DEAD):
        if run is not None and run.status in _CAME_THROUGH:
            return Stage("read", DONE, run.finished_at, _("By run %(id)s.") % {"id": run.pk})
        return Stage("read", FAILED, run.finished_at if run else None, str(row.reason))
    return Stage("read", WAITING, None, _what_keeps(row))


def _by(run: SyncRun) -> str:
    words = ngettext(
        "By run %(id)s, with %(calls)s call.", "By run %(id)s, with %(calls)s calls.", run.calls_count
    )
    return words % {"id": run.pk, "calls": run.calls_count}


def _applied(row: WebhookDelivery) -> Stage:
    if row.status == Status.APPLIED:
        words = {"result": row.get_result_display(), "seconds": f"{row.seconds or 0:.1f}"}
        return Stage("applied", DONE, row.settled_at, _("%(result)s, after %(seconds)s seconds.") % words)
    if row.status == Status.DEAD:
        return Stage("applied", FAILED, row.settled_at, str(row.reason))
    if row.status == Status.FAILED:
        words = {
            "reason": row.reason,
            "time": f"{row.next_attempt_at:%H:%M:%S} UTC" if row.next_attempt_at else "?",
        }
        return Stage("applied", FAILED, None, _("%(reason)s It is tried again at %(time)s.") % words)
    return Stage("applied", WAITING)


def _what_goes_before(row: WebhookDelivery) -> str:
    """Hints of one kind are read by one run at a time."""
    runs = SyncRun.objects.filter(
        organization=row.organization_id,
        entity=row.entity,
        trigger=Trigger.WEBHOOK,
        status__in=SyncRun.ACTIVE,
    )
    run = runs.order_by("pk").first()
    if run is None:
        return _what_keeps(row)
    words = {"id": run.pk, "state": run.message or run.get_status_display()}
    return _("Run %(id)s goes first, for webhooks that came before (%(state)s).") % words


def _left_out(row: WebhookDelivery) -> str:
    return _("Nothing of ours changes by it: %(reason)s") % {"reason": row.reason}


def _what_keeps(row: WebhookDelivery) -> str:
    """Why nobody has read for it yet, "" while that is only a matter of moments."""
    run = row.run
    if row.reason:
        return str(row.reason)
    if not status.worker_alive():
        return _("No worker gives a sign of life. Start one with `make worker`, or all with `make run`.")
    if run is not None and run.status == SyncRun.Status.PAUSED:
        return run.message or _("Run %(id)s is paused.") % {"id": run.pk}
    return ""
