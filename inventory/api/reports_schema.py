"""How reports are described in the schema: each with its own parameters, and an example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers

from ..reports.base import Report
from ..reports.parameters import CurrencyField, MomentField, ReferencesField
from .paging import LARGEST_PAGE, PAGE_SIZE
from .wording import CSV, IF_NONE_MATCH, JSON, NOT_MODIFIED

MOST_PAGES = 100_000


class ReportTold(serializers.Serializer):
    key = serializers.CharField(help_text="Names it in the address.")
    title = serializers.CharField()
    question = serializers.CharField(help_text="What it answers.")
    method = serializers.CharField(help_text="How it reckons.")
    url = serializers.CharField()


class ReportsForm(serializers.Serializer):
    results = ReportTold(many=True)


class ColumnTold(serializers.Serializer):
    name = serializers.CharField(help_text="Key in the rows.")
    title = serializers.CharField()
    kind = serializers.CharField(
        help_text="product, customer, warehouse, price_list: an object with id, external_id, name and code; money: an "
        "object with amount and currency_code; quantity, percent: decimals as text; count: a number; date: a day; "
        "text. Whatever is not known is null."
    )
    note = serializers.CharField(allow_blank=True)


class TotalTold(serializers.Serializer):
    group = serializers.DictField(help_text="By what the rows were told apart, such as their currency.")
    rows = serializers.IntegerField()
    values = serializers.DictField(help_text="Sums by column; never over different currencies.")
    not_known = serializers.DictField(
        help_text="By column, rows whose figure is not known and not in the sum."
    )


class ReportForm(serializers.Serializer):
    report = serializers.CharField()
    title = serializers.CharField()
    computed_at = serializers.DateTimeField()
    is_being_renewed = serializers.BooleanField(help_text="A newer answer is being reckoned.")
    parameters = serializers.DictField(help_text="All of them, defaults included, each as a list of texts.")
    order = serializers.CharField()
    columns = ColumnTold(many=True)
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What it could not count, in words."
    )
    totals = TotalTold(many=True)
    count = serializers.IntegerField(help_text="Rows in all.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = serializers.ListField(child=serializers.DictField(), help_text="Rows, as `columns` describes.")


class ReportWaits(serializers.Serializer):
    state = serializers.CharField(help_text="`waits`.")
    report = serializers.CharField()


_LIST = {
    "results": [
        {
            "key": "receivables",
            "title": "Receivables by age",
            "question": "Who owes us how much, for how long is it overdue, and does the source say the same?",
            "method": "What is still to be paid of invoices …",
            "url": "https://erp.example.com/api/v1/reports/receivables/",
        }
    ]
}
list_described = extend_schema(
    operation_id="reports_list",
    summary="Reports",
    description="Those that you may see, each with what it answers and how it reckons.",
    parameters=[IF_NONE_MATCH],
    responses={(200, JSON): ReportsForm, 304: NOT_MODIFIED},
    examples=[
        OpenApiExample("One report", value=_LIST, response_only=True, media_type=JSON, status_codes=[200])
    ],
)


def report_described(report: Report) -> Callable[[type], type]:
    parameters = [_parameter(name, field) for name, field in report.parameters.base_fields.items()]
    whole = {"type": "integer", "minimum": 1}
    parameters += [
        OpenApiParameter("order", str, description="A column's name; `-` before it turns it round."),
        OpenApiParameter("page", whole | {"maximum": MOST_PAGES, "default": 1}, description="From 1 on."),
        OpenApiParameter(
            "page_size",
            whole | {"maximum": LARGEST_PAGE, "default": PAGE_SIZE},
            description="Rows on one page.",
        ),
        IF_NONE_MATCH,
    ]
    return extend_schema_view(
        get=extend_schema(
            operation_id=f"reports_{report.key.replace('-', '_')}",
            tags=["reports"],
            summary=str(report.title),
            description=f"{report.question}\n\n{report.method}\n\nA report that takes long answers 202 at first: ask "
            "again after `Retry-After` seconds.",
            parameters=parameters,
            responses={
                (200, JSON): ReportForm,
                (200, CSV): OpenApiTypes.STR,
                (202, JSON): ReportWaits,
                304: NOT_MODIFIED,
                503: OpenApiResponse(description="It could not be reckoned."),
            },
            examples=[_example(report)],
        )
    )


def _parameter(name: str, field: forms.Field) -> OpenApiParameter:
    told = " ".join(str(part) for part in (field.label, field.help_text) if part)
    form: dict[str, Any] = {"type": "string"}
    if isinstance(field, ReferencesField):
        return OpenApiParameter(name, str, many=True, description=f"{told} By the source's id, or ours.")
    if isinstance(field, MomentField):
        form |= {"format": "date-time"}
    elif isinstance(field, forms.DateField):
        form |= {"format": "date"}
    elif isinstance(field, forms.DecimalField):
        form |= {"pattern": r"^[0-9]{1,12}(\.[0-9]{1,4})?$"}
    elif isinstance(field, forms.IntegerField):
        form = {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    elif isinstance(field, CurrencyField):
        form |= {"pattern": "^[A-Z]{3}$"}
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        form |= {"enum": [value for value, _label in choices]}
    if isinstance(field.initial, int | str) and form["type"] == (
        "string" if isinstance(field.initial, str) else "integer"
    ):
        form["default"] = field.initial
    return OpenApiParameter(name, form, description=told)


def _example(report: Report) -> OpenApiExample:
    value = {
        "report": report.key,
        "title": str(report.title),
        "computed_at": "2026-11-20T09:00:00Z",
        "is_being_renewed": False,
        "parameters": {name: [] for name in report.parameters.base_fields},
        "order": report.order,
        "columns": [{"name": "currency", "title": "currency", "kind": "text", "note": ""}],
        "notes": ["Invoices before 2025-11-20 are not mirrored, so nothing of them counts."],
        "totals": [{"group": {"currency": "IQD"}, "rows": 1, "values": {}, "not_known": {}}],
        "count": 1,
        "next": None,
        "previous": None,
        "results": [{"currency": "IQD"}],
    }
    return OpenApiExample("An answer", value=value, response_only=True, media_type=JSON, status_codes=[200])
