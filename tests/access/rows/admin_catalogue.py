"""The catalogue's pages: every role looks, operators change what is staff's own and start syncs."""

from __future__ import annotations

from tests.access.pages import REPAIRERS, action, both, model, to

MIRRORED = ("product", "stocklevel", "customer", "pricelist", "pricelistitem", "warehouse")
WITH_OWN_FIELDS = ("product", "customer", "pricelist", "warehouse")

ROWS = [
    *(row for kind in ("organization", "pricechange", "stockchange") for row in model("inventory", kind)),
    *(
        row
        for kind in MIRRORED
        for row in (
            *model("inventory", kind, changes=REPAIRERS if kind in WITH_OWN_FIELDS else (), changed=302),
            *action("inventory", kind, "refresh_one", REPAIRERS),
            # Leads on to the page that asks, with GET and POST alike; nothing is started here.
            *both(f"admin/inventory/{kind}/sync_full/", to(REPAIRERS, 302)),
            *both(f"admin/inventory/{kind}/sync_incremental/", to(REPAIRERS, 302)),
        )
    ),
]
