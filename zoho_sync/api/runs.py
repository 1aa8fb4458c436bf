"""/api/v1/runs/: every run with its progress, starting one, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from .. import services
from ..models import RecordError, SyncRun
from ..options import Trigger
from . import bodies, runs_start, runs_words
from .idempotency import once
from .listing import Rows, without_heavy
from .refusals import refusals, run_url
from .runs_filters import RunFilters
from .runs_shape import APPROVE, RETRY, START, RunDetail, RunRow

VIEW = "zoho_sync.view_syncrun"


@runs_words.runs
class Runs(Rows):
    serializer_class = RunRow
    detail_class = RunDetail
    filterset_class = RunFilters
    export_name = "runs"
    permissions = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "create": (VIEW, START),
        "cancel": (VIEW, START),
        "pause": (VIEW, START),
        "resume": (VIEW, START),
        "retry_failures": (VIEW, RETRY),
        "approve": (VIEW, APPROVE),
        "reject": (VIEW, APPROVE),
        "apply": (VIEW, START),
    }

    def get_queryset(self) -> Any:
        rows = SyncRun.objects.select_related("organization", "requested_by").defer("cursor")
        return without_heavy(rows, self, "options", "skip_reasons", "summary", "phases")

    @once
    def create(self, request: Request) -> Response:
        with refusals(request):
            runs = runs_start.start(request)
        return self._started(runs)

    @once
    def cancel(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, services.cancel_run)

    @once
    def pause(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, services.pause_run)

    @once
    def resume(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, services.resume_run, status=202)

    @once
    def approve(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, services.approve_run, status=202)

    @once
    def reject(self, request: Request, pk: int) -> Response:
        return self._decide(request, pk, services.reject_run)

    @once
    def retry_failures(self, request: Request, pk: int) -> Response:
        bodies.read(bodies.Nothing, request)
        run = self.row(pk)
        with refusals(request, run):
            errors = RecordError.objects.filter(run=run)
            runs = services.retry_errors(errors, trigger=Trigger.RETRY, user=request.user)
        return self._started(runs)

    @once
    def apply(self, request: Request, pk: int) -> Response:
        bodies.read(bodies.Nothing, request)
        run = self.row(pk)
        with refusals(request, run):
            started = services.apply_plan(run, trigger=Trigger.API, user=request.user)
        return self._started([started])

    def _decide(self, request: Request, pk: int, verb: Callable[..., SyncRun], status: int = 200) -> Response:
        bodies.read(bodies.Nothing, request)
        run = self.row(pk)
        with refusals(request, run):
            verb(run, user=request.user)
        return self.told(run, status, **({"Location": run_url(run.pk, request)} if status == 202 else {}))

    def _started(self, runs: list[SyncRun]) -> Response:
        return started(runs, self.request)


def started(runs: list[SyncRun], request: Request) -> Response:
    """202 with the runs; Location is that of the only one, or of the list of those that were started together."""
    rows = SyncRun.objects.select_related("organization", "requested_by").filter(pk__in=[r.pk for r in runs])
    told = RunDetail(rows.order_by("pk"), many=True, context={"request": request}).data
    group = told[0]["parts"]["group"]
    location = told[0]["url"] if len(told) == 1 else group
    headers = {"Location": location} if location else {}
    return Response({"group": told[0]["group"], "runs": told}, status=202, headers=headers)
