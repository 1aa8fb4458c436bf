"""What belongs to one run: the plan of a dry one, its failures, and the calls it has used."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from inventory.api.filters import StrictFilterSet

from ..models import ApiUsage, PlannedChange, RunChange, SyncRun
from . import failures_words, runs_words
from .failures import FailureFilters, FailureRow, failures_for_lists
from .listing import Rows
from .representations import Id, Told

VIEW = "zoho_sync.view_syncrun"


State = PlannedChange.State


class ChangeRow(Told):
    """One row that a run has changed, or that a dry run would change."""

    id = Id(source="pk")
    table = serializers.CharField()
    external_id = serializers.CharField()
    label = serializers.CharField(help_text="The record, for people.")  # type: ignore[assignment]
    action = serializers.ChoiceField(choices=PlannedChange.Action.choices)
    changes = serializers.DictField(
        child=serializers.ListField(), help_text="{field: [before, after]}; decimals as text."
    )
    state = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=State.choices))
    def get_state(self, row: Any) -> str:
        """What has become of a planned row; what a run wrote is applied."""
        return row.state if isinstance(row, PlannedChange) else State.APPLIED.value

    @extend_schema_field(serializers.CharField())
    def get_reason(self, row: Any) -> str:
        """Why it was refused."""
        return row.reason if isinstance(row, PlannedChange) else ""


class ChangeFilters(StrictFilterSet):
    table = django_filters.CharFilter(help_text="Rows of this table.")
    action = django_filters.ChoiceFilter(choices=PlannedChange.Action.choices)
    external_id = django_filters.CharFilter(help_text="The source's id.")
    state = django_filters.ChoiceFilter(
        choices=State.choices, method="by_state", help_text="What has become of a planned row."
    )

    def by_state(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        if rows.model is PlannedChange:
            return rows.filter(state=value)
        return rows if value == State.APPLIED else rows.none()


class CallRow(Told):
    """Calls of one endpoint on one day."""

    id = Id(source="pk")
    day = serializers.DateField(help_text="In the organisation's time zone.")
    api = serializers.CharField()
    endpoint = serializers.CharField(help_text="The path, {id} for ids.")
    calls_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()
    throttled_count = serializers.IntegerField()
    bytes_count = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Of all calls together.")


class OfRun(Rows):
    """A list below a run; 404 where there is no such run."""

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not SyncRun.objects.filter(pk=self.kwargs["pk"]).exists():
            raise NotFound
        return super().list(request, *args, **kwargs)

    @property
    def run_id(self) -> int:
        """0, which no run has, while the schema is made."""
        return self.kwargs.get("pk", 0)


@runs_words.changes(ChangeRow)
class RunChanges(OfRun):
    serializer_class = ChangeRow
    filterset_class = ChangeFilters
    default_ordering = "id"
    export_name = "planned-changes"
    permissions = {"list": (VIEW, "zoho_sync.view_plannedchange", "zoho_sync.view_runchange")}

    def get_queryset(self) -> QuerySet:
        # No run, no question: the schema is made without a database.
        if self.run_id and RunChange.objects.filter(run=self.run_id).exists():
            return RunChange.objects.filter(run=self.run_id)
        return PlannedChange.objects.filter(run=self.run_id).defer("raw")


class RunFailureFilters(FailureFilters):
    run = None  # type: ignore[assignment]


@runs_words.failures(FailureRow, failures_words.ROW)
class RunFailures(OfRun):
    serializer_class = FailureRow
    filterset_class = RunFailureFilters
    export_name = "failures"
    permissions = {"list": (VIEW, "zoho_sync.view_recorderror")}

    def get_queryset(self) -> QuerySet:
        return failures_for_lists().filter(run=self.run_id)


@runs_words.calls(CallRow)
class RunCalls(OfRun):
    serializer_class = CallRow
    filterset_class = StrictFilterSet
    default_ordering = "id"
    export_name = "calls"
    permissions = {"list": (VIEW, "zoho_sync.view_apiusage")}

    def get_queryset(self) -> QuerySet:
        """Run 0 stands in the ledger for no run."""
        return ApiUsage.objects.filter(run_number=self.run_id or -1)
