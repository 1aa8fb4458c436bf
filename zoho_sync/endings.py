"""How a slice leaves its run: finished, quarantined, paused, failed or cancelled. Each says why, in words."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from . import groups, quarantine
from .errors import RunInProgress
from .leases import Lease
from .loader import links
from .models import ApiUsage, PlannedChange, RecordError, RunPage, SyncCheckpoint, SyncRun
from .options import PICTURES, SyncMode, SyncOptions, Trigger
from .phases.listing import is_whole
from .pictures.budget import most_a_day
from .pictures.due import due
from .processors import registry
from .sentences import Sentence, counted
from .sentences import sentence as _
from .signals import RunEvent, run_changed, tell
from .starts import start_run
from .webhooks import settling
from .work import Work

log = logging.getLogger(__name__)

Status = SyncRun.Status
GAVE_UP = gettext_noop(
    "Given up: %(count)s attempts in a row ended without a single page. The log of the worker says why; resume the run "
    "once that is mended."
)
CANCELLING = gettext_noop("%(who)s has asked to cancel it.")
CANCELLED = gettext_noop("Cancelled by %(who)s.")
UNEXPECTED = gettext_noop(
    "An unexpected error (%(error)s) stopped the run; the log of the worker has the details. What was stored stays "
    "stored; resume the run to go on where it stopped."
)


def finished(work: Work, lease: Lease) -> str:
    """Every phase is through. A run that kept children back waits for a person; one with failures is partial."""
    held = work.run.cursor.get("held") or []
    if held and not work.is_approved:
        return quarantined(work, lease, _held_message(work, held))
    with transaction.atomic():
        run = SyncRun.objects.get(pk=work.run.pk)
        left_out = run.stale_count + run.skipped_count if run.options.get("plan") else 0
        status = Status.PARTIAL if run.failed_count or left_out else Status.SUCCEEDED
        _end(run, lease, status, _summary(run))
        if not run.is_dry:
            links.resolve(work)
            _move_checkpoint(work, run)
            _supersede_quarantined(work, run)
            _resolve_nameless(work, run)
        _release_retried(run)
        settling.settle(run)
        groups.ring_next(run)
        _follow_up(work)
    return str(status)


def quarantined(work: Work, lease: Lease, message: str) -> str:
    return _end_with_group(work.run, lease, Status.QUARANTINED, message)


def failed(run: SyncRun, lease: Lease, message: str, *, blameless: bool = False) -> str:
    """blameless: the way to Zoho failed, which says nothing about the records that were asked for."""
    return _end_with_group(run, lease, Status.FAILED, message, blameless=blameless)


def cancelled(run: SyncRun, lease: Lease) -> str:
    run.refresh_from_db(fields=["message"])
    asked = run.message
    if isinstance(asked, Sentence) and asked.msgid == CANCELLING:
        return _end_with_group(run, lease, Status.CANCELLED, _(CANCELLED) % asked.facts)
    return _end_with_group(run, lease, Status.CANCELLED, asked)


def paused(run: SyncRun, lease: Lease, until: datetime, message: str, **columns) -> str:
    """Wait until then; the supervisor queues the run again. Somebody's cancel in the meantime wins."""
    changed = lease.mine.filter(status=Status.RUNNING).update(
        status=Status.PAUSED, paused_until=until, message=message, lease_owner="", lease_until=None,
        beat_at=timezone.now(), calls_count=_calls(run), **columns,
    )  # fmt: skip
    if not changed:
        run.refresh_from_db(fields=["status"])
        if run.status == Status.CANCELLING:
            return cancelled(run, lease)
        lease.let_go()
    log.info("run %s paused until %s: %s", run.pk, until, message)
    _tell(run, Status.PAUSED, message)
    return "paused"


def _end_with_group(run: SyncRun, lease: Lease, status: str, message: str, *, blameless: bool = False) -> str:
    with transaction.atomic():
        _end(run, lease, status, message)
        _release_retried(run)
        settling.settle(run, blameless=blameless)
        groups.ring_next(run)
    return str(status)


def _end(run: SyncRun, lease: Lease, status: str, message: str) -> None:
    lease.write(
        status=status, finished_at=timezone.now(), message=message, paused_until=None, calls_count=_calls(run)
    )
    lease.let_go()
    log.info("run %s (%s, %s): %s. %s", run.pk, run.entity, run.mode, status, message)
    _tell(run, status, message)


def _tell(run: SyncRun, status: str, message: str) -> None:
    name = "completed" if status in (Status.SUCCEEDED, Status.PARTIAL) else str(status)
    counts = {
        name: getattr(run, f"{name}_count")
        for name in ("fetched", "created", "updated", "unchanged", "skipped", "stale", "failed", "removed")
    }
    event = RunEvent(
        f"tds.zoho.sync.{name}",
        run.organization_id,
        run.pk,
        run.entity,
        run.mode,
        str(status),
        counts,
        message,
    )
    tell(run_changed, event)


def _calls(run: SyncRun) -> int:
    """The ledger's figure: it also knows calls whose worker died before a page was in."""
    return (
        ApiUsage.objects.filter(run_number=run.pk)
        .exclude(api="accounts")
        .aggregate(sum=Sum("calls_count"))["sum"]
        or 0
    )


def _summary(run: SyncRun) -> str:
    if run.is_dry:
        planned = PlannedChange.objects.filter(run=run).count()
        if run.entity == PICTURES:
            fetched = run.planned_changes.exclude(action=PlannedChange.Action.REMOVE).count()
            return counted(
                "Dry run: %(count)s picture would be fetched, one call each and at most %(limit)s a day; nothing was "
                "asked for or written.",
                "Dry run: %(count)s pictures would be fetched, one call each and at most %(limit)s a day; nothing was "
                "asked for or written.",
                fetched,
            ) % {"count": fetched, "limit": most_a_day()}
        return _("Dry run: %(count)s changes planned, nothing written.") % {"count": planned}
    if run.options.get("plan"):
        done = run.created_count + run.updated_count + run.removed_count
        return _(
            "Applied rows of the plan of run %(id)s: %(done)s. So already: %(same)s. Refused, as they have changed "
            "since: %(refused)s. Waiting for another plan: %(waiting)s."
        ) % {
            "done": done,
            "id": run.options["plan"],
            "same": run.unchanged_count,
            "refused": run.stale_count + run.failed_count,
            "waiting": run.skipped_count,
        }
    if run.failed_count:
        return _("%(count)s records could not be taken; they wait in the list of failures.") % {
            "count": run.failed_count
        }
    return ""


def _held_message(work: Work, held: list[str]) -> str:
    return _(
        "%(rows)s prices or stock levels of %(count)s records are missing from Zoho's details, more than one believes "
        "without a person. They were kept. Approve the run if that is true, reject it if the answer was short."
    ) % {"rows": work.run.cursor.get("held_count", 0), "count": len(held)}


def _move_checkpoint(work: Work, run: SyncRun) -> None:
    """How far the mirror is known to be right: never further than what this run can have seen.

    Rows that changed after it began may have been missed; the newest time before its start, less the overlap that the
    next run takes, is safe whatever clock Zoho has.
    """
    if work.options.sees_part or work.options.mode is SyncMode.REALTIME:
        return
    checkpoint = SyncCheckpoint.objects.select_for_update().get(pk=work.checkpoint.pk)
    began, whole = run.started_at or timezone.now(), is_whole(work)
    if whole:
        checkpoint.full_at = max(began, checkpoint.full_at or began)
        checkpoint.records_count = run.fetched_count
    checkpoint.incremental_at = max(began, checkpoint.incremental_at or began)
    if RunPage.objects.filter(run=run, phase="open").exists():
        checkpoint.swept_at = began
    since, before = work.options.since, checkpoint.watermark
    if whole or since is None or (before is not None and since <= before):
        newest = _newest_change(work, began)
        if newest is None and work.processor.lane == "documents":
            newest = (
                began  # these never tell when they changed; what has been read is known by the clock alone
            )
        checkpoint.watermark = max((each for each in (newest, before) if each is not None), default=None)
    checkpoint.save()


def _newest_change(work: Work, until: datetime) -> datetime | None:
    """The newest time of change, at the source, of what is here. Of an entity that tells none it is not looked for:
    there are far more stock levels than anything else."""
    if "source_modified_at" not in work.processor.mapping.fields:
        return None
    rows = work.processor.model.objects.filter(organization=work.organization, source_modified_at__lte=until)
    return rows.aggregate(newest=Max("source_modified_at"))["newest"]


def _supersede_quarantined(work: Work, run: SyncRun) -> None:
    """What earlier runs waited for has been answered: this one saw the whole listing and was believed, or a person has
    decided about the same."""
    if is_whole(work):
        told = _("Superseded by run %(id)s, which saw the whole listing.")
        quarantine.end(quarantine.earlier(run), told % {"id": run.pk})
    elif work.is_approved:
        told = _("Superseded by run %(id)s, which waited for the same decision.")
        quarantine.end(quarantine.answered_by(run), told % {"id": run.pk})


def _resolve_nameless(work: Work, run: SyncRun) -> None:
    """What had no id can be neither retried nor recognised; that a whole listing was read without it is its end."""
    if is_whole(work):
        nameless = RecordError.objects.filter(
            organization=run.organization,
            entity=run.entity,
            external_id="",
            last_seen_at__lt=run.started_at or run.created_at,
        )
        nameless.exclude(status=RecordError.Status.RESOLVED).update(
            status=RecordError.Status.RESOLVED, resolved_at=timezone.now()
        )


def _release_retried(run: SyncRun) -> None:
    """Failures that a retry could not resolve wait again."""
    if run.mode == SyncMode.REALTIME:
        RecordError.objects.filter(
            organization=run.organization, entity=run.entity, status=RecordError.Status.RETRYING
        ).update(status=RecordError.Status.WAITING)


def _follow_up(work: Work) -> None:
    """What only a detail call tells is read in the background; pictures where somebody asks for them."""
    name = work.processor.follow_up
    if work.run.is_dry or work.options.mode is SyncMode.REALTIME:
        return
    if work.options.sync_images:
        name, rows = PICTURES, due(work.organization)
    elif name:
        rows = registry.get(name).model.objects.live()
        rows = rows.filter(organization=work.organization, detail_is_due=True)
    if name and rows.exists():
        try:
            start_run(SyncOptions(entity=name), trigger=Trigger.FOLLOW_UP, organization=work.organization)
        except RunInProgress:
            log.info("run %s: its follow-up %s is under way already", work.run.pk, name)
