"""The door for Zoho's deliveries: nobody's session opens it, only a signature does."""

from __future__ import annotations

from tests.access.matrix import Row
from zoho_sync.urls import DOORS

UNSIGNED, NO_GET = "401 401 401 401 401 401", "405 405 405 405 405 405"
EVERYBODY, SEES_DELIVERIES = "200 200 200 200 200 200", "401 403 403 200 200 200"


def of(root: str) -> list[Row]:
    doors = [root, f"{root}/", f"{root}/<str:door>", f"{root}/<str:door>/"]
    paths = {door: f"/{door.replace('<str:door>', 'products')}" for door in doors}
    return [
        *(Row(door, "GET", NO_GET, path=path) for door, path in paths.items()),
        *(
            Row(door, "POST", UNSIGNED, path=path, body={"item": {"item_id": "1"}})
            for door, path in paths.items()
        ),
        Row(f"{root}/health", "GET", EVERYBODY),
        Row(f"{root}/health", "POST", NO_GET),
        Row(f"{root}/stats", "GET", SEES_DELIVERIES),
        Row(f"{root}/stats", "POST", NO_GET),
    ]


ROWS = [row for root in DOORS for row in of(root)]
