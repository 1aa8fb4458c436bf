"""The catalogue's pages: every role looks, operators change what is staff's own and start syncs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.access.matrix import Row
from tests.access.pages import EVERYBODY, REPAIRERS, action, both, model, to

MIRRORED = ("product", "stocklevel", "customer", "pricelist", "pricelistitem", "warehouse", "productpicture")
WITH_OWN_FIELDS = ("product", "customer", "pricelist", "warehouse")


def mirrored(kind: str, *, is_ours: bool) -> Iterator[Row]:
    """The pages of a mirrored table. is_ours: staff may write something on its rows."""
    yield from model("inventory", kind, changes=REPAIRERS if is_ours else (), changed=302)
    yield from action("inventory", kind, "refresh_one", REPAIRERS)
    if kind != "productpicture":  # which has no fields to compare
        # Nobody answers, so it leads back and says so.
        yield from action("inventory", kind, "compare", REPAIRERS)
    # Leads on to the page that asks, with GET and POST alike; nothing is started here.
    yield from both(f"admin/inventory/{kind}/sync_full/", to(REPAIRERS, 302))
    yield from both(f"admin/inventory/{kind}/sync_incremental/", to(REPAIRERS, 302))
    # A GET changes nothing, and takes nothing out.
    yield from both(f"admin/inventory/{kind}/columns/", to(EVERYBODY, 405), to(EVERYBODY, 302))
    yield from both(f"admin/inventory/{kind}/views/", to(EVERYBODY, 405), to(EVERYBODY, 302))
    yield from both(
        f"admin/inventory/{kind}/views/<int:view_id>/remove/",
        to(EVERYBODY, 405),
        to(EVERYBODY, 404),  # somebody else's own view is not there for anybody else
        path=f"/admin/inventory/{kind}/views/999999/remove/",
    )
    yield from both(
        f"admin/inventory/{kind}/export/<str:form>/",
        to(REPAIRERS, 405),
        to(REPAIRERS),
        path=f"/admin/inventory/{kind}/export/csv/",
    )


ROWS = [
    *(row for kind in ("organization", "pricechange", "stockchange") for row in model("inventory", kind)),
    *(row for kind in MIRRORED for row in mirrored(kind, is_ours=kind in WITH_OWN_FIELDS)),
]
