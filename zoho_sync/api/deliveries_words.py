"""What the schema says of webhook deliveries."""

from __future__ import annotations

from typing import Any

from .deliveries_shape import DeliveryDetail, DeliveryRow
from .runs_words import HERE
from .wording import alone, asked, listed, words

ROW: dict[str, Any] = {
    "id": "5120",
    "url": f"{HERE}/deliveries/5120/",
    "event_id": "6f1c1f0e-98f1-4a53-9d7c-fd5c9a0a1f11",
    "organization": "10234695",
    "received_at": "2026-11-20T09:00:00Z",
    "door": "products",
    "subject": "item",
    "entity": "products",
    "record_id": "5100000000084017",
    "event_type": "",
    "source_event_id": "",
    "proof": "zoho",
    "secret_name": "main",
    "is_test": False,
    "is_duplicate": False,
    "status": "applied",
    "reason": "",
    "result": "changed",
    "attempts_count": 1,
    "next_attempt_at": None,
    "run": "812",
    "settled_at": "2026-11-20T09:00:02Z",
    "seconds": 2.1,
    "replayed_at": None,
    "replayed_by": "",
}
DETAIL: dict[str, Any] = ROW | {
    "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "content_type": "application/json",
    "query": "",
    "headers": {"X-Zoho-Webhook-Signature": "***"},
    "item_ids": [],
    "body": {
        "encoding": "text",
        "bytes_count": 39,
        "is_masked": False,
        "content": '{"item":{"item_id":"5100000000084017"}}',
    },
    "explanation": None,
    "can": {"replay": True},
}
MEANING = "They wait again as if they had just come, and their records are read anew from the source."


def deliveries(several: Any, answer: Any) -> Any:
    return words(
        list=listed(
            "deliveries_list",
            DeliveryRow,
            summary="List webhook deliveries",
            description="Every delivery that the filters leave, newest first, without its body.",
            row=ROW,
        ),
        retrieve=alone(
            "deliveries_retrieve",
            DeliveryDetail,
            summary="One webhook delivery",
            description="As it came, secrets masked. What its sender wrote, nobody vouches for.",
            row=DETAIL,
        ),
        replay=asked(
            "deliveries_replay",
            summary="Replay a delivery",
            description=MEANING,
            answer=DeliveryDetail,
            example=DETAIL
            | {"status": "received", "result": "", "attempts_count": 0, "replayed_by": "zainab"},
            status=202,
            conflict="It is being applied at this moment.",
        ),
        replay_several=asked(
            "deliveries_replay_several",
            summary="Replay several deliveries",
            description=(
                f"{MEANING} What is named together has to fit together; at least one thing beside the organisation is "
                "named, and at most 5000 may fit. Those that are being applied at this moment are left alone."
            ),
            answer=answer,
            example={"matched_count": 12, "replayed_count": 12},
            status=202,
            body=several,
            bodies=[
                ("Dead letters", {"state": ["dead"]}),
                ("A window of time", {"since": "2026-11-20T06:00:00Z", "until": "2026-11-20T09:00:00Z"}),
            ],
            of_one=False,
        ),
    )
