"""What the schema says of findings and checks."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema

from inventory.api.wording import IF_NONE_MATCH, JSON, NOT_MODIFIED

from .wording import alone, asked, listed, words

HERE = "https://erp.example.com/api/v1"
ROW: dict[str, Any] = {
    "id": "512",
    "url": f"{HERE}/findings/512/",
    "organization": "10234695",
    "check": "under_cost",
    "title": "Sold under cost",
    "said": "Cable 3 m is sold for 900 IQD in Wholesale IQD; it was bought for 1,000 IQD.",
    "severity": "error",
    "state": "open",
    "subject": "product",
    "subject_id": "17",
    "name": "Cable 3 m",
    "code": "CB-3",
    "facts": {
        "product": 17, "name": "Cable 3 m", "price_list": 3, "list": "Wholesale IQD", "price": "900", "currency": "IQD",
        "cost": "1000", "base": "IQD", "rate": None, "source": "",
    },
    "owner": None,
    "reason": "",
    "until": None,
    "decided_by": None,
    "decided_at": None,
    "first_seen_at": "2026-11-20T02:33:01Z",
    "opened_at": "2026-11-20T02:33:01Z",
    "closed_at": None,
    "reopened_count": 0,
}  # fmt: skip
DETAIL: dict[str, Any] = ROW | {
    "meaning": "A price is less than the purchase price that the product has at the source.",
    "what_to_do": "Correct the price, or the purchase price if that one is out of date.",
    "history": [],
}
AT = "2026-11-20T09:01:00Z"


def _event(what: str, note: str = "") -> dict[str, Any]:
    return {"what": what, "at": AT, "by": "zainab", "note": note}


DECIDED = {"decided_by": "zainab", "decided_at": AT}
ACCEPTED = (
    DETAIL
    | DECIDED
    | {"state": "accepted", "reason": "Clearance.", "history": [_event("accepted", "Clearance.")]}
)
IGNORED = (
    DETAIL | DECIDED | {"state": "ignored", "reason": "A gift.", "history": [_event("ignored", "A gift.")]}
)
ASSIGNED = DETAIL | {"owner": "ali", "history": [_event("assigned", "ali")]}
REOPENED = DETAIL | DECIDED | {"history": [_event("accepted", "Clearance."), _event("reopened")]}


def findings(
    row: Any, detail: Any, note: Any, ignoring: Any, assigning: Any, asking: Any, queued: Any
) -> Any:
    return words(
        list=listed(
            "findings_list",
            row,
            summary="What the integrity desk has found",
            description="Only open ones, unless `state` asks for others; newest first.",
            row=ROW,
        ),
        retrieve=alone(
            "findings_retrieve",
            detail,
            summary="One finding",
            description="With what it means, what to do, and its history, the last 200 lines of it.",
            row=DETAIL,
        ),
        accept=asked(
            "findings_accept",
            summary="Accept a finding",
            description="It is true and known, and not counted as new any more.",
            answer=detail,
            example=ACCEPTED,
            body=note,
            bodies=[("With a note", {"note": "Clearance."})],
            conflict="It is accepted or closed already.",
        ),
        ignore=asked(
            "findings_ignore",
            summary="Ignore a finding",
            description="It is true and of no matter, until then, or until something that matters changes.",
            answer=detail,
            example=IGNORED,
            body=ignoring,
            bodies=[("With its reason", {"reason": "A gift."})],
            conflict="It is ignored or closed already.",
        ),
        assign=asked(
            "findings_assign",
            summary="Assign a finding",
            description="Somebody who may decide about findings looks after it from now on; null: nobody does.",
            answer=detail,
            example=ASSIGNED,
            body=assigning,
            bodies=[("To nobody", {"owner": None})],
            conflict="It is closed, or belongs to the same person already.",
        ),
        reopen=asked(
            "findings_reopen",
            summary="Take up a finding again",
            description="It is open again, as if nobody had decided about it.",
            answer=detail,
            example=REOPENED,
            body=note,
            bodies=[("With a note", {"note": "It is no clearance."})],
            conflict="It is open or closed already.",
        ),
        run_checks=asked(
            "checks_run",
            summary="Run checks now",
            description="As a job; `is_waiting` of a check tells when it has been done. Asked twice, it runs once.",
            answer=queued,
            example={"queued": 1},
            status=202,
            body=asking,
            bodies=[("One check", {"check": "under_cost"})],
            of_one=False,
        ),
    )


_CHECK = {
    "organization": "10234695",
    "check": "under_cost",
    "title": "Sold under cost",
    "meaning": DETAIL["meaning"],
    "what_to_do": DETAIL["what_to_do"],
    "severity": "error",
    "is_on": True,
    "checked_at": "2026-11-20T02:33:01Z",
    "seconds": 0.41,
    "found": 12,
    "is_waiting": False,
    "error": "",
}


def checks(form: Any) -> Any:
    example = OpenApiExample(
        "A check", value={"results": [_CHECK]}, response_only=True, media_type=JSON, status_codes=[200]
    )
    return words(
        get=extend_schema(
            operation_id="checks_list",
            summary="The checks of the integrity desk",
            description="Every check of every company: what it looks for, whether it is on, and how it went last.",
            parameters=[
                OpenApiParameter(
                    "organization", str, description="Only this company; by external id or ours."
                ),
                IF_NONE_MATCH,
            ],
            responses={(200, JSON): form, 304: NOT_MODIFIED},
            examples=[example],
        )
    )
