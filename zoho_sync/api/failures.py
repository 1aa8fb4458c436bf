"""/api/v1/failures/: records that could not be taken, why, and trying them again."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.filters import KeyFilter, MomentFilter, ReferenceFilter, SeveralChoices, StrictFilterSet
from inventory.api.search import ColumnsSearchFilter
from inventory.models import Organization

from .. import services
from ..explanations import EXPLANATIONS, OTHER, explain, of_kind
from ..models import RecordError
from ..options import Trigger
from . import bodies, failures_words
from .bodies import Body, EntityName, ListOfIds, When
from .explained import Explained, explanation_of
from .idempotency import once
from .listing import Rows, refuse_missing, several_entities
from .refusals import Conflict, refusals
from .representations import Address, Id, Moment, Told
from .runs import started

Status = RecordError.Status
VIEW, RETRY = "zoho_sync.view_recorderror", "zoho_sync.retry_recorderror"
MOST = 1000  # tried again by one question


class FailureRow(Told):
    """One record that could not be taken."""

    id = Id(source="pk")
    url = Address("api-failures-one")
    organization = serializers.CharField(
        source="organization.external_id", help_text="The source's id of it."
    )
    entity = serializers.CharField()
    record_key = serializers.CharField(
        help_text="The external id, or a hash of the record where it has none."
    )
    external_id = serializers.CharField(
        help_text="Empty where the record has none; then it cannot be retried."
    )
    reason = serializers.CharField(help_text="In the reader's language.")
    kind = serializers.SerializerMethodField(help_text="The class of failure; its `explanation` tells more.")
    status = serializers.ChoiceField(choices=Status.choices)
    run = Id(source="run_id", allow_null=True, help_text="The run that met it last.")
    seen_count = serializers.IntegerField(help_text="How often it could not be taken.")
    first_seen_at = Moment(allow_null=False)
    last_seen_at = Moment(allow_null=False)
    resolved_at = Moment()

    @extend_schema_field(serializers.ChoiceField(choices=list(EXPLANATIONS)))
    def get_kind(self, error: RecordError) -> str:
        return (explain(error.reason) or OTHER).kind


class FailureCan(serializers.Serializer):
    """What is possible now, and allowed to who asks."""

    retry = serializers.BooleanField()
    ignore = serializers.BooleanField()


class FailureDetail(FailureRow):
    """With the record itself, as it came."""

    payload = serializers.CharField(
        help_text="The raw record as text, cut at 64 KiB. Nobody vouches for what stands in it."
    )
    explanation = serializers.SerializerMethodField()
    can = serializers.SerializerMethodField()

    @extend_schema_field(Explained)
    def get_explanation(self, error: RecordError) -> dict[str, str]:
        return explanation_of(error.reason)

    @extend_schema_field(FailureCan)
    def get_can(self, error: RecordError) -> dict[str, bool]:
        may = self.context["request"].user.has_perm(RETRY)
        return {
            "retry": may and error.status == Status.WAITING and bool(error.external_id),
            "ignore": may and error.status in (Status.WAITING, Status.RETRYING),
        }


class FailureFilters(StrictFilterSet):
    organization = ReferenceFilter(
        "organization", model=Organization, help_text="A company, by external id or ours."
    )
    entity = SeveralChoices(choices=several_entities(), help_text="May come more than once.")
    status = SeveralChoices(choices=Status.choices, help_text="May come more than once.")
    kind = django_filters.ChoiceFilter(
        choices=[(kind, kind) for kind in EXPLANATIONS], method="of_a_kind", help_text="The class of failure."
    )
    run = KeyFilter("run", help_text="The run that met it last.")
    external_id = django_filters.CharFilter(help_text="The source's id.")
    q = ColumnsSearchFilter(
        ("external_id", "record_key", "reason"),
        help_text="Every word stands in the id or the English reason.",
    )
    seen_since = MomentFilter("last_seen_at", lookup_expr="gte", help_text="Last seen then or later.")
    seen_until = MomentFilter("last_seen_at", lookup_expr="lte", help_text="Last seen then or before.")

    def of_a_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(of_kind(value))


def failures_for_lists() -> QuerySet:
    return RecordError.objects.select_related("organization").defer("payload").order_by()


class FailureSelector(Body):
    """Waiting failures that fit everything that is named."""

    entity = EntityName(required=False)
    run = bodies.Key(required=False, help_text="The run that met them last.")
    external_ids = ListOfIds(required=False)
    seen_since = When(required=False)
    seen_until = When(required=False)


class RetrySeveral(Body):
    """Either `ids` or `filter`."""

    never_empty = True

    ids = bodies.Keys(required=False, max_length=MOST)
    filter = FailureSelector(required=False)

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in told) == ("filter" in told):
            raise ValidationError({"ids": [_("Name what is to be retried: either ids or a filter.")]})
        if "filter" in told and not told["filter"]:
            raise ValidationError({"filter": [_("It is empty; name at least one thing.")]})
        return told


@failures_words.failures(FailureRow, FailureDetail, RetrySeveral)
class Failures(Rows):
    serializer_class = FailureRow
    detail_class = FailureDetail
    filterset_class = FailureFilters
    orderings = {"id": "pk", "last_seen_at": "last_seen_at", "first_seen_at": "first_seen_at"}
    export_name = "failures"
    permissions = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "retry": (VIEW, RETRY),
        "ignore": (VIEW, RETRY),
        "retry_several": (VIEW, RETRY),
    }

    def get_queryset(self) -> QuerySet:
        rows = failures_for_lists()
        return rows if self.action == "list" else rows.defer(None).select_related("organization")

    @once
    def retry(self, request: Request, pk: int) -> Response:
        bodies.read(bodies.Nothing, request)
        return _retry(request, RecordError.objects.filter(pk=self.row(pk).pk))

    @once
    def ignore(self, request: Request, pk: int) -> Response:
        bodies.read(bodies.Nothing, request)
        error = self.row(pk)
        if not services.ignore_errors(RecordError.objects.filter(pk=pk), user=request.user):
            raise Conflict(_("A later run has taken this record; there is nothing to ignore."), "wrong_state")
        error.refresh_from_db()
        return self.told(error)

    @once
    def retry_several(self, request: Request) -> Response:
        wanted = bodies.read(RetrySeveral, request)
        rows = chosen(wanted)
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
        answer = _retry(request, RecordError.objects.filter(pk__in=keys))
        answer.data["left_count"] = rows.filter(status=Status.WAITING).exclude(external_id="").count()
        return answer


def chosen(wanted: dict[str, Any]) -> QuerySet:
    """The failures meant that can be retried. Raises ValidationError for ids that there are not."""
    rows = RecordError.objects.filter(status=Status.WAITING).exclude(external_id="")
    if "ids" in wanted:
        refuse_missing(RecordError, wanted["ids"])
        return rows.filter(pk__in=wanted["ids"])
    lookups = {
        "entity": "entity",
        "run": "run",
        "external_ids": "external_id__in",
        "seen_since": "last_seen_at__gte",
        "seen_until": "last_seen_at__lte",
    }
    return rows.filter(**{lookups[name]: value for name, value in wanted["filter"].items()})


def _retry(request: Request, errors: QuerySet) -> Response:
    with refusals(request):
        runs = services.retry_errors(errors, trigger=Trigger.RETRY, user=request.user)
    return started(runs, request)
