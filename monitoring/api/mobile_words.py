"""Examples of the mobile screens that bring everything together."""

from __future__ import annotations

from typing import Any

from .alerts_words import ROW

AT = "2026-11-20T09:05:00Z"


def _answer(question: str, text: str, count: int = 0, state: str = "good") -> dict[str, Any]:
    return {"question": question, "state": state, "text": text, "count": count}


_SHOWN = ("id", "cause", "severity", "title", "message", "what_to_do", "count", "url")
_ALERT = {name: ROW[name] for name in _SHOWN} | {
    "since": "2026-11-20T08:40:02Z",
    "severity_text": "error",
    "since_text": "25 minutes ago",
    "is_acknowledged": False,
}
DASHBOARD = {
    "state": "bad",
    "fresh": _answer("Is it fresh?", "Everything was read within the last day."),
    "right": _answer("Is it right?", _ALERT["message"], 0, "bad"),
    "waiting": _answer("Does anything wait for me?", "2 things wait for you.", 2, "bad"),
    "calls": _answer("Can Zoho still be called?", "Yes: 4,211 of 5,000 calls are left today.", 4211),
    "runs": [
        {
            "id": "813",
            "entity": "stock",
            "entity_text": "Stock",
            "status": "running",
            "status_text": "running",
            "percent": 40,
            "age_text": "just now",
        }
    ],
    "alerts_count": 1,
    "worst_alert": _ALERT,
    "at": AT,
}
ALERTS = {
    "worst": "error",
    "count": 1,
    "alerts": [_ALERT],
    "looked_at": "2026-11-20T09:00:02Z",
    "is_watched": True,
}
HEALTH = {
    "status": "ok",
    "status_text": "All is well",
    "probes": [
        {
            "probe": "worker",
            "probe_text": "Worker",
            "status": "ok",
            "status_text": "All is well",
            "message": "",
        }
    ],
    "at": AT,
}
COMBINED = {
    "stock": {
        "total_products": 2200,
        "with_stock": 480,
        "total_stock_quantity": 7105.5,
        "stale_products": 0,
        "last_sync_time": "2026-11-20T09:04:11Z",
    },
    "entities": [
        {
            "entity": "products",
            "entity_text": "Products",
            "live_count": 2200,
            "waiting_failures_count": 1,
        }
    ],
    "runs_today": {"total": 96, "by_status": {"succeeded": 95, "partial": 1}},
    "webhooks_today": {"total": 60, "by_status": {"applied": 58, "ignored": 2}},
    "calls": [{"organization": "10234695", "used": 412, "left": 4088, "limit": 5000}],
    "at": AT,
}
