"""What a run did, as figures: plain values for programs, tables and sentences for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from .. import status
from ..models import PlannedChange, RecordError, SyncRun
from ..processors import registry
from .plain import printable

Status = SyncRun.Status
COUNTS = {
    "fetched": gettext_lazy("fetched"),
    "created": gettext_lazy("created"),
    "updated": gettext_lazy("updated"),
    "unchanged": gettext_lazy("unchanged"),
    "skipped": gettext_lazy("skipped"),
    "stale": gettext_lazy("stale"),
    "failed": gettext_lazy("failed"),
    "removed": gettext_lazy("removed"),
}
FAILURES_SHOWN = {0: 0, 1: 10}  # by verbosity; more of it shows a hundred
PLANNED_SHOWN = {0: 0, 1: 10}
STYLES: dict[str, str] = {
    Status.SUCCEEDED: "green",
    Status.RUNNING: "cyan",
    Status.PARTIAL: "yellow",
    Status.PAUSED: "yellow",
    Status.QUARANTINED: "bold yellow",
    Status.FAILED: "bold red",
    Status.CANCELLED: "red",
}


def label(entity: str) -> str:
    return str(registry.get(entity).label)


def seconds(runs: Sequence[SyncRun]) -> float | None:
    """From the first start to the last end (or now); None when nothing has started."""
    starts = [run.started_at for run in runs if run.started_at]
    if not starts:
        return None
    end: datetime = max(run.finished_at or timezone.now() for run in runs if run.started_at)
    return round(max(0.0, (end - min(starts)).total_seconds()), 3)


def facts(run: SyncRun, failures_limit: int = 100) -> dict[str, Any]:
    """One run as plain JSON values."""
    result = {
        "run": run.pk,
        "entity": run.entity,
        "mode": run.mode,
        "status": run.status,
        "message": run.message,
        "counts": {name: getattr(run, f"{name}_count") for name in COUNTS},
        "skip_reasons": run.skip_reasons,
        "calls": run.calls_count,
        "seconds": seconds([run]),
        "failures": [
            {"external_id": each.external_id, "record": each.record_key, "reason": each.reason}
            for each in _failures(run)[:failures_limit]
        ],
    }
    if run.is_dry:
        result["plan"] = plan_of(run, failures_limit)
    return result


def all_facts(runs: Sequence[SyncRun]) -> dict[str, Any]:
    """One run's facts, or the sums of several with each one's facts under "runs"; `status` is the worst."""
    each = [facts(run) for run in runs]
    if len(each) == 1:
        return each[0]
    return {
        "run": None,
        "runs": each,
        "status": worst(runs),
        "message": " ".join(run.message for run in runs if run.message),
        "counts": {name: sum(one["counts"][name] for one in each) for name in COUNTS},
        "calls": sum(one["calls"] for one in each),
        "seconds": seconds(runs),
        "failures": [failure | {"entity": one["entity"]} for one in each for failure in one["failures"]],
    }


def worst(runs: Sequence[SyncRun]) -> str:
    """The state that needs a person first."""
    order: list[str] = [Status.FAILED, Status.QUARANTINED, Status.CANCELLED, Status.CANCELLING, Status.PAUSED]
    order += [Status.QUEUED, Status.RUNNING, Status.PARTIAL, Status.SUCCEEDED]
    return min((run.status for run in runs), key=order.index)


def table(runs: Sequence[SyncRun]) -> Table:
    """Figures down, runs across; a column of sums when there are several."""
    result = Table(box=box.SIMPLE, pad_edge=False)
    result.add_column("")
    for run in runs:
        result.add_column(Text(label(run.entity)), justify="right")
    if len(runs) > 1:
        result.add_column(Text(_("Total")), justify="right", style="bold")
    states = [Text(run.get_status_display(), style=STYLES.get(run.status, "")) for run in runs]
    result.add_row(_("state"), *states, *([""] if len(runs) > 1 else []))
    for name, title in COUNTS.items():
        result.add_row(str(title), *_across([getattr(run, f"{name}_count") for run in runs]))
    result.add_row(_("calls"), *_across([run.calls_count for run in runs]))
    took = [seconds([run]) for run in runs] + ([seconds(runs)] if len(runs) > 1 else [])
    result.add_row(_("seconds"), *("–" if each is None else f"{each:,.1f}" for each in took))
    return result


def _across(figures: list[int]) -> list[str]:
    return [f"{each:,}" for each in [*figures, *([sum(figures)] if len(figures) > 1 else [])]]


def reasons(runs: Sequence[SyncRun], verbosity: int) -> list[str]:
    """Lines telling why records were skipped, and the first failures with their reasons."""
    lines = []
    for run in runs:
        name = label(run.entity)
        for reason, count in sorted(run.skip_reasons.items(), key=lambda pair: -pair[1]):
            lines.append(
                _("%(entity)s: %(count)s skipped: %(reason)s")
                % {"entity": name, "count": f"{count:,}", "reason": reason}
            )
        failures, limit = _failures(run), FAILURES_SHOWN.get(verbosity, 100)
        for each in failures[:limit]:
            lines.append(
                _("%(entity)s: %(record)s failed: %(reason)s")
                % {"entity": name, "record": each.external_id or each.record_key, "reason": each.reason}
            )
        if limit and (rest := failures.count() - limit) > 0:
            lines.append(_("%(entity)s: … and %(count)s more.") % {"entity": name, "count": f"{rest:,}"})
    return lines


def _failures(run: SyncRun):
    return run.record_errors.filter(status=RecordError.Status.WAITING).order_by("pk")


# --- What to do next ---------------------------------------------------------------------------------


def verdict(run: SyncRun) -> str:
    """One line: how the run stands, and what a person can do about it."""
    head = _("%(entity)s, run %(id)s: %(state)s.") % {
        "entity": label(run.entity),
        "id": run.pk,
        "state": run.get_status_display(),
    }
    where = {"where": _where(run)}
    known: dict[str, str] = {
        Status.SUCCEEDED: _apply_hint(run) if run.is_dry else _("Every row is in."),
        Status.PARTIAL: _("Make a new dry run to see what is left to be done.")
        if run.options.get("plan")
        else _("Retry them %(where)s.") % where,
        Status.FAILED: _("Mend the cause, then resume it %(where)s, or start again.") % where,
        Status.QUARANTINED: _("Approve or reject its removals %(where)s.") % where,
        Status.CANCELLED: _("What was in stays in."),
        Status.PAUSED: _paused(run, where),
    }
    advice = known[run.status] if run.status in known else _going_on()
    return " ".join(part for part in (head, run.message, advice) if part)


def _apply_hint(run: SyncRun) -> str:
    if (
        not run.summary.get("rows") or registry.get(run.entity).lane == "pictures"
    ):  # of which none was fetched
        return ""
    return _("Apply exactly this with `manage.py apply_plan %(id)s`.") % {"id": run.pk}


def _going_on() -> str:
    if status.worker_alive():
        return _("The worker goes on with it; follow it with --attach.")
    return _("No worker is running: it goes on when one starts, or with the same command and --attach.")


def _paused(run: SyncRun, where: dict[str, str]) -> str:
    if run.paused_until is None:
        return _("Go on with the same command and --attach, or resume it %(where)s.") % where
    when = {"time": clock(run.paused_until)}
    if status.worker_alive():
        return _("The worker goes on with it at %(time)s.") % when
    return (
        _("No worker is running: go on at %(time)s with the same command and --attach, or start a worker.")
        % when
    )


def clock(moment: datetime) -> str:
    """A local time for people; with its date when that is not today."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M:%S}" if local.date() == timezone.localdate() else f"{local:%Y-%m-%d %H:%M}"


def _where(run: SyncRun) -> str:
    try:
        return _("in the admin at %(path)s") % {
            "path": reverse("admin:zoho_sync_syncrun_change", args=[run.pk])
        }
    except NoReverseMatch:
        return _("in the admin")


# --- Dry runs ----------------------------------------------------------------------------------------


def plan_of(run: SyncRun, limit: int) -> dict[str, Any]:
    """What a dry run would have done: {"total", "by_table": {table: {action: count}}, "fields": {table.field: count},
    "first": [{table, action, external_id, label, changes}]}."""
    by_table: dict[str, Counter[str]] = {}
    fields: Counter[str] = Counter()
    for where, action, changes in run.planned_changes.values_list("table", "action", "changes").iterator():
        by_table.setdefault(where, Counter())[action] += 1
        if action == PlannedChange.Action.UPDATE:
            fields.update(f"{where}.{name}" for name in changes)
    first = run.planned_changes.order_by("pk").values("table", "action", "external_id", "label", "changes")[
        :limit
    ]
    return {
        "total": sum(sum(actions.values()) for actions in by_table.values()),
        "by_table": {where: dict(actions) for where, actions in sorted(by_table.items())},
        "fields": dict(fields.most_common()),
        "first": list(first),
    }


def plan_tables(run: SyncRun, verbosity: int) -> list[Table]:
    limit = PLANNED_SHOWN.get(verbosity, 100)
    plan = plan_of(run, limit)
    actions = list(PlannedChange.Action)
    totals = Table(
        box=box.SIMPLE, pad_edge=False, title=_("Planned for %(entity)s") % {"entity": label(run.entity)}
    )
    totals.add_column(_("table"))
    for action in actions:
        totals.add_column(Text(str(action.label)), justify="right")
    for where, counts in plan["by_table"].items():
        totals.add_row(Text(where), *(f"{counts.get(action, 0):,}" for action in actions))
    totals.add_row(
        _("all"), *(f"{sum(c.get(a, 0) for c in plan['by_table'].values()):,}" for a in actions), style="bold"
    )
    result = [totals]
    if plan["fields"]:
        fields = Table(box=box.SIMPLE, pad_edge=False, title=_("Fields that would change"))
        fields.add_column(_("field"))
        fields.add_column(_("rows"), justify="right")
        for name, count in plan["fields"].items():
            fields.add_row(Text(printable(name)), f"{count:,}")
        result.append(fields)
    if plan["first"]:
        result.append(_first_rows(plan["first"]))
    return result


def _first_rows(rows: list[dict[str, Any]]) -> Table:
    result = Table(box=box.SIMPLE, pad_edge=False, title=_("First rows"))
    for title in (_("action"), _("table"), _("id"), _("record"), _("changes")):
        result.add_column(title, overflow="fold")
    for row in rows:
        action = PlannedChange.Action(row["action"])
        result.add_row(
            Text(str(action.label)),
            *(Text(printable(row[name])) for name in ("table", "external_id", "label")),
            Text(printable(_changes(action, row["changes"]))),
        )
    return result


def _changes(action: str, changes: dict[str, list[Any]]) -> str:
    if action == PlannedChange.Action.CREATE:
        return _("%(count)s fields") % {"count": len(changes)}
    return ", ".join(
        f"{name}: {_value(before)} → {_value(after)}" for name, (before, after) in changes.items()
    )


def _value(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
