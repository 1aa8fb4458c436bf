"""/api/v1/alerts/: what is wrong, one alert for each cause, its history, and what people do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.filters import MomentFilter, SeveralChoices, StrictFilterSet
from inventory.api.paging import KeysetPagination
from zoho_sync.api import bodies
from zoho_sync.api.bodies import Body, When
from zoho_sync.api.idempotency import once
from zoho_sync.api.listing import Rows
from zoho_sync.api.refusals import Conflict
from zoho_sync.api.representations import Address, Id, Moment, Told

from .. import alerts
from ..models import Alert, AlertEvent
from ..models.rules import SEVERITIES as SEVERITY_CHOICES
from ..overview import looked, worst_of
from ..troubles import Severity
from . import alerts_words

State = Alert.State
VIEW, HANDLE = "monitoring.view_alert", "monitoring.handle_alert"
MOST_EVENTS = 200
LONGEST_NOTE = 1000
SEVERITIES = OpenApiParameter(
    "severity",
    {"type": "array", "items": {"type": "string", "enum": list(Severity)}},
    explode=True,
    description="Only these; may come more than once.",
)


class AlertRow(Told):
    """One cause. Texts are in the reader's language, by `Accept-Language`."""

    id = Id(source="pk")
    alert_url = Address("api-alerts-one")
    cause = serializers.CharField(
        source="fingerprint", help_text="Stays the same as long as the cause lasts, and when it comes back."
    )
    state = serializers.ChoiceField(choices=State.choices)
    severity = serializers.ChoiceField(
        choices=list(Severity),
        help_text="info: somebody may want to decide. warning: something is late or left out. error: something stays "
        "undone until a person acts. critical: nothing is synced at all.",
    )
    title = serializers.CharField()
    message = serializers.CharField(help_text="What is wrong.")
    what_to_do = serializers.CharField()
    rule = serializers.CharField(allow_null=True, help_text="By name; null: it was removed.")
    organization = serializers.CharField(help_text="The source's id; empty: it is about all of them.")
    entity = serializers.CharField(help_text="Empty: it is about none in particular.")
    since = Moment(help_text="When the cause began; null where it is not known.")
    count = serializers.IntegerField(source="records_count", help_text="Of what the message speaks of.")
    value = serializers.FloatField(allow_null=True, help_text="The figure that was judged, if one was.")
    url = serializers.SerializerMethodField(help_text="Where more is told; empty where nothing is.")
    seen_count = serializers.IntegerField(source="count", help_text="How often it was judged to be so.")
    first_seen_at = Moment(allow_null=False)
    last_seen_at = Moment(allow_null=False)
    acknowledged_at = Moment()
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", default=None, allow_null=True)
    note = serializers.CharField(help_text="Of who acknowledged it.")
    snoozed_until = Moment()
    escalated_at = Moment()
    resolved_at = Moment()
    resolved_by = serializers.CharField(
        source="resolved_by.username", default=None, allow_null=True, help_text="null: by itself."
    )
    reopened_count = serializers.IntegerField()

    def get_url(self, alert: Alert) -> str:
        return self.context["request"].build_absolute_uri(alert.url) if alert.url else ""


class Happened(serializers.Serializer):
    """One line of an alert's history."""

    what = serializers.ChoiceField(choices=AlertEvent.What.choices)
    at = Moment(allow_null=False)
    by = serializers.CharField(
        source="by.username", default=None, allow_null=True, help_text="null: by itself."
    )
    severity = serializers.ChoiceField(choices=list(Severity), help_text="With which it was told.")
    note = serializers.CharField()
    until = Moment(help_text="Of a snooze.")


class AlertCan(serializers.Serializer):
    """What is possible now, and allowed to who asks."""

    acknowledge = serializers.BooleanField()
    snooze = serializers.BooleanField()
    resolve = serializers.BooleanField()
    reopen = serializers.BooleanField()


class AlertDetail(AlertRow):
    """With its history."""

    history = serializers.SerializerMethodField()
    can = serializers.SerializerMethodField()

    @extend_schema_field(Happened(many=True))
    def get_history(self, alert: Alert) -> list[dict[str, Any]]:
        newest = list(alert.events.select_related("by").order_by("-pk")[:MOST_EVENTS])
        return list(Happened(reversed(newest), many=True).data)

    @extend_schema_field(AlertCan)
    def get_can(self, alert: Alert) -> dict[str, bool]:
        may = self.context["request"].user.has_perm(HANDLE)
        is_open = alert.state == State.OPEN
        return {
            "acknowledge": may and is_open and alert.acknowledged_at is None,
            "snooze": may and is_open,
            "resolve": may and is_open,
            "reopen": may and not is_open,
        }


class AlertFilters(StrictFilterSet):
    """Without a state only open ones are told: what is wrong now."""

    state = SeveralChoices(
        choices=State.choices, help_text="May come more than once. Without it: open ones only."
    )
    severity = SeveralChoices(choices=SEVERITY_CHOICES, help_text="May come more than once.")
    entity = django_filters.CharFilter(help_text="About this entity.")
    organization = django_filters.CharFilter(help_text="About this company, by the source's id.")
    cause = django_filters.CharFilter("fingerprint", help_text="Of this cause.")
    seen_since = MomentFilter("last_seen_at", lookup_expr="gte", help_text="Last seen then or later.")
    seen_until = MomentFilter("last_seen_at", lookup_expr="lte", help_text="Last seen then or before.")


class AlertPages(KeysetPagination):
    """Beside the page: the worst of all that fit, and when the rules were judged last."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        told = super().get_paginated_response_schema(schema)
        told["properties"] |= {
            "worst": {
                "type": "string",
                "enum": [*Severity, None],
                "nullable": True,
                "example": "error",
                "description": "Of all open ones that fit, on this page or not; null: none is open.",
            },
            "looked_at": {
                "type": "string",
                "format": "date-time",
                "nullable": True,
                "example": "2026-11-20T09:00:02Z",
                "description": "When the rules were judged last; null: never yet.",
            },
            "is_watched": {
                "type": "boolean",
                "example": True,
                "description": "Whether that is at most two minutes ago; else nobody knows what happened since.",
            },
        }
        return told


class Note(Body):
    note = bodies.Text(required=False, allow_blank=True, max_length=LONGEST_NOTE, default="")


class Snooze(Note):
    until = When(help_text="Within the next 31 days.")


@alerts_words.alerts(AlertRow, AlertDetail, Note, Snooze)
class Alerts(Rows):
    serializer_class = AlertRow
    detail_class = AlertDetail
    filterset_class = AlertFilters
    pagination_class = AlertPages
    orderings = {"id": "pk", "last_seen_at": "last_seen_at", "first_seen_at": "first_seen_at"}
    export_name = "alerts"
    permissions = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "acknowledge": (VIEW, HANDLE),
        "snooze": (VIEW, HANDLE),
        "resolve": (VIEW, HANDLE),
        "reopen": (VIEW, HANDLE),
    }

    def get_queryset(self) -> QuerySet:
        rows = Alert.objects.select_related("rule", "acknowledged_by", "resolved_by").order_by()
        if self.action == "list" and "state" not in self.request.query_params:
            rows = rows.filter(state=State.OPEN)
        return rows

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        pages: Any = self.paginator
        last = looked()
        pages.beside = {"worst": worst_of(queryset), "looked_at": last.at, "is_watched": last.is_lately}
        return page

    @once
    def acknowledge(self, request: Request, pk: int) -> Response:
        told = bodies.read(Note, request)
        return self._done(pk, lambda alert: alerts.acknowledge(alert, request.user, told["note"]))

    @once
    def snooze(self, request: Request, pk: int) -> Response:
        told = bodies.read(Snooze, request)
        return self._done(pk, lambda alert: alerts.snooze(alert, told["until"], request.user, told["note"]))

    @once
    def resolve(self, request: Request, pk: int) -> Response:
        told = bodies.read(Note, request)
        return self._done(pk, lambda alert: alerts.resolve(alert, request.user, told["note"]))

    @once
    def reopen(self, request: Request, pk: int) -> Response:
        told = bodies.read(Note, request)
        return self._done(pk, lambda alert: alerts.reopen(alert, request.user, told["note"]))

    def _done(self, pk: int, act: Any) -> Response:
        with refusals():
            act(self.row(pk))
        return self.told(self.row(pk))


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except alerts.AlertStateError as error:
        raise Conflict(str(error), "wrong_state") from error
    except alerts.SenselessTime as error:
        raise ValidationError({"until": [str(error)]}) from error
