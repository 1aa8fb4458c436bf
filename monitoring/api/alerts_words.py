"""What the schema says of alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import lazy

from zoho_sync.api.wording import alone, asked, listed, words

HERE = "https://erp.example.com/api/v1"
ROW: dict[str, Any] = {
    "id": "41",
    "alert_url": f"{HERE}/alerts/41/",
    "cause": "dead-letters",
    "state": "open",
    "severity": "error",
    "title": "Dead letters",
    "message": "2 webhook deliveries could not be applied and are tried no more.",
    "what_to_do": "See why, mend it, then replay them.",
    "rule": "A webhook could not be applied (dead letter)",
    "organization": "",
    "entity": "",
    "since": None,
    "count": 2,
    "value": None,
    "url": f"{HERE}/deliveries/?status=dead",
    "seen_count": 118,
    "first_seen_at": "2026-11-20T08:40:02Z",
    "last_seen_at": "2026-11-20T09:00:02Z",
    "acknowledged_at": None,
    "acknowledged_by": None,
    "note": "",
    "snoozed_until": None,
    "escalated_at": None,
    "resolved_at": None,
    "resolved_by": None,
    "reopened_count": 0,
}


def _event(what: str, at: str, **more: Any) -> dict[str, Any]:
    return {"what": what, "at": at, "by": None, "severity": "error", "note": "", "until": None} | more


DETAIL: dict[str, Any] = ROW | {
    "history": [_event("opened", "2026-11-20T08:40:02Z")],
    "can": {"acknowledge": True, "snooze": True, "resolve": True, "reopen": False},
}
TAKEN = _event("acknowledged", "2026-11-20T09:01:00Z", by="zainab", note="The tax id is missing in Zoho.")
ACKNOWLEDGED = DETAIL | {
    "acknowledged_at": "2026-11-20T09:01:00Z",
    "acknowledged_by": "zainab",
    "note": "The tax id is missing in Zoho.",
    "history": [*DETAIL["history"], TAKEN],
    "can": DETAIL["can"] | {"acknowledge": False},
}
SNOOZED = DETAIL | {
    "snoozed_until": "2026-11-21T05:00:00Z",
    "history": [
        *DETAIL["history"],
        _event("snoozed", "2026-11-20T09:01:00Z", by="zainab", until="2026-11-21T05:00:00Z"),
    ],
}
RESOLVED = DETAIL | {
    "state": "resolved",
    "resolved_at": "2026-11-20T09:01:00Z",
    "resolved_by": "zainab",
    "history": [*DETAIL["history"], _event("resolved", "2026-11-20T09:01:00Z", by="zainab")],
    "can": {"acknowledge": False, "snooze": False, "resolve": False, "reopen": True},
}
REOPENED = DETAIL | {
    "reopened_count": 1,
    "history": [*RESOLVED["history"], _event("reopened", "2026-11-20T09:05:00Z", by="zainab")],
}


def _tomorrow() -> str:
    day = timezone.now() + timedelta(days=1)
    return day.strftime("%Y-%m-%dT05:00:00Z")


UNTIL_TOMORROW: Any = lazy(_tomorrow, str)()  # an example that is copied must be taken on the day it is read
A_NOTE = ("With a note", {"note": "The tax id is missing in Zoho."})


def alerts(row: Any, detail: Any, note: Any, snooze: Any) -> Any:
    return words(
        list=listed(
            "alerts_list",
            row,
            summary="What is wrong",
            description=(
                "One alert for each cause, however often it is seen; only open ones, unless `state` asks for others. "
                "The rules are judged every few seconds, and nothing is asked of the source for it."
            ),
            row=ROW,
        ),
        retrieve=alone(
            "alerts_retrieve",
            detail,
            summary="One alert",
            description="With what happened to it, the last 200 lines of it.",
            row=DETAIL,
        ),
        acknowledge=asked(
            "alerts_acknowledge",
            summary="Acknowledge an alert",
            description="Somebody has it in hand: it is not told again more urgently.",
            answer=detail,
            example=ACKNOWLEDGED,
            body=note,
            bodies=[A_NOTE],
            conflict="It is acknowledged or resolved already.",
        ),
        snooze=asked(
            "alerts_snooze",
            summary="Snooze an alert",
            description="Nobody is told anything of it until then; if it is still bad at that time, they are.",
            answer=detail,
            example=SNOOZED,
            body=snooze,
            bodies=[("Until tomorrow", {"until": UNTIL_TOMORROW})],
            conflict="It is resolved already.",
        ),
        resolve=asked(
            "alerts_resolve",
            summary="Resolve an alert",
            description=(
                "By hand. If its cause is still there, it is opened again after as many minutes as its rule wants a "
                "cause to be good."
            ),
            answer=detail,
            example=RESOLVED,
            body=note,
            bodies=[A_NOTE],
            conflict="It is resolved already.",
        ),
        reopen=asked(
            "alerts_reopen",
            summary="Reopen an alert",
            description="It was not over after all. If its cause is gone, it is resolved again by itself.",
            answer=detail,
            example=REOPENED,
            body=note,
            bodies=[A_NOTE],
            conflict="It is open already, or a newer alert of the same cause is.",
        ),
    )
