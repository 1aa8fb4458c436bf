"""The page "Truth": what share of the mirror is right, with its doubt, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Custom, Figure, Figures, Table
from inventory.models import Organization

from .. import status
from ..models import TruthCheck
from ..status import Truth
from ..truth.drifts import latest_drifts, oldest_unverified
from ..truth.estimate import A_WEEK
from .connection import not_connected_banner
from .outcome import run_link
from .starts import may_start
from .truth_verbs import check_words
from .truth_words import difference_rows, interval_cell, keys_of, own_page, part_names, share_cell
from .words import entity_name, state_tag

MOST_DRIFTS = 50
FIELDS_SHOWN = 3
OLDEST = 10
LIST = "admin:zoho_sync_truthcheck_changelist"


def urls(page) -> list:
    def show(request: HttpRequest) -> HttpResponse:
        return truth_page(page, request)

    return [path("truth/", page.admin_site.admin_view(show), name="zoho_sync_truthcheck_truth")]


def truth_page(page, request: HttpRequest) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    organizations = list(Organization.objects.all()[:20])
    panels: list[object] = []
    for organization in organizations:
        panels += panels_of(request, organization, several=len(organizations) > 1)
    if not panels:
        panels.append(not_connected_banner())
    context = page.admin_site.each_context(request) | {"title": _("Truth"), "panels": panels}
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/zoho_sync/overview.html", context)


def panels_of(request: HttpRequest, organization: Organization, *, several: bool) -> Iterable[object]:
    truth = status.truth(organization, A_WEEK)
    if not settings.TRUTH["CHECKS_PER_HOUR"]:
        yield Banner(
            text=_(
                "Hourly comparisons are switched off: TRUTH_CHECKS_PER_HOUR is 0. Nothing new is found by itself."
            )
        )
    elif truth.checked_at is None:
        yield Banner(text=_first_words(), mood="busy")
    yield share_panel(request, organization, truth, several=several)
    yield figures(truth)
    drifts = latest_drifts(organization, MOST_DRIFTS)
    yield drifts_table(request, organization, truth, drifts)
    yield entities_table(truth)
    yield oldest_table(request, organization)


def _first_words() -> str:
    count = settings.TRUTH["CHECKS_PER_HOUR"]
    told = ngettext(
        "No record has been compared yet. Every hour %(count)s record is drawn at random and compared with Zoho, field "
        "by field; the schedules must be set up (setup_schedules) and a worker must run. Or compare some now.",
        "No record has been compared yet. Every hour %(count)s records are drawn at random and compared with Zoho, "
        "field by field; the schedules must be set up (setup_schedules) and a worker must run. Or compare some now.",
        count,
    )
    return told % {"count": count}


def share_panel(request: HttpRequest, organization: Organization, truth: Truth, *, several: bool) -> Custom:
    """The share as one large figure, and how sure it is, in words."""
    buttons = []
    if may_start(request):
        query = urlencode({"organization": organization.external_id})
        check = reverse("admin:zoho_sync_truthcheck_check")
        buttons.append((f"{check}?{query}", check_words(), True))
    buttons.append((reverse(LIST), _("All comparisons"), False))
    title = _("How much of the mirror is right")
    return Custom(
        template="admin/zoho_sync/truth_share.html",
        values={
            "title": f"{title}: {organization}" if several else title,
            "share": share_cell(truth.share),
            "mood": _mood(truth),
            "words": _in_words(truth),
            "buttons": buttons,
        },
    )


def _mood(truth: Truth) -> str:
    if truth.drifts:
        return "bad"
    return "good" if truth.share == 1 else "quiet"


def _in_words(truth: Truth) -> object:
    if truth.share is None:
        return _("No data: no record was compared in the last 7 days, so nobody can say.")
    told = ngettext(
        "between {low} and {high}, from {count} record of the last 7 days",
        "between {low} and {high}, from {count} records of the last 7 days",
        truth.checked,
    )
    return format_html(
        told,
        low=share_cell(truth.low),
        high=share_cell(truth.high, up=True),
        count=cells.number(truth.checked),
    )


def figures(truth: Truth) -> Figures:
    week = _("in 7 days")
    rows = reverse(LIST)
    return Figures(
        title=_("Comparisons"),
        tiles=[
            Figure(
                name=_("drifted records"),
                value=cells.number(truth.drifts),
                note=_("not yet equal again"),
                mood="bad" if truth.drifts else "good",
            ),
            Figure(
                name=_("changed since"),
                value=cells.number(truth.lag),
                note=_("the next sync reads them; no error"),
                url=f"{rows}?verdict__exact={TruthCheck.Verdict.LAG}",
            ),
            Figure(
                name=_("could not be compared"),
                value=cells.number(truth.unreadable),
                note=week,
                mood="warn" if truth.unreadable else "",
                url=f"{rows}?verdict__exact={TruthCheck.Verdict.UNREADABLE}",
            ),
            Figure(name=_("last compared"), value=cells.age(truth.checked_at)),
            Figure(
                name=_("stock verified longest ago"),
                value=cells.age(truth.oldest_unverified_at),
                note=cells.words(truth.oldest_unverified.product) if truth.oldest_unverified else "",
            ),
        ],
    )


def entities_table(truth: Truth) -> Table:
    return Table(
        title=_("By entity, of the last 7 days"),
        headers=[
            _("entity"),
            _("share that is right"),
            _("between"),
            _("compared"),
            _("equal"),
            _("different"),
            _("changed since"),
            _("unreadable"),
            _("last compared"),
        ],
        rows=[
            [
                each.label,
                share_cell(each.share),
                interval_cell(each.low, each.high),
                cells.number(each.checked),
                cells.number(each.equal),
                cells.number(each.checked - each.equal),
                cells.number(each.lag),
                cells.number(each.unreadable),
                cells.age(each.checked_at),
            ]
            for each in truth.entities
        ],
        numeric=frozenset({1, 3, 4, 5, 6, 7}),
        note=_(
            "Equal and different make up what is compared. What Zoho has changed since it was read, or what is on its "
            "way, is counted apart. A product is compared together with its stock, in one call."
        ),
    )


def drifts_table(
    request: HttpRequest, organization: Organization, truth: Truth, drifts: list[TruthCheck]
) -> Table:
    rows, pages, parts = [], keys_of(drifts), part_names(drifts)
    for check in drifts:
        fields = difference_rows(check, parts)
        shown = fields[:FIELDS_SHOWN] or [["", "", ""]]
        for place, (field, here, there) in enumerate(shown):
            is_first, is_last = place == 0, place == len(shown) - 1
            more = len(check.differences) - len(shown)
            if is_last and more > 0:
                field = cells.stacked(field, cells.link_to(check, _("and %(count)s more") % {"count": more}))
            rows.append(
                [
                    cells.stacked(own_page(check, pages), entity_name(check.entity)) if is_first else "",
                    field,
                    here,
                    there,
                    cells.age(check.checked_at) if is_first else "",
                    what_to_do(request, check) if is_first else "",
                ]
            )
    refresh_url = refresh = ""
    if drifts and may_start(request):
        query = urlencode({"organization": organization.external_id})
        refresh_url = f"{reverse('admin:zoho_sync_truthcheck_refresh')}?{query}"
        refresh = ngettext("Refresh it", "Refresh all %(count)s", truth.drifts) % {"count": truth.drifts}
    return Table(
        title=_("Drifted records"),
        headers=[_("record"), _("field"), _("here"), _("in Zoho"), _("found"), _("what to do")],
        rows=rows,
        empty=_("No record is known to differ from Zoho.")
        if truth.checked
        else _("Nothing has been compared yet, so no difference is known."),
        note=_("A record goes from this list when a sync or a later comparison has made it equal.")
        if rows
        else "",
        more_url=refresh_url,
        more=refresh,
    )


def what_to_do(request: HttpRequest, check: TruthCheck) -> object:
    """The run that reads it again, if one was asked for; the button that asks for one."""
    run = check.refresh_run
    told = cells.inline(run_link(run.pk), state_tag(run)) if run else ""
    if not may_start(request):
        return cells.stacked(told, cells.link_to(check, _("look")))
    url = reverse("admin:zoho_sync_truthcheck_refresh_one", args=[check.pk])
    return cells.stacked(told, cells.link(url, _("Refresh")))


def oldest_table(request: HttpRequest, organization: Organization) -> Table:
    headers = [_("product"), _("verified"), _("what to do")]
    rows = [
        [
            cells.link(
                reverse("admin:inventory_product_change", args=[each.product_id]), cells.words(each.product)
            ),
            cells.age(each.verified_at),
            cells.link(reverse("admin:inventory_product_refresh_one", args=[each.product_id]), _("Refresh"))
            if may_start(request)
            else cells.UNKNOWN,
        ]
        for each in oldest_unverified(organization, OLDEST)
    ]
    return Table(
        title=_("Stock verified longest ago"),
        headers=headers,
        rows=rows,
        empty=_("No stock has been read from Zoho yet. Start a full run of stock."),
        note=_("Stock moves without changing the item, so a figure is only as true as its last verification.")
        if rows
        else "",
    )
