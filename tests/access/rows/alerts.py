"""Alerts and their rules: every role looks, operators handle alerts, administrators configure rules."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import CONFIGURERS, EVERYBODY, REPAIRERS, action, at, both, model, to

API = "api/v1/alerts/"
TRY = "admin/monitoring/alertrule/<path:object_id>/try_one/"


def one(rest: str = ""):
    return lambda world: f"/{API}{world.alert.pk}/{rest}"


ROWS = [
    *model("monitoring", "alert"),
    *(
        row
        for name in ("acknowledge_one", "resolve_one", "reopen_one")
        for row in action("monitoring", "alert", name, REPAIRERS)
    ),
    *action("monitoring", "alert", "snooze_one", REPAIRERS, done=200),  # it asks until when
    *model(
        "monitoring",
        "alertrule",
        adds=CONFIGURERS,
        changes=CONFIGURERS,
        deletes=CONFIGURERS,
    ),
    *both(TRY, to(EVERYBODY), path=at(TRY, "alertrule")),
    Row(API, "GET", "401 403 403 200 200 200"),
    Row(f"{API}<int:pk>/", "GET", "401 403 403 200 200 200", path=one()),
    *(
        Row(
            f"{API}<int:pk>/{name}/",
            "POST",
            "401 403 403 403 400 400",
            path=one(f"{name}/"),
            body={"nonsense": 1},
        )
        for name in ("acknowledge", "snooze", "resolve", "reopen")
    ),
]
