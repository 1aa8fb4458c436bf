"""Who may see pictures: whoever may see products, on pages and by token; on pages also who may look them up."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import EVERYBODY, to

LOOK = "401 403 403 200 200 200"


def file(root: str):
    return lambda world: f"{root}{world.productpicture.digest}/list/"


ROUTE = "<digest:digest>/<picture_size:size>/"
ROWS = [
    Row(f"admin/pictures/{ROUTE}", "GET", to(EVERYBODY), path=file("/admin/pictures/")),
    Row(f"admin/pictures/{ROUTE}", "POST", "302 302 405 405 405 405", path=file("/admin/pictures/")),
    Row("api/v1/pictures/", "GET", LOOK),
    Row(f"api/v1/pictures/{ROUTE}", "GET", LOOK, path=file("/api/v1/pictures/")),
]
