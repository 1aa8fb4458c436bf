"""Who may look at the older doors' figures and the mobile screens, and who may start runs there."""

from __future__ import annotations

from tests.access.matrix import Row
from zoho_sync.api.bulk_sync import NEWER

BULK, MOBILE = "api/zoho/bulk-sync", "api/bff/tds"
LOOK, START = "401 403 403 200 200 200", "401 403 403 403 202 202"
STARTS = (
    *(f"{BULK}/{name}" for name in ("products", "customers", "pricelists", "stock", "items-with-stock")),
    *(f"{BULK}/{name}" for name in NEWER),
    f"{BULK}/sync-all",
    f"{MOBILE}/sync/stock",
)
LOOKS = (
    f"{BULK}/status",
    *(f"{MOBILE}/{name}" for name in ("sync/stock/stats", "runs", "entities", "dead-letter")),
    *(f"{MOBILE}/{name}" for name in ("dashboard", "alerts", "health", "stats/combined")),
)


def one_run(slash: str):
    return lambda world: f"/{MOBILE}/runs/{world.syncrun.pk}{slash}"


ROWS = [
    *(Row(f"{address}{slash}", "POST", START) for address in STARTS for slash in ("", "/")),
    *(Row(f"{address}{slash}", "GET", LOOK) for address in LOOKS for slash in ("", "/")),
    *(Row(f"{MOBILE}/runs/<int:pk>{slash}", "GET", LOOK, path=one_run(slash)) for slash in ("", "/")),
    *(
        Row(f"{MOBILE}/sync/stock/specific{slash}", "POST", START, body={"item_ids": ["1"]})
        for slash in ("", "/")
    ),
]
