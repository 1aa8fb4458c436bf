"""What is told of a run: a row of the list, and all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from .. import services
from ..explanations.rows import of_run
from ..models import RecordError, SyncRun
from ..options import SyncMode, Trigger
from .explained import Explained, in_parts
from .representations import Address, Id, Moment, RunCounts, RunProgress, Told, counts_of, progress_of

Status = SyncRun.Status
START, APPROVE, RETRY = "zoho_sync.start_syncrun", "zoho_sync.approve_syncrun", "zoho_sync.retry_recorderror"
# What can be done with a run, by the last word of its address: in which states, and with which permission.
ACTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "cancel": ((Status.QUEUED, Status.RUNNING, Status.PAUSED), START),
    "pause": ((Status.QUEUED, Status.RUNNING), START),
    "resume": ((Status.PAUSED, Status.FAILED, Status.CANCELLED), START),
    "retry-failures": (tuple(Status), RETRY),  # as long as one that has an id waits
    "approve": ((Status.QUARANTINED,), APPROVE),
    "reject": ((Status.QUARANTINED,), APPROVE),
    "apply": (
        (Status.SUCCEEDED, Status.PARTIAL),
        START,
    ),  # a dry run, while its plan is fresh and has rows left
}


def possible(run: SyncRun, user: Any) -> dict[str, bool]:
    """Of each action, whether this user can take it now."""
    can = {
        name: run.status in states and user.has_perm(permission)
        for name, (states, permission) in ACTIONS.items()
    }
    can["retry-failures"] = can["retry-failures"] and retryable(run).exists()
    can["apply"] = can["apply"] and run.is_dry and services.plan_of(run).can_be_applied
    return can


class RunRow(Told):
    """One run of one entity, without what only its page needs."""

    id = Id(source="pk")
    url = Address("api-runs-one")
    organization = serializers.CharField(
        source="organization.external_id", help_text="The source's id of it."
    )
    entity = serializers.CharField()
    mode = serializers.ChoiceField(choices=SyncMode.choices)
    trigger = serializers.ChoiceField(choices=Trigger.choices, help_text="What started it.")
    status = serializers.ChoiceField(choices=Status.choices)
    message = serializers.CharField(help_text="Why it ended or waits so, in the reader's language.")
    is_dry = serializers.BooleanField(help_text="Only plans; see its `changes`.")
    requested_by = serializers.CharField(
        source="requested_by.username", default=None, allow_null=True, help_text="User name of who asked."
    )
    group = serializers.UUIDField(allow_null=True, help_text="Runs that were started together.")
    created_at = Moment(allow_null=False)
    started_at = Moment()
    finished_at = Moment()
    paused_until = Moment(help_text="It goes on by itself then; null: when somebody resumes it.")
    progress = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    calls_count = serializers.IntegerField(help_text="Calls of Zoho used so far.")

    @extend_schema_field(RunProgress)
    def get_progress(self, run: SyncRun) -> dict[str, Any]:
        return progress_of(run)

    @extend_schema_field(RunCounts)
    def get_counts(self, run: SyncRun) -> dict[str, int]:
        return counts_of(run)


class SkipReason(serializers.Serializer):
    reason = serializers.CharField()
    count = serializers.IntegerField()


class PhaseDone(serializers.Serializer):
    """What a phase has committed."""

    name = serializers.CharField()
    began_at = Moment(help_text="When its first page was asked for.")
    records_count = serializers.IntegerField()
    pages_count = serializers.IntegerField()
    first_committed_at = Moment()
    last_committed_at = Moment()


class RunActions(serializers.Serializer):
    cancel = serializers.URLField()
    pause = serializers.URLField()
    resume = serializers.URLField()
    retry_failures = serializers.URLField()
    approve = serializers.URLField()
    reject = serializers.URLField()
    apply = serializers.URLField()


class RunCan(serializers.Serializer):
    """Which actions are possible now, and allowed to who asks."""

    cancel = serializers.BooleanField()
    pause = serializers.BooleanField()
    resume = serializers.BooleanField()
    retry_failures = serializers.BooleanField()
    approve = serializers.BooleanField()
    reject = serializers.BooleanField()
    apply = serializers.BooleanField()


class RunParts(serializers.Serializer):
    changes = serializers.URLField(help_text="What it changed; of a dry run its plan.")
    failures = serializers.URLField()
    calls = serializers.URLField()
    events = serializers.URLField()
    group = serializers.URLField(allow_null=True, help_text="The runs that were started together.")


class RunDetail(RunRow):
    """One run, with everything that explains it."""

    options = serializers.SerializerMethodField()
    skip_reasons = serializers.SerializerMethodField()
    phase = serializers.CharField(help_text="Where it is; empty before it began.")
    phases = serializers.SerializerMethodField()
    slices_count = serializers.IntegerField(help_text="Jobs that have worked on it.")
    beat_at = Moment(help_text="The last sign of life.")
    plan = Id(source="plan_id", allow_null=True, help_text="The dry run whose plan it applies.")
    decided_by = serializers.CharField(help_text="Who approved or rejected its removals.")
    explanation = serializers.SerializerMethodField(
        help_text="Of a run that failed, rests, was ended, or came through in part; else null."
    )
    can = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField)
    def get_options(self, run: SyncRun) -> dict[str, Any]:
        """By the names that starting a run takes."""
        told = {name: value for name, value in run.options.items() if name != "since"}
        return told | {"modified_since": run.options.get("since")}

    @extend_schema_field(SkipReason(many=True))
    def get_skip_reasons(self, run: SyncRun) -> list[dict[str, Any]]:
        return [{"reason": _(reason), "count": count} for reason, count in run.skip_reasons.items()]

    @extend_schema_field(PhaseDone(many=True))
    def get_phases(self, run: SyncRun) -> list[Any]:
        rows = [
            {
                "name": each["name"],
                "began_at": datetime.fromisoformat(each["began_at"]),
                "records_count": each["records"],
                "pages_count": each["pages"],
                "first_committed_at": datetime.fromisoformat(each["first_at"]),
                "last_committed_at": datetime.fromisoformat(each["last_at"]),
            }
            for each in run.phases
        ]
        return list(PhaseDone(rows, many=True).data)

    @extend_schema_field(Explained(allow_null=True))
    def get_explanation(self, run: SyncRun) -> dict[str, str] | None:
        found = of_run(run)
        return in_parts(found) if found else None

    @extend_schema_field(RunCan)
    def get_can(self, run: SyncRun) -> dict[str, bool]:
        can = possible(run, self.context["request"].user)
        return {name.replace("-", "_"): value for name, value in can.items()}

    @extend_schema_field(RunActions)
    def get_actions(self, run: SyncRun) -> dict[str, str]:
        return {name.replace("-", "_"): self._address(f"api-runs-{name}", run) for name in ACTIONS}

    @extend_schema_field(RunParts)
    def get_parts(self, run: SyncRun) -> dict[str, str | None]:
        request = self.context["request"]
        runs, events = (reverse(name, request=request) for name in ("api-runs", "api-events"))
        return {
            "changes": self._address("api-runs-changes", run),
            "failures": self._address("api-runs-failures", run),
            "calls": self._address("api-runs-calls", run),
            "events": f"{events}?run={run.pk}",
            "group": f"{runs}?group={run.group}" if run.group else None,
        }

    def _address(self, name: str, run: SyncRun) -> str:
        return reverse(name, args=[run.pk], request=self.context["request"])


def retryable(run: SyncRun) -> Any:
    """The failures of a run that can be asked for again."""
    return services.retryable(RecordError.objects.filter(run=run))
