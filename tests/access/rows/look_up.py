"""Looking up stock and prices: for every role, and for whoever has that permission alone."""

from __future__ import annotations

from tests.access.pages import EVERYBODY, both, to

ROWS = [
    *both("admin/look-up/", to(EVERYBODY), to(EVERYBODY, 405)),
    *both("admin/look-up/price-list/", to(EVERYBODY, 405), to(EVERYBODY, 302)),
]
