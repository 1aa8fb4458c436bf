"""What the schema says of the truth meter."""

from __future__ import annotations

from typing import Any

from .overview_words import overview

_SHARES = {
    "checked": 480,
    "equal": 476,
    "share": 0.9916666666666667,
    "low": 0.9787714651798853,
    "high": 0.9967546940509583,
    "drifts_count": 1,
    "lag": 3,
    "unreadable": 0,
    "checked_at": "2026-11-20T08:37:04Z",
}
TRUTH = {
    "results": [
        {
            **_SHARES,
            "organization": "10234695",
            "hours": 168,
            "oldest_unverified_at": "2026-11-19T22:10:00Z",
            "unverified_count": 0,
            "entities": [{**_SHARES, "entity": "products", "label": "Products"}],
            "drifts": [
                {
                    "entity": "stock",
                    "record": "5100000000084021",
                    "name": "USB cable 2 m",
                    "checked_at": "2026-11-20T08:37:03Z",
                    "reason": "Differences: 1. Nothing had told that it has changed.",
                    "refresh_run": "812",
                    "differences": [
                        {
                            "table": "stocklevel",
                            "record": "5100000000084021:5100000000000031",
                            "field": "committed",
                            "here": "3",
                            "there": "5",
                        }
                    ],
                }
            ],
        }
    ]
}


def truth(form: Any) -> Any:
    return overview(
        "truth_retrieve",
        form,
        "How much of the mirror is right",
        "Records are drawn at random every hour and compared with the source, field by field. The share of the last "
        "seven days that was equal, with its 95 % interval, and the records that are known to differ. Nothing is asked "
        "for this.",
        TRUTH,
    )
