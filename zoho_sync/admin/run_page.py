"""What the page of one run shows: state and progress that live, counts, plan, failures, calls, options."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.history import figure_name
from inventory.admin.panels import Banner, Custom, Facts, Figure, Figures, Table

from .. import status
from ..models import ApiUsage, RecordError, SyncRun
from .outcome import run_link
from .plans import change_cells
from .words import MOODS, advice, entity_name, state_tag, who

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
    yield Banner(
        text=cells.stacked(cells.paragraphs(run.message) if run.message else "", advice(run)), mood=mood
    )
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
                "words": progress_in_words(progress),
                "rate": rate_in_words(progress),
                "left": left_in_words(progress),
            },
        )
    yield Figures(title=_("Counts"), tiles=[*count_tiles(run), calls_tile(run)])


def count_tiles(run: SyncRun) -> Iterable[Figure]:
    for name in COUNTS:
        count = getattr(run, f"{name}_count")
        yield Figure(
            name=figure_name(SyncRun, f"{name}_count"),
            value=cells.decimal_text(count),
            mood=COUNT_MOODS.get(name, "") if count else "",
            url=failures_url(run) if name == "failed" and count else "",
            key=name,
        )


def calls_tile(run: SyncRun) -> Figure:
    return Figure(name=_("calls"), value=cells.decimal_text(run.calls_count), key="calls")


def failures_url(run: SyncRun) -> str:
    return f"{reverse('admin:zoho_sync_recorderror_changelist')}?run__id__exact={run.pk}"


def lower_panels(run: SyncRun) -> Iterable[object]:
    """Below: everything that explains it."""
    if run.is_dry:
        yield plan_table(run)
    if run.failed_count:
        yield failures_table(run)
    if run.skip_reasons:
        rows = [[cells.words(_(reason)), cells.number(count)] for reason, count in run.skip_reasons.items()]
        yield Table(
            title=_("Why records were skipped"),
            headers=[_("reason"), _("records")],
            rows=rows,
            numeric=frozenset({1}),
        )
    yield calls_table(run)
    yield about(run)
    if run.group:
        yield group_table(run)
    yield Facts(title=_("Options"), pairs=options_pairs(run), folded=True)


def plan_table(run: SyncRun) -> Table:
    changes = run.planned_changes.all()
    return Table(
        title=_("What would change"),
        headers=[_("record"), _("action"), _("field"), _("before"), _("after")],
        rows=[row for change in changes[:SHOWN_ROWS] for row in change_cells(change)],
        empty=_("Nothing would change."),
        more_url=f"{reverse('admin:zoho_sync_plannedchange_changelist')}?run__id__exact={run.pk}",
        more=_("See the whole plan"),
    )


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
        empty=_("A later run has met these records again; they are listed there."),
        more_url=failures_url(run),
        more=_("All failures of this run"),
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
    pairs = [
        (_("entity"), entity_name(run.entity)),
        (_("mode"), cells.stacked(run.get_mode_display(), _("dry run") if run.is_dry else "")),
        (_("started by"), who(run)),
        (_("organisation"), cells.link_to(run.organization)),
        (_("asked at"), cells.moment(run.created_at)),
        (_("started at"), cells.moment(run.started_at)),
        (_("finished at"), cells.moment(run.finished_at)),
        (_("took"), cells.duration(seconds_taken(run))),
        (_("phase"), cells.words(run.phase)),
        (_("slices"), cells.number(run.slices_count)),
        (_("last sign of life"), cells.age(run.beat_at)),
    ]
    if run.paused_until:
        pairs.append((_("paused until"), cells.moment(run.paused_until)))
    if run.decided_by:
        pairs.append((_("decided by"), cells.words(run.decided_by)))
    return Facts(title=_("About this run"), pairs=pairs)


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
