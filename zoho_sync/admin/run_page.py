"""What the page of one run shows: who started it, state and progress that live, counts, phases, failures, calls."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.history import figure_name
from inventory.admin.panels import Banner, Custom, Facts, Figure, Figures, Table

from .. import status
from ..explanations.rows import of_run
from ..models import ApiUsage, RecordError, SyncRun
from . import run_changes
from .explained import as_panel
from .outcome import run_link
from .run_log import phases_table
from .words import MOODS, advice, entity_name, mode_name, phase_name, state_tag, who

Status = SyncRun.Status
POLL_SECONDS = 3
SHOWN_ROWS = 50
COUNTS = ("fetched", "created", "updated", "unchanged", "skipped", "stale", "failed", "removed")
COUNT_MOODS = {"failed": "bad", "removed": "warn"}


def seconds_taken(run: SyncRun) -> float | None:
    """From the first slice to the end, or until now; None before it began."""
    if run.started_at is None:
        return None
    return ((run.finished_at or timezone.now()) - run.started_at).total_seconds()


def done_of_total(run: SyncRun) -> object:
    total = "" if run.progress_total is None else f" / {cells.decimal_text(run.progress_total)}"
    return cells.ltr(f"{cells.decimal_text(run.progress_done)}{total}")


def live_values(run: SyncRun) -> dict:
    """Plain text per value of the page; percent is a number or None, `state` tells the page when to reload."""
    progress = status.run_progress(run)
    values = {f"{name}": cells.decimal_text(getattr(run, f"{name}_count")) for name in (*COUNTS, "calls")}
    return values | {
        "state": run.status,
        "ended": run.is_ended or run.status == Status.QUARANTINED,
        "percent": progress.percent,
        "words": progress_in_words(progress),
        "phase": phase_name(run.phase),
        "rate": rate_in_words(progress),
        "left": left_in_words(progress),
    }


def progress_in_words(progress) -> str:
    done = cells.decimal_text(progress.done)
    if progress.total is None:
        return _("%(done)s records done") % {"done": done}
    return _("%(done)s of about %(total)s records done") % {
        "done": done,
        "total": cells.decimal_text(progress.total),
    }


def rate_in_words(progress) -> str:
    if not progress.rows_per_second:
        return ""
    digits = 0 if progress.rows_per_second >= 10 else 1
    return _("%(rate)s records a second") % {"rate": f"{progress.rows_per_second:,.{digits}f}"}


def left_in_words(progress) -> str:
    if progress.seconds_left is None:
        return ""
    minutes, seconds = divmod(int(progress.seconds_left), 60)
    return _("about %(time)s left") % {"time": f"{minutes}:{seconds:02d}"}


def panels(run: SyncRun) -> Iterable[object]:
    """Above: what is the case, and what to do."""
    mood = {"quiet": "busy"}.get(MOODS[run.status], MOODS[run.status])
    explained = of_run(run)
    said = cells.paragraphs(run.message) if run.message else ""
    # Its explanation ends with what to press; of a dry run it still has to be said that nothing was written.
    hint = "" if explained and said and not run.is_dry else advice(run)
    yield Banner(text=cells.stacked(said, hint), mood=mood)
    if explained:
        yield as_panel(explained)
    if run.status in (Status.QUEUED, Status.RUNNING, Status.CANCELLING) and not status.worker_alive():
        yield Banner(
            text=_("No worker gives a sign of life, so nothing will happen. Start one: make worker."),
            mood="bad",
        )
    if run.status in SyncRun.ACTIVE:
        progress = status.run_progress(run)
        yield Custom(
            template="admin/zoho_sync/progress.html",
            values={
                "url": reverse("admin:zoho_sync_syncrun_live", args=[run.pk]),
                "seconds": POLL_SECONDS,
                "state": run.status,
                "percent": progress.percent,
                "phase": phase_name(run.phase),
                "words": progress_in_words(progress),
                "rate": rate_in_words(progress),
                "left": left_in_words(progress),
            },
        )
    yield about(run)
    yield Figures(title=_("Counts"), tiles=[*count_tiles(run), calls_tile(run)])
    if run.phases:
        yield phases_table(run)


def count_tiles(run: SyncRun) -> Iterable[Figure]:
    """Each leads to the very rows that it counts, where they are kept one by one."""
    urls = urls_of_counts(run)
    for name in COUNTS:
        count = getattr(run, f"{name}_count")
        yield Figure(
            name=figure_name(SyncRun, f"{name}_count"),
            value=cells.decimal_text(count),
            mood=COUNT_MOODS.get(name, "") if count else "",
            url=urls.get(name, "") if count or not run.is_ended else "",
            key=name,
        )


def urls_of_counts(run: SyncRun) -> dict[str, str]:
    here = reverse("admin:zoho_sync_syncrun_change", args=[run.pk])
    urls = {"failed": failures_url(run), "skipped": f"{here}?tab=failures#tabs"}
    for name, action in (("created", "create"), ("updated", "update"), ("removed", "remove")):
        if run_changes.counted(run, action):
            urls[name] = run_changes.rows_url(run, action__exact=action)
    if "updated" not in urls and run_changes.counted(run, "restore"):
        urls["updated"] = run_changes.rows_url(run, action__exact="restore")
    if run.options.get("plan") and run.plan:
        urls["stale"] = run_changes.rows_url(run.plan, state__exact="refused")
        urls["unchanged"] = run_changes.rows_url(run.plan, state__exact="same")
    if not run.is_dry and run.summary and not run.changes_made.exists():
        urls.pop("created", None)  # a first load is not kept row by row
    return urls


def calls_tile(run: SyncRun) -> Figure:
    return Figure(name=_("calls"), value=cells.decimal_text(run.calls_count), key="calls")


def failures_url(run: SyncRun) -> str:
    return f"{reverse('admin:zoho_sync_recorderror_changelist')}?run__id__exact={run.pk}"


def failures_table(run: SyncRun) -> Table:
    errors = RecordError.objects.filter(run=run).defer("payload")[:SHOWN_ROWS]
    return Table(
        title=_("Failures"),
        headers=[_("record"), _("reason"), _("state"), _("last seen")],
        rows=[
            [
                cells.link_to(error, cells.ltr(error.record_key)),
                cells.words(error.reason),
                state_tag(error),
                cells.age(error.last_seen_at),
            ]
            for error in errors
        ],
        empty=_("A later run has met these records again; they are listed there.")
        if run.failed_count
        else _("Every record could be taken."),
        more_url=failures_url(run) if run.failed_count else "",
        more=_("All failures of this run"),
    )


def skipped_table(run: SyncRun) -> Table:
    rows = [[cells.words(_(reason)), cells.number(count)] for reason, count in run.skip_reasons.items()]
    return Table(
        title=_("Why records were skipped"),
        headers=[_("reason"), _("records")],
        rows=rows,
        numeric=frozenset({1}),
    )


def calls_table(run: SyncRun) -> Table:
    used = ApiUsage.objects.filter(run_number=run.pk).order_by("day", "api", "endpoint")
    return usage_table(_("Calls by endpoint"), used)


def usage_table(title: str, used) -> Table:
    """Rows of the ledger, most of which a person can add up."""
    return Table(
        title=title,
        headers=[
            _("day"),
            _("API"),
            _("endpoint"),
            _("calls"),
            _("failed"),
            _("throttled"),
            _("seconds a call"),
        ],
        rows=[
            [
                cells.moment(each.day),
                cells.ltr(each.api),
                cells.ltr(each.endpoint),
                cells.number(each.calls_count),
                cells.number(each.failed_count),
                cells.number(each.throttled_count),
                cells.ltr(f"{each.seconds / each.calls_count:.2f}" if each.calls_count else ""),
            ]
            for each in used
        ],
        numeric=frozenset({3, 4, 5, 6}),
        empty=_("No call has been made."),
    )


def about(run: SyncRun) -> Facts:
    """What and who it was, and when."""
    pairs = [
        (_("state"), state_tag(run)),
        (_("entity"), entity_name(run.entity)),
        (_("mode"), cells.stacked(mode_name(run), cells.tag(_("dry run"), "busy") if run.is_dry else "")),
        (_("started by"), who(run)),
        (_("started at"), cells.moment(run.started_at)),
        (_("took"), cells.duration(seconds_taken(run))),
    ]
    if run.plan_id:
        pairs.append((_("applies the plan of"), run_link(run.plan_id)))
    if run.paused_until:
        pairs.append((_("paused until"), cells.moment(run.paused_until)))
    if run.decided_by:
        pairs.append((_("decided by"), cells.words(run.decided_by)))
    return Facts(title=_("About this run"), pairs=pairs)


def more_about(run: SyncRun) -> Facts:
    pairs = [
        (_("asked at"), cells.moment(run.created_at)),
        (_("finished at"), cells.moment(run.finished_at)),
        (_("last sign of life"), cells.age(run.beat_at)),
        (_("slices"), cells.number(run.slices_count)),
        (_("organisation"), cells.link_to(run.organization)),
    ]
    return Facts(title=_("How it was worked on"), pairs=pairs)


def group_table(run: SyncRun) -> Table:
    others = SyncRun.objects.filter(group=run.group).defer("cursor", "options").order_by("pk")
    return Table(
        title=_("Started together"),
        headers=[_("run"), _("entity"), _("state"), _("done")],
        rows=[
            [run_link(each.pk), entity_name(each.entity), state_tag(each), done_of_total(each)]
            for each in others
        ],
    )


def options_pairs(run: SyncRun) -> list[tuple[str, object]]:
    """The options that were set, by the names they have everywhere."""
    told = {name: value for name, value in run.options.items() if value not in (None, "", [], False)}
    return [
        (name, cells.ltr(", ".join(value) if isinstance(value, list) else str(value)))
        for name, value in told.items()
    ]
