"""Reports as pages: an index that says what each answers, one page for each, and files of them.

Everything that is asked for stands in the address, so that it can be sent to somebody; what the address says in vain is
refused by name.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import exporting
from ..days import company_day
from ..models import KeptReport
from ..reports import registry, services
from ..reports.base import EXPORT, MONEY, STOCK, Report
from ..reports.parameters import Parameters
from . import cells, report_cells
from .exports import FORMS

PAGE = 100
OF_PAGES = ("order", "page")
LARGEST_PAGE = 100_000


def may_see(request: HttpRequest, report: Report) -> bool:
    return request.user.has_perm(report.permission)


def index(request: HttpRequest) -> HttpResponse:
    reports = [each for each in registry.every() if may_see(request, each)]
    if not reports:
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    rows = [{"report": each, "url": reverse("report", args=[each.key])} for each in reports]
    return _page(request, "admin/reports/index.html", {"title": _("Reports"), "reports": rows})


def show(request: HttpRequest, key: str) -> HttpResponse:
    report = _report(request, key)
    if request.method == "POST":
        return _again(request, report)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    asked = _asked(request, report)
    values: dict[str, Any] = {"title": str(report.title), "report": report, "form": asked}
    problems = _problems(request, report, asked)
    if problems:
        return _page(request, "admin/reports/page.html", values | {"problems": problems}, 400)
    order = request.GET.get("order", "")
    money = request.user.has_perm(MONEY)
    found = services.answer(report, asked, order, money=money)
    if found.is_failed or found.answer is None:
        return _page(request, "admin/reports/page.html", values | {"found": found, "waits": True})
    page = _page_number(request)
    answer = found.answer
    last = max(1, -(-answer.count // PAGE))
    if page > last:
        return redirect(f"{request.path}?{_query(request, page=str(last))}")
    shown = report_cells.Shown(report, asked, answer, money=money, may=request.user.has_perm)
    values |= {
        "found": found,
        "answer": answer,
        "headers": shown.headers(lambda order: f"?{_query(request, order=order, page='')}"),
        "rows": shown.rows(answer.rows[(page - 1) * PAGE : page * PAGE]),
        "totals": shown.totals(),
        "notes": [(note.mood, str(note)) for note in answer.notes],
        "pages": _pages(request, page, last),
        "range": (min((page - 1) * PAGE + 1, answer.count), min(page * PAGE, answer.count)),
        "may_export": request.user.has_perm(EXPORT),
        "exports": [
            (form, f"{reverse('report-export', args=[key, form])}?{_query(request, page='')}")
            for form in FORMS
        ],
        "query": _query(request, page=""),
        "computed": cells.age(answer.computed_at),
    }
    return _page(request, "admin/reports/page.html", values)


def export(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """All rows that the address asks for, as a file. Noted before it begins."""
    report = _report(request, key)
    if form not in FORMS:
        raise Http404
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = _asked(request, report)
    back = f"{reverse('report', args=[key])}?{request.GET.urlencode()}"
    if _problems(request, report, asked):
        messages.error(request, _("These parameters cannot be read, so nothing was exported."))
        return redirect(back)
    money = request.user.has_perm(MONEY)
    found = services.answer(report, asked, request.GET.get("order", ""), money=money)
    if found.answer is None:
        messages.warning(request, _("The report is still being reckoned. Export it as soon as it is shown."))
        return redirect(back)
    answer = found.answer
    if form == "xlsx" and answer.count > exporting.MOST_SHEET_ROWS:
        messages.error(request, _("That many rows are too many for an XLSX file. Take CSV, or ask for less."))
        return redirect(back)
    _log(request, report, form, answer.count)
    shown = report_cells.Shown(report, asked, answer, money=money, may=request.user.has_perm)
    titles, rows = shown.plain_titles(), shown.plain_rows(translation.get_language() or "en")
    name = f"{key}-{timezone.localtime():%Y-%m-%d-%H%M}.{form}"
    told: HttpResponse | Any
    if form == "csv":
        told = StreamingHttpResponse(exporting.csv_pieces(titles, rows), content_type=FORMS[form])
        told["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        file = exporting.xlsx_file(
            str(report.title), titles, rows, right_to_left=translation.get_language_bidi()
        )
        told = FileResponse(file, as_attachment=True, filename=name, content_type=FORMS[form])
    told["Cache-Control"] = "no-store"
    told["X-Accel-Buffering"] = "no"  # a proxy would wait for the end
    return told


def live(request: HttpRequest, key: str) -> HttpResponse:
    """JSON {"state"}: whether the answer is there; the page asks while it waits."""
    report = _report(request, key)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    asked = _asked(request, report)
    if _problems(request, report, asked):
        return JsonResponse({"state": "refused", "ended": True}, status=400)
    return JsonResponse(
        {"state": services.state(report, asked, request.GET.get("order", "")), "ended": False}
    )


# --- What is asked ------------------------------------------------------------------------------------


def _report(request: HttpRequest, key: str) -> Report:
    report = registry.get(key)
    if report is None:
        if request.user.has_perm(STOCK) or request.user.has_perm(MONEY):
            raise Http404
        raise PermissionDenied
    if not may_see(request, report):
        raise PermissionDenied
    return report


def _asked(request: HttpRequest, report: Report) -> Parameters:
    given = MultiValueDict({name: request.GET.getlist(name) for name in request.GET})
    asked = report.parameters(given, today=company_day())
    asked.offer()
    return asked


def _problems(request: HttpRequest, report: Report, asked: Parameters) -> list[str]:
    """Why the address cannot be answered, each with the parameter's name."""
    known = {*asked.fields, *OF_PAGES}
    unknown = [name for name in request.GET if name not in known]
    told = [_("This page does not know: %(names)s.") % {"names": ", ".join(unknown)[:200]}] if unknown else []
    several = [
        name for name in request.GET if len(request.GET.getlist(name)) > 1 and not asked.takes_several(name)
    ]
    told += [_("“%(name)s” comes more than once.") % {"name": name} for name in several]
    if not asked.is_valid():
        for name, errors in asked.errors.items():
            label = str(asked.fields[name].label) if name in asked.fields else name
            told += [f"{capfirst(label)}: {error}" for error in errors]
    elif not told and request.GET.get("order"):
        try:
            services.check_order(report, asked, request.GET["order"], money=request.user.has_perm(MONEY))
        except services.UnknownOrder:
            told.append(
                _("This report cannot be ordered by “%(name)s”.") % {"name": request.GET["order"][:80]}
            )
    if request.GET.get("page") and _page_number(request) is None:
        told.append(_("“page” is not a number of a page."))
    return told


def _page_number(request: HttpRequest) -> Any:
    text = request.GET.get("page") or "1"
    is_number = text.isascii() and text.isdecimal() and len(text) < 7
    return int(text) if is_number and 1 <= int(text) <= LARGEST_PAGE else None


def _query(request: HttpRequest, **changed: str) -> str:
    """The address's query with these parameters changed; "" leaves one out, as whatever is empty."""
    told = [
        (name, text) for name, texts in request.GET.lists() for text in texts if name not in changed and text
    ]
    return urlencode([*told, *((name, text) for name, text in changed.items() if text)])


def _pages(request: HttpRequest, page: int, last: int) -> list[tuple[str, str]]:
    """(words, address) of the first, the one before, the next and the last page; those that make sense."""
    places = [(_("First"), 1, page > 2), (_("Previous"), page - 1, page > 1)]
    places += [(_("Next"), page + 1, page < last), (_("Last"), last, page < last - 1)]
    return [
        (words, f"?{_query(request, page=str(number))}")
        for words, number, makes_sense in places
        if makes_sense
    ]


def _again(request: HttpRequest, report: Report) -> HttpResponse:
    """Reckon a kept answer anew."""
    asked = _asked(request, report)
    if not _problems(request, report, asked):
        services.ask_again(report, asked, request.GET.get("order", ""), money=request.user.has_perm(MONEY))
    return redirect(f"{request.path}?{_query(request, page='')}")


def _log(request: HttpRequest, report: Report, form: str, count: int) -> None:
    told = f"Exported {count} rows as {form.upper()}; parameters: {request.GET.urlencode() or 'none'}"
    LogEntry.objects.create(
        user_id=request.user.pk,
        content_type=ContentType.objects.get_for_model(KeptReport),
        object_repr=f"report {report.key}",
        action_flag=CHANGE,
        change_message=told,
    )


def _page(request: HttpRequest, template: str, values: dict[str, Any], status: int = 200) -> HttpResponse:
    request.current_app = admin.site.name
    context = admin.site.each_context(request) | values
    return TemplateResponse(request, template, context, status=status)


urlpatterns = [
    path("", admin.site.admin_view(index), name="reports"),
    path("<slug:key>/", admin.site.admin_view(show), name="report"),
    path("<slug:key>/live/", admin.site.admin_view(live), name="report-live"),
    path("<slug:key>/export/<str:form>/", admin.site.admin_view(export), name="report-export"),
]
