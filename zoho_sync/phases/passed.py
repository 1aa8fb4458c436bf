"""Which phases a run has been through, and when: a few facts of each, which commit with its pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone


def noted(phases: list[dict[str, Any]], name: str, asked_at: datetime, records: int) -> list[dict[str, Any]]:
    """A new list in which a page of the phase `name` is counted. asked_at: when the page was asked for."""
    now = timezone.now().isoformat()
    others = [each for each in phases if each["name"] != name]
    found = next((each for each in phases if each["name"] == name), None)
    if found is None:
        began = min(asked_at.isoformat(), now)
        times = {"began_at": began, "first_at": now, "last_at": now}
        return [*others, {"name": name, **times, "pages": 1, "records": records}]
    counted = {"last_at": now, "pages": found["pages"] + 1, "records": found["records"] + records}
    return [found | counted if each is found else each for each in phases]
