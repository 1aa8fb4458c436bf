"""The integrity desk: every role looks, operators check now and decide, administrators set what a check looks for."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import CONFIGURERS, EVERYBODY, REPAIRERS, action, both, model, to

FINDING = "admin/inventory/finding/"
DESK = f"{FINDING}desk/"
API = "api/v1/findings/"


def one(rest: str = ""):
    return lambda world: f"/{API}{world.finding.pk}/{rest}"


ROWS = [
    *model("inventory", "finding"),
    *both(DESK, to(EVERYBODY), to(EVERYBODY, 405)),
    *both(f"{DESK}live/", to(EVERYBODY), to(EVERYBODY, 405)),
    *both(f"{DESK}now/", to(REPAIRERS, 405), to(REPAIRERS, 302)),
    *both(
        f"{DESK}<slug:key>/",
        to(EVERYBODY),
        to(CONFIGURERS, 404),  # of no company
        path=f"/{DESK}under_cost/",
    ),
    # What is chosen or said is missing, so it asks again.
    *action("inventory", "finding", "accept_one", REPAIRERS),
    *action("inventory", "finding", "take_up_one", REPAIRERS),
    *action("inventory", "finding", "ignore_one", REPAIRERS, done=200),
    *action("inventory", "finding", "assign_one", REPAIRERS, done=200),
    *both(f"{FINDING}columns/", to(EVERYBODY, 405), to(EVERYBODY, 302)),
    *both(f"{FINDING}views/", to(EVERYBODY, 405), to(EVERYBODY, 302)),
    *both(
        f"{FINDING}views/<int:view_id>/remove/",
        to(EVERYBODY, 405),
        to(EVERYBODY, 404),
        path=f"/{FINDING}views/999999/remove/",
    ),
    *both(
        f"{FINDING}export/<str:form>/",
        to(REPAIRERS, 405),
        to(REPAIRERS),
        path=f"/{FINDING}export/csv/",
    ),
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
        for name in ("accept", "ignore", "assign", "reopen")
    ),
    Row("api/v1/checks/", "GET", "401 403 403 200 200 200"),
    Row("api/v1/checks/run/", "POST", "401 403 403 403 400 400", body={"nonsense": 1}),
]
