"""/api/bff/tds/runs and runs/{id}: the last runs, and one of them, each in one small answer with texts to be shown."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from inventory.api.ages import age_text
from inventory.api.filters import refuse_strange_parameters
from inventory.api.screens import LIMIT, OlderView, read_limit, screen

from .. import status
from ..models import RecordError, SyncRun
from ..options import SyncMode, Trigger
from ..processors import registry
from . import mobile_words
from .bulk_sync import VIEW
from .mobile import one_of
from .representations import Address, Id, Moment, RunCounts, counts_of
from .runs_shape import ACTIONS, possible

REASONS_SHOWN = 10
Status = SyncRun.Status
_ACTION_TEXTS = {
    "cancel": gettext_lazy("Cancel"),
    "pause": gettext_lazy("Pause"),
    "resume": gettext_lazy("Resume"),
    "retry-failures": gettext_lazy("Retry failures"),
    "approve": gettext_lazy("Approve"),
    "reject": gettext_lazy("Reject"),
    "apply": gettext_lazy("Apply exactly this"),
}


class MobileRun(serializers.Serializer):
    """A run as a row of a screen. `…_text` is in the reader's language, ready to be shown."""

    id = Id(source="pk")
    entity = serializers.CharField()
    entity_text = serializers.SerializerMethodField()
    mode = serializers.ChoiceField(choices=SyncMode.choices)
    mode_text = serializers.CharField(source="get_mode_display")
    trigger = serializers.ChoiceField(choices=Trigger.choices)
    trigger_text = serializers.CharField(source="get_trigger_display", help_text="What started it.")
    status = serializers.ChoiceField(choices=Status.choices)
    status_text = serializers.CharField(source="get_status_display")
    message = serializers.CharField(help_text="Why it ended or waits so.")
    is_over = serializers.BooleanField(source="is_ended")
    percent = serializers.SerializerMethodField()
    processed_count = serializers.IntegerField(source="fetched_count")
    failed_count = serializers.IntegerField()
    created_at = Moment(allow_null=False)
    finished_at = Moment()
    age_text = serializers.SerializerMethodField()
    url = Address("api-runs-one")

    def get_entity_text(self, run: SyncRun) -> str:
        return status.label_of(run.entity)

    @extend_schema_field(serializers.IntegerField(allow_null=True, min_value=0, max_value=100))
    def get_percent(self, run: SyncRun) -> int | None:
        return status.run_progress(run).percent

    def get_age_text(self, run: SyncRun) -> str:
        return age_text(run.finished_at or run.created_at) or ""


class Reason(serializers.Serializer):
    record = serializers.CharField(help_text="The source's id of it.")
    reason = serializers.CharField()


class Action(serializers.Serializer):
    """What the reader may do with it now, by a POST without a body."""

    name = serializers.ChoiceField(choices=list(ACTIONS))
    text = serializers.CharField()
    url = serializers.URLField()


class MobileRunDetail(MobileRun):
    counts = serializers.SerializerMethodField()
    calls_count = serializers.IntegerField(help_text="Calls of Zoho used so far.")
    seconds = serializers.SerializerMethodField()
    seconds_left = serializers.SerializerMethodField()
    failures = serializers.SerializerMethodField(help_text=f"The last {REASONS_SHOWN} that still wait.")
    actions = serializers.SerializerMethodField()

    @extend_schema_field(RunCounts)
    def get_counts(self, run: SyncRun) -> dict[str, int]:
        return counts_of(run)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_seconds(self, run: SyncRun) -> int | None:
        return status.run_progress(run).seconds

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_seconds_left(self, run: SyncRun) -> int | None:
        return status.run_progress(run).seconds_left

    @extend_schema_field(Reason(many=True))
    def get_failures(self, run: SyncRun) -> list[dict[str, str]]:
        waiting = run.record_errors.filter(status=RecordError.Status.WAITING).only("record_key", "reason")
        rows = waiting.order_by("-last_seen_at", "-pk")[:REASONS_SHOWN]
        return [{"record": row.record_key, "reason": str(row.reason)} for row in rows]

    @extend_schema_field(Action(many=True))
    def get_actions(self, run: SyncRun) -> list[dict[str, str]]:
        request = self.context["request"]
        return [
            {
                "name": name,
                "text": str(_ACTION_TEXTS[name]),
                "url": reverse(f"api-runs-{name}", args=[run.pk], request=request),
            }
            for name, can in possible(run, request.user).items()
            if can
        ]


class MobileRuns(serializers.Serializer):
    runs = MobileRun(many=True)


def runs() -> QuerySet:
    return SyncRun.objects.defer("cursor", "options", "skip_reasons")


@screen(
    "mobile_runs",
    MobileRuns,
    summary="The last runs",
    example={"runs": [mobile_words.RUN]},
    parameters=(LIMIT, *mobile_words.FILTERS),
)
class MobileRunsView(OlderView):
    permissions = {"get": (VIEW,)}

    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {"limit", "entity", "status"})
        rows, limit = runs().order_by("-pk"), read_limit(request)
        if entity := one_of(request, "entity", registry.names()):
            rows = rows.filter(entity=entity)
        if state := one_of(request, "status", Status.values):
            rows = rows.filter(status=state)
        told = MobileRun(rows[:limit], many=True, context={"request": request}).data
        return Response({"runs": told})


@screen(
    "mobile_run",
    MobileRunDetail,
    summary="One run",
    example=mobile_words.ONE_RUN,
    parameters=(mobile_words.RUN_ID,),
)
class MobileRunView(OlderView):
    permissions = {"get": (VIEW,)}

    def get(self, request: Request, pk: int) -> Response:
        refuse_strange_parameters(request, ())
        run = runs().filter(pk=pk).first()
        if run is None:
            raise NotFound
        return Response(MobileRunDetail(run, context={"request": request}).data)
