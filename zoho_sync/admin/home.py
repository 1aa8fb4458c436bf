"""The home page: how fresh each entity is, what runs, what waits for a person, and whether Zoho may be called."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Figure, Figures, Table
from inventory.models import Organization, Warehouse
from inventory.status import warehouses_sell

from .. import status
from ..models import OAuthToken, RecordError, SyncRun
from ..options import SyncMode
from ..processors import registry
from .connection import budget_panels, not_connected_banner
from .outcome import run_url
from .starts import EVERYTHING, may_start, start_url
from .webhook_home import webhook_banners, webhook_tiles
from .words import MOODS, entity_name, state_tag

FAILURES = "admin:zoho_sync_recorderror_changelist"


def dashboard(request: HttpRequest, context: dict) -> dict:
    """What the index template draws; people without a view of runs see the plain list of what they may open."""
    if not request.user.has_perm("zoho_sync.view_syncrun"):
        return context | {"panels": []}
    return context | {"panels": list(home_panels(request)), "title": _("Home")}


def home_panels(request: HttpRequest) -> Iterable[object]:
    organizations = list(Organization.objects.all()[:20])
    fresh = {organization: list(status.freshness(organization)) for organization in organizations}
    yield from next_steps(request, fresh)
    for organization, entities in fresh.items():
        yield waiting_figures(request, organization)
        yield freshness_table(organization, entities, several=len(organizations) > 1)
        yield from budget_panels(organization)


def next_steps(request: HttpRequest, fresh: dict) -> Iterable[Banner]:
    """The one thing to do first, when something is missing."""
    runs_url = reverse("admin:zoho_sync_syncrun_changelist")
    if not fresh:
        yield not_connected_banner()
    first_sync = {"url": start_url(EVERYTHING, SyncMode.FULL), "action": _("Run the first full sync")}
    has_run = SyncRun.objects.exists()
    if not has_run:
        button = first_sync if may_start(request) else {}
        yield Banner(text=_("Nothing has been read from Zoho yet."), mood="busy", **button)
    if has_run and not status.worker_alive():
        yield Banner(
            text=_("No worker gives a sign of life, so queued runs wait. Start one: make worker."),
            mood="bad",
        )
    for organization in fresh:
        connection = status.connection(organization)
        if connection.state == OAuthToken.State.REFUSED:
            url = reverse("admin:zoho_sync_oauthtoken_changelist")
            yield Banner(
                text=cells.words(connection.message), mood="bad", url=url, action=_("See the connection")
            )
    quarantined = SyncRun.objects.filter(status=SyncRun.Status.QUARANTINED).count()
    if quarantined:
        text = ngettext(
            "%(count)s run waits for a decision.", "%(count)s runs wait for a decision.", quarantined
        )
        url = f"{runs_url}?status__exact={SyncRun.Status.QUARANTINED}"
        yield Banner(text=text % {"count": quarantined}, mood="bad", url=url, action=_("Approve or reject"))
    yield from webhook_banners(request)
    if Warehouse.objects.live().exists() and not warehouses_sell():
        yield Banner(
            text=_("No warehouse is marked as selling, so nothing counts as sellable."),
            url=reverse("admin:inventory_warehouse_changelist"),
            action=_("Mark the warehouses that sell"),
        )


def waiting_figures(request: HttpRequest, organization: Organization) -> Figures:
    waiting = RecordError.objects.filter(organization=organization, status=RecordError.Status.WAITING).count()
    active = SyncRun.objects.filter(organization=organization, status__in=SyncRun.ACTIVE).count()
    connection = status.connection(organization)
    budget = status.budget(organization)
    known = {str(state): str(state.label) for state in OAuthToken.State}
    return Figures(
        tiles=[
            Figure(
                name=_("failures waiting"),
                value=cells.number(waiting),
                mood="bad" if waiting else "good",
                url=f"{reverse(FAILURES)}?status__exact={RecordError.Status.WAITING}",
            ),
            Figure(
                name=_("runs at work"),
                value=cells.number(active),
                url=reverse("admin:zoho_sync_syncrun_changelist"),
            ),
            Figure(
                name=_("connection"),
                value=cells.tag(
                    known.get(connection.state, _("not connected")), MOODS.get(connection.state, "bad")
                ),
                url=reverse("admin:zoho_sync_oauthtoken_changelist"),
            ),
            Figure(name=_("calls left today"), value=cells.number(budget.left)),
            *webhook_tiles(request, organization),
        ]
    )


def freshness_table(organization: Organization, entities: list, *, several: bool) -> Table:
    title = _("How fresh it is")
    failures = f"{reverse(FAILURES)}?status__exact={RecordError.Status.WAITING}"
    return Table(
        title=f"{title}: {organization}" if several else title,
        headers=[
            _("entity"),
            _("live rows"),
            _("last good full"),
            _("last good incremental"),
            _("last run"),
            _("failures waiting"),
        ],
        rows=[
            [
                entity_cell(each),
                cells.number(each.live_count),
                cells.age(each.full_at),
                cells.age(each.incremental_at),
                last_run_cell(each.active_run or each.last_run),
                cells.link(f"{failures}&entity={each.entity}", cells.number(each.waiting_errors))
                if each.waiting_errors
                else cells.number(0),
            ]
            for each in entities
        ],
        numeric=frozenset({1, 5}),
        more_url=reverse("admin:zoho_sync_syncrun_start"),
        more=_("Start a sync"),
    )


def entity_cell(fresh) -> object:
    model = registry.get(fresh.entity).model
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return cells.link(reverse(name), entity_name(fresh.entity))


def last_run_cell(run: SyncRun | None) -> object:
    if run is None:
        return cells.UNKNOWN
    ended = run.finished_at or run.created_at
    return cells.inline(
        cells.link(run_url(run.pk), cells.ltr(f"#{run.pk}")), state_tag(run), cells.age(ended)
    )
