"""What the schema says of runs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from .runs_shape import ACTIONS, RunDetail, RunRow
from .runs_start import StartRun
from .wording import alone, asked, listed, words

HERE = "https://erp.example.com/api/v1"
ROW: dict[str, Any] = {
    "id": "812",
    "url": f"{HERE}/runs/812/",
    "organization": "10234695",
    "entity": "products",
    "mode": "incremental",
    "trigger": "api",
    "status": "running",
    "message": "",
    "is_dry": False,
    "requested_by": "zainab",
    "group": None,
    "created_at": "2026-11-20T09:00:00Z",
    "started_at": "2026-11-20T09:00:01Z",
    "finished_at": None,
    "paused_until": None,
    "progress": {
        "done": 600,
        "total": 2200,
        "percent": 27,
        "rows_per_second": 120.5,
        "seconds_left": 13,
        "seconds": 5,
    },
    "counts": {
        "fetched": 600,
        "created": 3,
        "updated": 17,
        "unchanged": 579,
        "skipped": 0,
        "stale": 0,
        "failed": 1,
        "removed": 0,
    },
    "calls_count": 3,
}
DETAIL: dict[str, Any] = ROW | {
    "options": {
        "entity": "products",
        "mode": "incremental",
        "ids": [],
        "batch_size": 200,
        "dry_run": False,
        "modified_since": None,
    },
    "skip_reasons": [],
    "phase": "changed",
    "phases": [
        {
            "name": "changed",
            "began_at": "2026-11-20T09:00:01Z",
            "records_count": 600,
            "pages_count": 3,
            "first_committed_at": "2026-11-20T09:00:02Z",
            "last_committed_at": "2026-11-20T09:00:06Z",
        }
    ],
    "slices_count": 1,
    "beat_at": "2026-11-20T09:00:06Z",
    "plan": None,
    "decided_by": "",
    "explanation": None,
    "can": {
        "cancel": True,
        "pause": True,
        "resume": False,
        "retry_failures": True,
        "approve": False,
        "reject": False,
        "apply": False,
    },
    "actions": {name.replace("-", "_"): f"{HERE}/runs/812/{name}/" for name in ACTIONS},
    "parts": {
        **{name: f"{HERE}/runs/812/{name}/" for name in ("changes", "failures", "calls")},
        "events": f"{HERE}/events/?run=812",
        "group": None,
    },
}
QUEUED = DETAIL | {"status": "queued", "started_at": None}
STARTED = {"group": None, "runs": [QUEUED]}
WRONG_STATE = "The run is in a state that does not allow it; the answer tells which."


class RunsStarted(serializers.Serializer):
    """The runs that were queued; more than one where everything was asked for, or failures of several entities."""

    group = serializers.UUIDField(allow_null=True, help_text="Of runs that were started together.")
    runs = RunDetail(many=True)


def _decision(name: str, summary: str, description: str, status: int = 200) -> Any:
    return asked(
        f"runs_{name}",
        summary=summary,
        description=description,
        answer=RunDetail,
        example=DETAIL,
        status=status,
        conflict=WRONG_STATE,
    )


runs = words(
    list=listed(
        "runs_list",
        RunRow,
        summary="List runs",
        description="Every run that the filters leave, newest first.",
        row=ROW,
    ),
    retrieve=alone(
        "runs_retrieve",
        RunDetail,
        summary="One run, with its progress",
        description=(
            "Ask again with `If-None-Match` as often as you like. `can` says which of its `actions` are possible now, "
            "and allowed to you; fetched = created + updated + unchanged + skipped + stale + failed."
        ),
        row=DETAIL,
    ),
    create=asked(
        "runs_start",
        summary="Start a run",
        description=(
            "Queues a run of one entity, or one of each with `all`, and answers at once. What has no meaning together "
            "is refused. A run that sees only a part of the rows draws no tombstones."
        ),
        answer=RunsStarted,
        example=STARTED,
        status=202,
        body=StartRun,
        bodies=[
            ("What has changed", {"entity": "products"}),
            ("Everything, anew", {"entity": "all", "mode": "full"}),
            ("Chosen records, now", {"entity": "products", "ids": ["5100000000084017"]}),
            ("Stock that runs low", {"entity": "stock", "low_stock": True, "threshold": 5}),
            ("Only plan", {"entity": "customers", "mode": "full", "dry_run": True}),
        ],
        conflict=(
            "The entity is busy, and `run` names the run that has not ended; or too few of the day's calls are left "
            "(`calls_needed`, `calls_left`, `again_at`), and `anyway` was not said; or no source is connected."
        ),
        of_one=False,
    ),
    cancel=_decision("cancel", "Cancel a run", "It stops between two pages. What is in stays in."),
    pause=_decision("pause", "Pause a run", "It rests until somebody resumes it."),
    resume=_decision("resume", "Resume a run", "It goes on where it stopped; no page is read twice.", 202),
    approve=_decision(
        "approve",
        "Approve a quarantined run",
        "Every missing record is asked for once more by its id; those that are gone get tombstones.",
        202,
    ),
    reject=_decision(
        "reject", "Reject a quarantined run", "No row is removed; what it created and updated stays."
    ),
    apply=asked(
        "runs_apply",
        summary="Apply a dry run's plan",
        description=(
            "Starts a run that writes exactly the rows of the plan (see `changes`) and asks the source nothing. A row "
            "that has changed since it was planned is refused: it is counted as stale, and its `state` and `reason` "
            "tell so. Rows that were applied or refused are never touched again."
        ),
        answer=RunsStarted,
        example={
            "group": None,
            "runs": [
                QUEUED | {"mode": "realtime", "plan": "811", "options": QUEUED["options"] | {"plan": 811}}
            ],
        },
        status=202,
        conflict=(
            "The run is no dry run or has not ended well, its plan is too old (a day, unless set otherwise) or has no "
            "row left, or another run is applying it; `detail` says which."
        ),
    ),
    retry_failures=asked(
        "runs_retry_failures",
        summary="Retry a run's failures",
        description="The records that could not be taken are read again from the source, in runs of their own.",
        answer=RunsStarted,
        example=STARTED,
        status=202,
        conflict="None of them waits, or has an id to ask for.",
    ),
)


def changes(form: Any) -> Any:
    return words(
        list=listed(
            "runs_changes_list",
            form,
            summary="What a run changed, or would change",
            description=(
                "Every field before and after. Of a dry run: its plan, and what has become of each row. Of others: "
                "what they wrote; what a first sync brings in is not told row by row, and of a created row no field is."
            ),
            row={
                "id": "4411",
                "table": "product",
                "external_id": "5100000000084017",
                "label": "Cable 3 m",
                "action": "update",
                "changes": {"unit_price": ["12000", "12500"]},
                "state": "planned",
                "reason": "",
            },
            below=True,
        )
    )


def failures(form: Any, row: dict[str, Any]) -> Any:
    return words(
        list=listed(
            "runs_failures_list",
            form,
            summary="What a run could not take",
            description="Failures that this run was the last to meet.",
            row=row,
            below=True,
        )
    )


def calls(form: Any) -> Any:
    return words(
        list=listed(
            "runs_calls_list",
            form,
            summary="What a run has called",
            description="Calls of the source, by day and endpoint.",
            row={
                "id": "90",
                "day": "2026-11-20",
                "api": "inventory",
                "endpoint": "items",
                "calls_count": 11,
                "failed_count": 0,
                "throttled_count": 0,
                "bytes_count": 913442,
                "seconds": 4.2,
            },
            below=True,
        )
    )
