"""/api/v1/reports/: what reports there are, and each of them, paged as JSON or whole as CSV.

Every report has an address of its own, made from the registry, with its own parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..days import company_day
from ..reports import references, registry, services
from ..reports.base import MONEY, REFERENCES, Column, Report, Row, Total
from ..reports.parameters import Parameters
from . import exports
from .conditional import Conditional
from .filters import refuse_strange_parameters
from .paging import page_size
from .rendering import OrjsonRenderer, decimal_text
from .reports_schema import list_described, report_described
from .wording import JSON

OF_PAGES = ("order", "page", "page_size")
LARGEST_PAGE = 100_000
RETRY_AFTER_SECONDS = 3


class NotReckoned(APIException):
    status_code = 503
    default_code = "report_failed"
    default_detail = "The report could not be reckoned. Ask for less, or try once more later."


class Reports(Conditional, APIView):
    permissions: ClassVar[dict] = {"get": ()}  # those are told that the visitor may see
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat

    @list_described
    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {exports.PARAMETER})
        told = [
            {
                "key": report.key,
                "title": str(report.title),
                "question": str(report.question),
                "method": str(report.method),
                "url": request.build_absolute_uri(f"{report.key}/"),
            }
            for report in registry.every()
            if request.user.has_perm(report.permission)
        ]
        return Response({"results": told})


class ReportView(Conditional, APIView):
    """One report; `view_of` makes the class for each."""

    report: ClassVar[Report]
    permissions: ClassVar[dict] = {}
    renderer_classes = (OrjsonRenderer, exports.CsvRenderer)
    content_negotiation_class = exports.NamedFormat

    def get(self, request: Request) -> Any:
        asked = self._asked(request)
        page, size = self._page(request), page_size(request)
        order = request.query_params.get("order", "")
        wants_csv, money = exports.wants_csv(request), request.user.has_perm(MONEY)
        try:
            found = services.answer(self.report, asked, order, money=money)
        except services.UnknownOrder as error:
            names = ", ".join(each.name for each in self.report.columns(asked) if money or not each.is_money)
            told = _("One of %(names)s is expected, with - before it for the other way round.") % {
                "names": names
            }
            raise ValidationError({"order": [told]}) from error
        if found.is_failed:
            raise NotReckoned
        if found.answer is None:
            request.accepted_renderer, request.accepted_media_type = (
                OrjsonRenderer(),
                JSON,
            )  # no CSV of nothing
            waits = {"state": found.state, "report": self.report.key}
            return Response(waits, status=202, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        answer = Told(found.answer, money=money)
        if wants_csv:
            return exports.csv_response(answer.header(), answer.lines(), filename=self.report.key)
        rows = found.answer.rows[(page - 1) * size : page * size]
        last = max(1, -(-found.answer.count // size))
        return Response(
            {
                "report": self.report.key,
                "title": str(self.report.title),
                "computed_at": found.answer.computed_at,
                "is_being_renewed": found.is_renewed,
                "parameters": asked.canonical,
                "order": found.answer.order,
                "columns": answer.columns_told(),
                "notes": [str(note) for note in found.answer.notes],
                "totals": answer.totals(),
                "count": found.answer.count,
                "next": self._link(request, page + 1) if page < last else None,
                "previous": self._link(request, min(page, last + 1) - 1) if page > 1 else None,
                "results": answer.rows(rows),
            }
        )

    def _asked(self, request: Request) -> Parameters:
        fields = self.report.parameters.base_fields
        asked = self.report.parameters(request.query_params, today=company_day())
        several = [name for name in fields if asked.takes_several(name)]
        refuse_strange_parameters(request, {*fields, *OF_PAGES, exports.PARAMETER}, several)
        if not asked.is_valid():
            raise ValidationError(
                {name: [str(each) for each in errors] for name, errors in asked.errors.items()}
            )
        return asked

    def _page(self, request: Request) -> int:
        text = request.query_params.get("page", "1")
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LARGEST_PAGE):
            told = _("A whole number from 1 to %(largest)s is expected.") % {"largest": LARGEST_PAGE}
            raise ValidationError({"page": [told]})
        if "page" in request.query_params and exports.wants_csv(request):
            raise ValidationError({"page": [_("CSV holds the whole list and has no pages.")]})
        return int(text)

    def _link(self, request: Request, page: int) -> str:
        asked = [
            (name, text) for name, texts in request.query_params.lists() for text in texts if name != "page"
        ]
        return f"{request.build_absolute_uri(request.path)}?{urlencode([*asked, ('page', page)])}"


class Told:
    """An answer in plain values for programs. money: may the visitor see amounts."""

    def __init__(self, answer: services.Answer, *, money: bool):
        self.answer = answer
        self.names = [column.name for column in answer.columns]
        self.shown = [
            (place, column) for place, column in enumerate(answer.columns) if money or not column.is_money
        ]

    def columns_told(self) -> list[dict[str, Any]]:
        return [
            {"name": column.name, "title": str(column.title), "kind": column.kind, "note": str(column.note)}
            for _place, column in self.shown
        ]

    def rows(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        known = references.of_rows(self.answer.columns, rows)
        return [
            {column.name: self._value(place, column, row, known) for place, column in self.shown}
            for row in rows
        ]

    def totals(self) -> list[dict[str, Any]]:
        return [self._total(total) for total in self.answer.totals]

    def _total(self, total: Total) -> dict[str, Any]:
        columns = {column.name: column for _place, column in self.shown}
        named = [columns[name] for name in total.group if name in columns]
        known = references.of_rows(named, [tuple(total.group[column.name] for column in named)])
        group = {
            column.name: _reference(known.get((column.kind, total.group[column.name])))
            if column.kind in REFERENCES
            else total.group[column.name]
            for column in named
        }
        values = {
            name: _figure(columns[name], value) for name, value in total.values.items() if name in columns
        }
        left_out = {name: count for name, count in total.left_out.items() if name in columns}
        return {"group": group, "rows": total.rows, "values": values, "not_known": left_out}

    def _value(self, place: int, column: Column, row: Row, known: dict) -> Any:
        value = row[place]
        if column.kind in REFERENCES:
            return _reference(known.get((column.kind, value)))
        if column.kind != "money" or value is None:
            return _figure(column, value)
        return {"amount": decimal_text(value), "currency_code": self._currency(column, row)}

    def _currency(self, column: Column, row: Row) -> str:
        if column.currency.startswith("="):
            return column.currency[1:]
        return row[self.names.index(column.currency)] or ""

    # --- CSV ------------------------------------------------------------------------------------------

    def header(self) -> list[str]:
        told: list[str] = []
        for _place, column in self.shown:
            if column.kind in REFERENCES:
                told += [f"{column.name}.{part}" for part in ("id", "external_id", "name", "code")]
            elif column.kind == "money":
                told += [f"{column.name}.amount", f"{column.name}.currency_code"]
            else:
                told.append(column.name)
        return told

    def lines(self) -> Iterator[list[Any]]:
        language = translation.get_language() or "en"
        for rows in self.answer.batches():
            with translation.override(language):
                made = self.rows(rows)
            for row in made:
                line: list[Any] = []
                for _place, column in self.shown:
                    value = row[column.name]
                    if column.kind in REFERENCES:
                        line += [(value or {}).get(part) for part in ("id", "external_id", "name", "code")]
                    elif column.kind == "money":
                        line += [(value or {}).get(part) for part in ("amount", "currency_code")]
                    else:
                        line.append(value)
                yield line


def _reference(reference: references.Reference | None) -> dict[str, Any] | None:
    if reference is None:
        return None
    return {
        "id": str(reference.key), "external_id": reference.external_id, "name": reference.name, "code": reference.code,
    }  # fmt: skip


def _figure(column: Column, value: Any) -> Any:
    if value is None or column.kind in ("text", "count"):
        return value
    return value.isoformat() if column.kind == "date" else decimal_text(value)


def view_of(report: Report) -> type[ReportView]:
    name = "".join(part.capitalize() for part in report.key.split("-"))
    facts = {"report": report, "permissions": {"get": (report.permission,)}}
    with translation.override(None):  # the schema is in English, whatever the settings say
        return report_described(report)(type(f"{name}Report", (ReportView,), facts))
