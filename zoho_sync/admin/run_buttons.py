"""The buttons of one run: what each is called and costs, and why one cannot be pressed as the run stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells

from .. import services
from ..models import RecordError, SyncRun
from .starts import may_start
from .words import about_calls, with_cost

Status = SyncRun.Status


def row(object_id: object) -> SyncRun | None:
    """Without what only its page needs."""
    key = str(object_id)
    rows = SyncRun.objects.select_related("organization").defer("cursor", "phases")
    return rows.filter(pk=key).first() if key.isdecimal() else None


def words(run: SyncRun, request: HttpRequest) -> dict[str, str]:
    """Of those whose words depend on the run; costs are counted for those only who may spend them."""
    told = {"approve": approve_words(run)}
    failures = RecordError.objects.filter(run=run)
    count, calls = services.calls_of_retry(failures)
    if count:
        told["retry_failures"] = _with(retry_words(count), calls)
    if may_start(request) and not run.options.get("plan"):
        told["again_dry"] = with_cost(again_words(), about_calls(cost_again(run)))
    return told


def retry_words(count: int) -> str:
    """ "Retry 12 failures"."""
    text = ngettext("Retry %(count)s failure", "Retry %(count)s failures", count)
    return text % {"count": cells.decimal_text(count)}


def again_words() -> str:
    return _("Run again as a dry run")


def cost_again(run: SyncRun) -> int:
    return services.calls_of(run.organization, replace(run.sync_options, dry_run=True))


def approve_words(run: SyncRun) -> str:
    calls = services.calls_of_approval(run) if run.status == Status.QUARANTINED else None
    return _with(_("Approve the removals"), calls)


def _with(words: str, calls: int | None) -> str:
    return with_cost(words, about_calls(calls) if calls else "")


def refusals(run: SyncRun) -> dict[str, str]:
    """{name of a button: why it cannot be pressed}; those that can be are not in it."""
    found = {
        "cancel": _cancel().get(run.status, ""),
        "pause": _pause().get(run.status, ""),
        "resume": _resume().get(run.status, ""),
        "approve": _undecided(run),
        "reject": _undecided(run),
        "again_dry": _again(run),
        "retry_failures": _retry(run),
        "apply": str(services.plan_of(run).objection)
        if run.is_dry
        else _("Only a dry run makes a plan to apply."),
    }
    return {name: why for name, why in found.items() if why}


def _cancel() -> Mapping[str, str]:
    """By state, why not."""
    ended = _("The run has ended; there is nothing to cancel.")
    known: dict[str, str] = dict.fromkeys(SyncRun.ENDED, ended)
    return known | {
        Status.CANCELLING: _("It is being cancelled already."),
        Status.QUARANTINED: _decide_first(),
    }


def _pause() -> Mapping[str, str]:
    """By state, why not."""
    ended = _("The run has ended; there is nothing to pause.")
    known: dict[str, str] = dict.fromkeys(SyncRun.ENDED, ended)
    return known | {
        Status.PAUSED: _("It is paused already."),
        Status.CANCELLING: _("It is being cancelled."),
        Status.QUARANTINED: _decide_first(),
    }


def _resume() -> Mapping[str, str]:
    """By state, why not."""
    under_way, through = (
        _("The run is under way."),
        _("The run came through to its end; start a new one instead."),
    )
    return {
        Status.QUEUED: under_way,
        Status.RUNNING: under_way,
        Status.CANCELLING: _("It is being cancelled. When it has stopped, it can be resumed."),
        Status.SUCCEEDED: through,
        Status.PARTIAL: through,
        Status.QUARANTINED: _decide_first(),
    }


def _decide_first() -> str:
    return _("The run waits for a decision: approve or reject the removals.")


def _undecided(run: SyncRun) -> str:
    return "" if run.status == Status.QUARANTINED else _("No removals of this run wait for a decision.")


def _again(run: SyncRun) -> str:
    if run.options.get("plan"):
        return _("This run applied a plan. Repeat the dry run that made the plan.")
    return "" if run.is_ended else _("The run has not ended yet.")


def _retry(run: SyncRun) -> str:
    waiting = RecordError.objects.filter(run=run, status=RecordError.Status.WAITING)
    if services.retryable(waiting).exists():
        return ""
    if waiting.exists():
        return _("The failures that wait have no id, so Zoho cannot be asked for them. Run a full sync.")
    return _("No failure of this run waits.")
