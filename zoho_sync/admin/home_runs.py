"""The last runs of each entity as squares: one look tells how it went, a click tells why."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Custom
from inventory.models import Organization

from ..models import SyncRun
from ..processors import registry
from .outcome import run_url
from .words import MOODS, entity_name

Status = SyncRun.Status
# A sign beside the colour, for those who do not tell colours apart; legible in a square of 16 pixels.
SIGNS: dict[str, str] = {
    Status.SUCCEEDED: "✓",
    Status.PARTIAL: "–",
    Status.FAILED: "✕",
    Status.QUARANTINED: "!",
    Status.CANCELLED: "○",
    Status.CANCELLING: "○",
    Status.PAUSED: "‖",
    Status.RUNNING: "▸",
    Status.QUEUED: "·",
}
SHOWN = 30


def runs_panel(
    organization: Organization, last: Mapping[tuple[int, str], list[SyncRun]], title: str
) -> Custom:
    rows = [
        {
            "label": entity_name(name),
            "squares": [square(run) for run in last.get((organization.pk, name), [])],
        }
        for name in registry.names()
        if not registry.get(name).is_background or (organization.pk, name) in last
    ]
    values = {
        "title": _("The last %(count)s runs") % {"count": SHOWN} + title,
        "rows": rows,
        "none": _("no data"),
        "legend": legend(run for (key, _name), row in last.items() if key == organization.pk for run in row),
    }
    return Custom(template="admin/dashboard/runs.html", values=values)


def square(run: SyncRun) -> dict:
    return {
        "key": run.pk,
        "url": run_url(run.pk),
        "mood": MOODS.get(run.status, "quiet"),
        "sign": SIGNS.get(run.status, "?"),
        "words": words(run),
    }


def words(run: SyncRun) -> str:
    """ "#12, full: succeeded, 21/11/2026 14:05, 120 records, 2 failed"."""
    parts = [f"#{run.pk}", str(run.get_mode_display())]
    fetched = ngettext("%(count)s record", "%(count)s records", run.fetched_count)
    facts = [
        str(run.get_status_display()),
        cells.moment_text(run.finished_at or run.created_at),
        fetched % {"count": cells.decimal_text(run.fetched_count)},
    ]
    if run.failed_count:
        facts.append(_("%(count)s failed") % {"count": cells.decimal_text(run.failed_count)})
    comma = _(", ")
    return f"{comma.join(parts)}: {comma.join(facts)}"


def legend(runs) -> list[dict]:
    """Of the states that are there, in the order of their meaning."""
    there = {run.status for run in runs}
    return [
        {"mood": MOODS.get(state, "quiet"), "sign": SIGNS.get(state, "?"), "words": str(Status(state).label)}
        for state in SIGNS
        if state in there
    ]
