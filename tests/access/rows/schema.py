"""The schema and its pages: for whoever may come in."""

from __future__ import annotations

from tests.access.matrix import Row

NOTHING = "404 404 404 404 404 404"

ROWS = [
    *(Row(f"api/{name}/", "GET", "401 403 200 200 200 200") for name in ("schema", "docs", "redoc")),
    *(Row("^api(?:/.*)?$", method, NOTHING, path="/api/v1/nothing/") for method in ("GET", "POST")),
]
