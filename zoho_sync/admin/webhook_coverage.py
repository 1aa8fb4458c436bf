"""The page "Webhook coverage": can one rely on being told? Per subject what is expected, what came and how fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Figure, Figures, Table
from inventory.models import Organization

from ..models import WebhookDelivery, WebhookGap
from ..webhooks.coverage import WINDOW, SubjectCoverage, coverage
from .delivery_filters import NO_SUBJECT
from .expectations import in_words
from .outcome import run_link
from .webhook_words import open_query, seconds, wide
from .words import entity_name, state_tag

Status = WebhookDelivery.Status
MOST_GAPS = 20


def urls(page) -> list:
    def show(request: HttpRequest) -> HttpResponse:
        return coverage_page(page, request)

    return [path("coverage/", page.admin_site.admin_view(show), name="zoho_sync_webhookdelivery_coverage")]


def coverage_page(page, request: HttpRequest) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    organizations = list(Organization.objects.all()[:20])
    panels: list[object] = []
    for organization in organizations:
        panels += panels_of(request, organization, several=len(organizations) > 1)
    if not panels:
        panels.append(Banner(text=_("No organisation is connected yet, so no webhook can be taken.")))
    context = page.admin_site.each_context(request) | {"title": _("Webhook coverage"), "panels": panels}
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/zoho_sync/overview.html", context)


def panels_of(request: HttpRequest, organization: Organization, *, several: bool) -> Iterable[object]:
    rows = coverage(organization)
    silent = [row for row in rows if row.is_silent]
    if silent:
        text = ngettext(
            "%(subjects)s is silent: webhooks were expected and none came.",
            "%(subjects)s are silent: webhooks were expected and none came.",
            len(silent),
        )
        yield Banner(
            text=text % {"subjects": ", ".join(row.label for row in silent)},
            mood="bad",
            url=reverse("admin:zoho_sync_webhookdelivery_setup"),
            action=_("Look at the set-up"),
        )
    if not any(row.configured for row in rows):
        yield Banner(
            text=_("No webhook has come yet. Until then changes are found by the scheduled syncs only."),
            url=reverse("admin:zoho_sync_webhookdelivery_setup"),
            action=_("Set up webhooks"),
        )
    yield sums(rows)
    yield subjects_table(request, organization, rows, several=several)
    yield gaps_table(organization)


def sums(rows: Sequence[SubjectCoverage]) -> Figures:
    def total(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    deliveries = reverse("admin:zoho_sync_webhookdelivery_changelist")
    window = _("in %(days)s days") % {"days": WINDOW.days}
    tiles = [
        Figure(
            name=_("received"),
            value=cells.number(total("received")),
            note=window,
            url=f"{deliveries}?received=week&is_test__exact=0",
        ),
        Figure(name=_("applied"), value=cells.number(total("applied")), note=window),
        Figure(
            name=_("waiting"),
            value=cells.number(total("waiting") + total("failed")),
            note=_("now"),
            url=f"{deliveries}?{open_query()}&is_test__exact=0",
        ),
        Figure(
            name=_("dead letters"),
            value=cells.number(total("dead")),
            note=_("now"),
            mood="bad" if total("dead") else "good",
            url=f"{deliveries}?status__exact={Status.DEAD}&is_test__exact=0",
        ),
        Figure(
            name=_("silent subjects"),
            value=cells.number(total("is_silent")),
            note=_("now"),
            mood="bad" if total("is_silent") else "good",
        ),
    ]
    return Figures(tiles=tiles, title=_("All subjects"))


def subjects_table(
    request: HttpRequest, organization: Organization, rows: Sequence[SubjectCoverage], *, several: bool
) -> Table:
    title = _("Subjects")
    return Table(
        title=f"{title}: {organization}" if several else title,
        headers=[
            _("subject"),
            _("last seen"),
            _("received"),
            _("applied"),
            _("ignored"),
            _("waiting"),
            _("failed"),
            _("dead"),
            _("median, worst"),
            _("expected"),
        ],
        rows=[
            [
                row.label,
                state_cell(row),
                linked(row, row.received, {"received": "week"}),
                cells.number(row.applied),
                cells.number(row.ignored),
                linked(row, row.waiting, {"status__in": f"{Status.RECEIVED},{Status.PROCESSING}"}),
                linked(row, row.failed, {"status__exact": Status.FAILED}),
                linked(row, row.dead, {"status__exact": Status.DEAD}),
                cells.stacked(seconds(row.median_seconds), seconds(row.worst_seconds)),
                expectation_cell(request, organization, row),
            ]
            for row in rows
        ],
        numeric=frozenset(range(2, 9)),
        note=_(
            "Received, applied, ignored and the times to apply: of the last %(days)s days. Waiting, failed and dead: "
            "now. Test deliveries do not count."
        )
        % {"days": WINDOW.days},
    )


def state_cell(row: SubjectCoverage) -> object:
    if not row.subject:
        return cells.UNKNOWN
    if row.is_silent:
        return cells.stacked(cells.tag(_("silent"), "bad"), cells.age(row.silent_since))
    if row.last_seen_at:
        return cells.stacked(cells.tag(_("coming"), "good"), cells.age(row.last_seen_at))
    return cells.tag(_("expected"), "busy") if row.configured else cells.tag(_("not set up"), "quiet")


def linked(row: SubjectCoverage, count: int, query: dict) -> object:
    """The figure, leading to the very deliveries that it counts."""
    if not count:
        return cells.number(0)
    address = reverse("admin:zoho_sync_webhookdelivery_changelist")
    told = {"subject": row.subject or NO_SUBJECT, "is_test__exact": "0", **query}
    return cells.link(f"{address}?{urlencode(told)}", cells.number(count))


def expectation_cell(request: HttpRequest, organization: Organization, row: SubjectCoverage) -> object:
    """What is expected, with a link to change it for those who may."""
    if not row.subject:
        return cells.UNKNOWN
    may = request.user.has_perm
    known = row.expectation
    words = in_words(known) if known and known.is_expected else _("nothing")
    if known and may("zoho_sync.change_webhookexpectation"):
        url = reverse("admin:zoho_sync_webhookexpectation_change", args=[known.pk])
    elif not known and may("zoho_sync.add_webhookexpectation"):
        told = urlencode({"subject": row.subject, "organization": organization.pk})
        url = f"{reverse('admin:zoho_sync_webhookexpectation_add')}?{told}"
    else:
        return words
    return cells.stacked(words, cells.link(url, _("change")))


def gaps_table(organization: Organization) -> Table:
    gaps = WebhookGap.objects.filter(organization=organization).select_related("run").order_by("-pk")
    return Table(
        title=_("Gaps that are read by time"),
        headers=[_("entity"), _("from"), _("until"), _("why"), _("run")],
        rows=[
            [
                entity_name(gap.entity),
                cells.moment(gap.since),
                cells.moment(gap.until),
                wide(cells.words(gap.reason)),
                cells.inline(run_link(gap.run.pk), state_tag(gap.run))
                if gap.run
                else wide(_("waits until it can start")),
            ]
            for gap in gaps[:MOST_GAPS]
        ],
        empty=_("There has been none: webhooks came, and the web server was up."),
    )
