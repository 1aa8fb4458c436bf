"""What waits for a person, each with the page on which it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Table

from .. import status
from ..models import SyncRun
from .outcome import run_url
from .webhook_words import open_query

_RUNS, _DELIVERIES = "admin:zoho_sync_syncrun_changelist", "admin:zoho_sync_webhookdelivery_changelist"
Row = tuple[object, datetime | None]


def waiting_panel(request: HttpRequest, facts) -> Table:
    """facts: what was asked of `status` already, by its functions' names."""
    may = request.user.has_perm
    found: list[Row] = list(_runs(facts.waiting_runs))
    if may("zoho_sync.view_recorderror"):
        found += _failures(facts.waiting_failures)
    if may("zoho_sync.view_webhookdelivery"):
        found += _inbox(facts.inbox)
    return Table(
        title=_("What waits"),
        headers=[_("what"), _("since")],
        rows=[[what, cells.age(since)] for what, since in found],
        empty=_("Nothing waits for you."),
    )


def _runs(found: Iterable[status.WaitingRuns]) -> Iterable[Row]:
    for waiting in found:
        is_quarantined = waiting.state == SyncRun.Status.QUARANTINED
        one = is_quarantined and waiting.count == 1
        url = run_url(waiting.last_run_id) if waiting.count == 1 else reverse(_RUNS)
        if waiting.count > 1:
            url += f"?status__exact={waiting.state}&entity={waiting.entity}"
        if is_quarantined:
            text = ngettext(
                "%(count)s run waits for a decision.", "%(count)s runs wait for a decision.", waiting.count
            )
        else:
            text = ngettext("%(count)s run is paused.", "%(count)s runs are paused.", waiting.count)
        words = f"{waiting.label}: {text % {'count': cells.decimal_text(waiting.count)}}"
        yield (
            cells.inline(
                cells.tag(_("quarantined"), "bad") if is_quarantined else cells.tag(_("paused"), "warn"),
                words,
                cells.link(url, _("Approve or reject") if one else _("Open")),
            ),
            waiting.since,
        )


def _failures(found: Iterable[status.WaitingFailures]) -> Iterable[Row]:
    root = reverse("admin:zoho_sync_recorderror_changelist")
    for waiting in found:
        text = ngettext(
            "%(entity)s: %(count)s record could not be taken.",
            "%(entity)s: %(count)s records could not be taken.",
            waiting.count,
        )
        words = text % {"entity": waiting.label, "count": cells.decimal_text(waiting.count)}
        url = f"{root}?status__exact=waiting&entity={waiting.entity}"
        yield (
            cells.inline(cells.tag(_("failures"), "warn"), words, cells.link(url, _("See why, and retry"))),
            waiting.since,
        )


def _inbox(inbox: status.Inbox) -> Iterable[Row]:
    root = reverse(_DELIVERIES)
    if inbox.dead:
        text = ngettext("%(count)s dead letter", "%(count)s dead letters", inbox.dead)
        yield (
            cells.inline(
                cells.tag(_("webhooks"), "bad"),
                text % {"count": cells.decimal_text(inbox.dead)},
                cells.link(f"{root}?status__exact=dead", _("See why, and replay")),
            ),
            None,
        )
    open_count = inbox.waiting + inbox.processing + inbox.failed
    if open_count:
        text = ngettext(
            "%(count)s delivery is not applied yet", "%(count)s deliveries are not applied yet", open_count
        )
        yield (
            cells.inline(
                cells.tag(_("webhooks"), "warn" if inbox.late_since else "quiet"),
                text % {"count": cells.decimal_text(open_count)},
                cells.link(f"{root}?{open_query()}", _("See them")),
            ),
            inbox.waiting_since,
        )
