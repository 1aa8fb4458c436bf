"""The truth meter: every role looks, operators compare and refresh."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import EVERYBODY, REPAIRERS, action, both, model, to

TRUTH = "admin/zoho_sync/truthcheck/truth/"

ROWS = [
    *model("zoho_sync", "truthcheck"),
    *both(TRUTH, to(EVERYBODY)),
    *both(f"{TRUTH}check/", to(REPAIRERS), to(REPAIRERS, 302)),
    *both(f"{TRUTH}refresh/", to(REPAIRERS), to(REPAIRERS, 302)),
    *action("zoho_sync", "truthcheck", "refresh_one", REPAIRERS),
    Row("api/v1/truth/", "GET", "401 403 403 200 200 200"),
]
