"""The home page's blocks about the mirror: what to do first, what waits, how fresh each entity is, how the runs went,
and whether Zoho may be called. Each is left out for visitors who may not see what it tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Block, Table
from inventory.models import Organization

from .. import status
from ..documents_left import documents_left
from ..models import OAuthToken, RecordError, SyncRun
from ..options import SyncMode
from ..processors import registry
from .connection import not_connected_banner
from .home_budget import budget_panel
from .home_runs import SHOWN, runs_panel
from .home_truth import truth_panel
from .home_waiting import waiting_panel
from .outcome import run_url
from .starts import EVERYTHING, may_start, start_url
from .webhook_home import silence_banners
from .words import entity_name, state_tag

MOST = 20  # organisations on one page
FAILURES = "admin:zoho_sync_recorderror_changelist"


class Facts(Protocol):
    """What has been asked of `status` already. Mappings are by the organisation's key."""

    @property
    def organizations(self) -> Sequence[Organization]: ...

    @property
    def connections(self) -> Mapping[int, status.Connection]: ...

    @property
    def budgets(self) -> Mapping[int, status.Budget]: ...

    @property
    def freshness(self) -> Mapping[int, Sequence[status.EntityFreshness]]: ...

    @property
    def waiting_runs(self) -> Sequence[status.WaitingRuns]: ...

    @property
    def waiting_failures(self) -> Sequence[status.WaitingFailures]: ...

    @property
    def silent_subjects(self) -> Sequence[status.SilentSubject]: ...

    @property
    def inbox(self) -> status.Inbox: ...

    @property
    def nothing_sells(self) -> bool: ...

    @property
    def worker_alive(self) -> bool: ...


def home_blocks(request: HttpRequest, facts: Facts, truths: Mapping[int, status.Truth]) -> Iterable[Block]:
    """truths: by the organisation's key; empty where they may not be seen."""
    may = request.user.has_perm
    if not may("zoho_sync.view_syncrun"):
        return
    organizations = facts.organizations[:MOST]
    several = len(organizations) > 1
    yield Block(id="steps", panels=list(next_steps(request, facts)))
    yield Block(id="waiting", panels=[waiting_panel(request, facts)], is_half=True)
    last = status.last_runs(organizations, SHOWN)
    counts = status.live_counts(organizations)
    sees_calls = may("zoho_sync.view_oauthtoken")
    left = documents_left(organizations) if sees_calls else {}
    for each in organizations:
        title = f": {each}" if several else ""
        fresh = freshness_table(request, each, facts.freshness[each.pk], counts, title)
        yield Block(id=f"fresh-{each.pk}", panels=[fresh])
        if each.pk in truths:
            panel = truth_panel(truths[each.pk], title)
            yield Block(id=f"truth-{each.pk}", panels=[panel], is_half=True)
        if sees_calls:
            budget = budget_panel(facts.budgets[each.pk], status.forecast(each), left.get(each.pk), title)
            yield Block(id=f"budget-{each.pk}", panels=[budget], is_half=True)
        yield Block(id=f"runs-{each.pk}", panels=[runs_panel(each, last, title)])


def next_steps(request: HttpRequest, facts: Facts) -> Iterable[Banner]:
    """What is missing before anything can go on by itself."""
    may = request.user.has_perm
    if not facts.organizations:
        yield not_connected_banner()
    if not _has_run(facts):
        button = {"url": start_url(EVERYTHING, SyncMode.FULL), "action": _("Run the first full sync")}
        yield Banner(
            text=_("Nothing has been read from Zoho yet."),
            mood="busy",
            **(button if may_start(request) else {}),
        )
    elif not facts.worker_alive:
        yield Banner(
            text=_("No worker gives a sign of life, so queued runs wait. Start one: make worker."),
            mood="bad",
        )
    for connection in facts.connections.values() if may("zoho_sync.view_oauthtoken") else ():
        if connection.state == OAuthToken.State.REFUSED:
            url = reverse("admin:zoho_sync_oauthtoken_changelist")
            yield Banner(
                text=cells.words(connection.message), mood="bad", url=url, action=_("See the connection")
            )
    if may("zoho_sync.view_webhookdelivery"):
        yield from silence_banners(facts.silent_subjects)
    if facts.nothing_sells:
        yield Banner(
            text=_("No warehouse is marked as selling, so nothing counts as sellable."),
            url=reverse("admin:inventory_warehouse_changelist"),
            action=_("Mark the warehouses that sell"),
        )


def _has_run(facts: Facts) -> bool:
    known = (each for row in facts.freshness.values() for each in row)
    return any(each.last_run or each.active_run or each.good_at for each in known)


def freshness_table(
    request: HttpRequest,
    organization: Organization,
    entities: Iterable[status.EntityFreshness],
    counts: Mapping[tuple[int, str], int],
    title: str,
) -> Table:
    sees_failures = request.user.has_perm("zoho_sync.view_recorderror")
    headers = [
        _("entity"),
        _("live rows"),
        _("last good full"),
        _("last good incremental"),
        _("last run"),
        *([_("failures waiting")] if sees_failures else []),
    ]
    starts = may_start(request)
    return Table(
        title=_("How fresh it is") + title,
        headers=headers,
        rows=[
            [
                entity_cell(each),
                cells.number(counts.get((organization.pk, each.entity))),
                cells.age(each.full_at),
                cells.age(each.incremental_at),
                last_run_cell(each.active_run or each.last_run),
                *([failures_cell(each)] if sees_failures else []),
            ]
            for each in entities
            if each.good_at or each.last_run or not registry.get(each.entity).is_background
        ],
        numeric=frozenset({1, 5}),
        more_url=reverse("admin:zoho_sync_syncrun_start") if starts else "",
        more=_("Start a sync") if starts else "",
    )


def entity_cell(fresh) -> object:
    model = registry.get(fresh.entity).model
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return cells.inline(
        cells.link(reverse(name), entity_name(fresh.entity)),
        cells.tag(_("out of date"), "warn") if fresh.is_stale and fresh.good_at else "",
        cells.tag(_("never read"), "quiet") if fresh.is_stale and not fresh.good_at else "",
    )


def failures_cell(fresh) -> object:
    if not fresh.waiting_errors:
        return cells.number(0)
    url = f"{reverse(FAILURES)}?status__exact={RecordError.Status.WAITING}&entity={fresh.entity}"
    return cells.link(url, cells.number(fresh.waiting_errors))


def last_run_cell(run: SyncRun | None) -> object:
    if run is None:
        return cells.UNKNOWN
    ended = run.finished_at or run.created_at
    return cells.inline(
        cells.link(run_url(run.pk), cells.ltr(f"#{run.pk}")), state_tag(run), cells.age(ended)
    )
