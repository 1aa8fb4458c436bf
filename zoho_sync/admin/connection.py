"""The connection and the calls: may we speak to Zoho, how much is left today, who is working. No secret is read."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner, Custom, Table
from inventory.models import Organization

from .. import status
from ..models import ApiUsage, OAuthToken, RateBucket, WorkerBeat
from . import budget as budget_page
from . import connect
from .connection_facts import SECRETS, connection_facts
from .run_page import usage_table


@admin.register(OAuthToken)
class ConnectionAdmin(PageAdmin):
    """One overview instead of a list: there is one connection per organisation."""

    def get_urls(self) -> list:
        return [*budget_page.urls(self), *connect.urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).defer(*SECRETS)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        self.request = request
        panels: list[object] = []
        for organization in Organization.objects.all()[:20]:
            panels += organization_panels(organization)
        if not panels:
            panels.append(not_connected_banner())
        panels.append(workers_table())
        context = self.admin_site.each_context(request) | {
            "title": _("Connection and calls"),
            "panels": panels,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/zoho_sync/overview.html", context)

    def page_title(self, obj: OAuthToken) -> str:
        return str(obj.organization)

    def get_panels(self, request: HttpRequest, obj: OAuthToken) -> Iterable[object]:
        yield from organization_panels(obj.organization)


def not_connected_banner() -> Banner:
    return Banner(
        text=_(
            "Not connected to Zoho yet. An administrator connects it, step by step; nothing is mirrored until then."
        ),
        mood="warn",
        url=reverse("admin:zoho_sync_oauthtoken_connect"),
        action=_("Connect Zoho"),
    )


def organization_panels(organization: Organization) -> Iterable[object]:
    connection = status.connection(organization)
    if not connection.works and connection.message:
        yield Banner(text=cells.words(connection.message), mood="bad")
    yield connection_facts(organization)
    yield from budget_panels(organization)
    used = ApiUsage.objects.filter(organization=organization, day=status.today(organization)).order_by(
        "api", "endpoint", "run_number"
    )
    yield usage_table(_("Calls today"), sums_by_endpoint(used))


def budget_panels(organization: Organization) -> Iterable[object]:
    budget = status.budget(organization)
    yield Custom(template="admin/zoho_sync/budget.html", values=budget_values(budget))
    bucket = RateBucket.objects.filter(organization=organization).first()
    now = timezone.now()
    if bucket and bucket.slow_until and bucket.slow_until > now:
        text = _("Going slower until %(time)s: at most %(count)s calls a minute.")
        yield Banner(
            text=text % {"time": cells.moment(bucket.slow_until), "count": bucket.slow_calls_per_minute},
            mood="warn",
        )
    if bucket and bucket.fewer_until and bucket.fewer_until > now:
        text = _("Fewer calls at once until %(time)s: at most %(count)s.")
        yield Banner(
            text=text % {"time": cells.moment(bucket.fewer_until), "count": bucket.fewer_concurrent_calls},
            mood="warn",
        )


def budget_values(budget) -> dict:
    return {
        "url": reverse(f"admin:{budget_page.PAGE}"),
        "limit": budget.limit,
        "used": budget.used,
        "words": _(
            "%(used)s of %(limit)s calls used today, %(left)s left; %(reserve)s are kept for real-time work."
        )
        % {
            "used": cells.decimal_text(budget.used),
            "limit": cells.decimal_text(budget.limit),
            "left": cells.decimal_text(budget.left),
            "reserve": cells.decimal_text(budget.reserve),
        },
        "blocked": _("No call until %(time)s: %(reason)s")
        % {"time": cells.moment(budget.blocked_until), "reason": budget.reason}
        if budget.blocked_until
        else "",
    }


def sums_by_endpoint(used) -> list[ApiUsage]:
    """The day's ledger without its runs: one row per endpoint."""
    sums: dict[tuple[str, str], ApiUsage] = {}
    for each in used:
        known = sums.setdefault(
            (each.api, each.endpoint), ApiUsage(day=each.day, api=each.api, endpoint=each.endpoint)
        )
        known.calls_count += each.calls_count
        known.failed_count += each.failed_count
        known.throttled_count += each.throttled_count
        known.seconds += each.seconds
    return list(sums.values())


def workers_table() -> Table:
    beats = WorkerBeat.objects.order_by("name")[:50]
    return Table(
        title=_("Workers"),
        headers=[_("cluster"), _("machine"), _("last sign of life"), _("restarts"), _("last restart")],
        rows=[
            [
                cells.ltr(beat.name),
                cells.ltr(beat.host),
                cells.age(beat.beat_at),
                cells.number(beat.restarts_count),
                cells.moment(beat.restarted_at),
            ]
            for beat in beats
        ],
        numeric=frozenset({3}),
        empty=_("No worker has ever given a sign of life. Start one: make worker."),
    )
