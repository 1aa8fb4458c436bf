"""The lower part of a run's page: one tab of it, by its address."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Custom, Facts

from ..models import SyncRun
from . import run_changes, run_log, run_page
from .starts import may_start

CHANGES, FAILURES, CALLS, LOG, OPTIONS = "changes", "failures", "calls", "log", "options"


def titles() -> dict[str, str]:
    return {
        CHANGES: _("Changes"),
        FAILURES: _("Failures"),
        CALLS: _("Calls"),
        LOG: _("Log"),
        OPTIONS: _("Options"),
    }


def current(request: HttpRequest, run: SyncRun) -> str:
    """The tab that was asked for; without one, what a person has to see first."""
    asked = request.GET.get("tab", "")
    if asked in titles():
        return asked
    return FAILURES if run.failed_count and not run.is_dry else CHANGES


def panels(request: HttpRequest, run: SyncRun) -> Iterable[object]:
    chosen = current(request, run)
    changed = sum(sum(actions.values()) for actions in run.summary.get("rows", {}).values())
    counts = {CHANGES: changed, FAILURES: run.failed_count, CALLS: run.calls_count}
    yield Custom(
        template="admin/zoho_sync/tabs.html",
        values={
            "tabs": [
                {
                    "title": title,
                    "url": f"?tab={name}#tabs",
                    "is_current": name == chosen,
                    "count": cells.decimal_text(counts[name]) if counts.get(name) else "",
                }
                for name, title in titles().items()
            ]
        },
    )
    yield from _of_tab(chosen, run, may_start(request))


def _of_tab(chosen: str, run: SyncRun, may_apply: bool) -> Iterable[object]:
    if chosen == CHANGES:
        if run.options.get("plan") and run.stale_count:
            yield run_changes.refused_rows(run)
        yield from run_changes.panels(run, may_apply=may_apply)
    elif chosen == FAILURES:
        yield run_page.failures_table(run)
        if run.skip_reasons:
            yield run_page.skipped_table(run)
    elif chosen == CALLS:
        yield run_page.calls_table(run)
    elif chosen == LOG:
        yield from run_log.panels(run)
        if run.group:
            yield run_page.group_table(run)
    else:
        yield Facts(title=_("Options"), pairs=run_page.options_pairs(run))
        yield run_page.more_about(run)
