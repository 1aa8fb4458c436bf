"""What the schema says of failures."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from .runs_words import HERE, STARTED, RunsStarted
from .wording import alone, asked, listed, words

ROW: dict[str, Any] = {
    "id": "37",
    "url": f"{HERE}/failures/37/",
    "organization": "10234695",
    "entity": "products",
    "record_key": "5100000000084017",
    "external_id": "5100000000084017",
    "reason": "rate: “n/a” is not a number",
    "kind": "value_unreadable",
    "status": "waiting",
    "run": "812",
    "seen_count": 2,
    "first_seen_at": "2026-11-19T09:00:00Z",
    "last_seen_at": "2026-11-20T09:00:00Z",
    "resolved_at": None,
}
DETAIL: dict[str, Any] = ROW | {
    "payload": '{"item_id": "5100000000084017", "rate": "n/a"}',
    "explanation": {
        "kind": "value_unreadable",
        "title": "A value is not what its field holds",
        "what_happened": "Zoho sent something else than the field holds.",
        "meaning": "Nothing was guessed. The record keeps its last good version.",
        "already_tried": "Every run that meets the record tries it again.",
        "what_to_do": "Correct the record in Zoho, then press Retry.",
    },
    "can": {"retry": True, "ignore": True},
}


class FailuresRetried(RunsStarted):
    left_count = serializers.IntegerField(help_text="That fit too, and still wait: ask again for them.")


def failures(row: Any, detail: Any, several: Any) -> Any:
    return words(
        list=listed(
            "failures_list",
            row,
            summary="List failures",
            description="Records that could not be taken, each with its reason. All others of their page are in.",
            row=ROW,
        ),
        retrieve=alone(
            "failures_retrieve",
            detail,
            summary="One failure",
            description="With the record as it came: text that nobody vouches for.",
            row=DETAIL,
        ),
        retry=asked(
            "failures_retry",
            summary="Retry a failure",
            description="The record is read again from the source, now, in a run of its own.",
            answer=RunsStarted,
            example=STARTED,
            status=202,
            conflict="It does not wait, or has no id to ask for.",
        ),
        ignore=asked(
            "failures_ignore",
            summary="Ignore a failure",
            description="It leaves the list of what waits. The next failure of the same record brings it back.",
            answer=detail,
            example=DETAIL | {"status": "ignored", "can": {"retry": False, "ignore": False}},
            conflict="A later run has taken the record.",
        ),
        retry_several=asked(
            "failures_retry_several",
            summary="Retry several failures",
            description=(
                "Those named by `ids`, or all that wait and fit the `filter`, at most 1000 at once. "
                "`left_count` says how many more fit."
            ),
            answer=FailuresRetried,
            example=STARTED | {"left_count": 0},
            status=202,
            body=several,
            bodies=[
                ("Chosen ones", {"ids": ["37", "38"]}),
                ("All of an entity", {"filter": {"entity": "products"}}),
            ],
            conflict="None of them waits, or has an id to ask for.",
            of_one=False,
        ),
    )
