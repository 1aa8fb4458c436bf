"""What happened in a run, in its order: its phases with their times, and its events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Table

from ..models import Event, SyncRun
from .words import phase_name

SHOWN_EVENTS = 100


def panels(run: SyncRun) -> Iterable[object]:
    yield events_table(run)


def phases_table(run: SyncRun) -> Table:
    return Table(
        title=_("Phases"),
        headers=[_("phase"), _("began"), _("last page"), _("took"), _("pages"), _("records")],
        rows=[
            [
                phase_name(each["name"]),
                cells.moment(began := datetime.fromisoformat(each["began_at"])),
                cells.moment(last := datetime.fromisoformat(each["last_at"])),
                cells.duration((last - began).total_seconds()),
                cells.number(each["pages"]),
                cells.number(each["records"]),
            ]
            for each in run.phases
        ],
        numeric=frozenset({3, 4, 5}),
        empty=_("No page is in yet."),
    )


def events_table(run: SyncRun) -> Table:
    events = list(Event.objects.filter(run=run).order_by("-pk")[:SHOWN_EVENTS])
    return Table(
        title=_("Log"),
        headers=[_("at"), _("what happened"), _("facts")],
        rows=[[cells.moment(each.at), event_name(each.name), facts_of(each.data)] for each in events],
        empty=_("Nothing has been told of this run, or it is deleted already."),
        more_url=f"{reverse('admin:zoho_sync_event_changelist')}?run__id__exact={run.pk}" if events else "",
        more=_("All events of this run"),
    )


def event_name(name: str) -> object:
    known = {
        "tds.zoho.sync.started": _("started"),
        "tds.zoho.sync.completed": _("ended"),
        "tds.zoho.sync.failed": _("failed"),
        "tds.zoho.sync.queued": _("queued again"),
        "tds.zoho.sync.paused": _("paused"),
        "tds.zoho.sync.cancelling": _("is to be cancelled"),
        "tds.zoho.sync.cancelled": _("cancelled"),
        "tds.zoho.sync.quarantined": _("waits for a decision"),
        "tds.zoho.sync.skipped": _("a schedule found it resting"),
        "tds.zoho.entity.synced": _("a page is in"),
        "tds.zoho.record.failed": _("a record could not be taken"),
    }
    return known.get(name) or cells.ltr(name)


def facts_of(data: dict[str, Any]) -> object:
    """The figures that are not nothing, and the sentence."""
    counts = data.get("counts") if isinstance(data.get("counts"), dict) else {}
    words = {
        "fetched": _("fetched"), "created": _("created"), "updated": _("updated"),
        "unchanged": _("unchanged"), "skipped": _("skipped"), "stale": _("stale"), "failed": _("failed"),
        "removed": _("removed"),
    }  # fmt: skip
    told = [
        cells.joined([name, cells.number(found)], " ")
        for key, name in words.items()
        if isinstance(found := {**data, **(counts or {})}.get(key), int) and found
    ]
    texts = [cells.words(data[key]) for key in ("record", "reason", "message") if data.get(key)]
    return cells.stacked(cells.joined(told, " · ") if told else "", *texts)
