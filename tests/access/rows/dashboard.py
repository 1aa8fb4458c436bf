"""The home page's figures, as they renew themselves."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import EVERYBODY, to

ROWS = [
    Row("admin/home/", "GET", to(EVERYBODY)),
    Row("admin/home/", "POST", "302 302 405 405 405 405"),
]
