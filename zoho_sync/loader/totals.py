"""The stock lane's first look: do the totals in an item's list row still say what they said?

A stock movement does not touch an item's time of change, so this comparison is how movements are noticed. Items whose
totals differ lose their verification; the lane's next phase reads them again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inventory.models import Product, StockCheck

from ..errors import PayloadError, RecordRejected
from ..processors import stock
from ..processors.base import identify
from ..upsert import upsert
from ..work import Tally, Work

_LISTED = ("listed_on_hand", "listed_available", "listed_physical_available")
_NAMES = ("product_id", "organization_id", "verified_at", "detail_hash", *_LISTED)


def prepare(work: Work, prepared) -> Any:
    """Read ids and totals; a row that cannot be read tells nothing here, the products lane reports it."""
    found: dict[str, tuple[Decimal | None, ...]] = {}
    for raw in prepared.page.rows:
        try:
            payload = stock.read(raw)
            found[identify(payload, "item_id")] = stock.totals_of(payload)
        except (PayloadError, RecordRejected):
            continue
    prepared.totals = found
    return prepared


def store(work: Work, prepared) -> Tally:
    """Keep the new totals, and take the verification from items whose totals moved (or that were never verified)."""
    found = prepared.totals
    products = Product.objects.filter(
        organization=work.organization,
        external_id__among=found,
        removed_at__unsought__isnull=True,
        is_tracked=True,
    )
    columns = (
        "pk",
        "external_id",
        *(f"stock_check__{name}" for name in ("verified_at", "detail_hash", *_LISTED)),
    )
    rows, moved_keys = [], []
    for key, external_id, verified_at, detail_hash, *before in products.order_by("pk").values_list(*columns):
        after = found[external_id]
        if tuple(before) != after:
            is_known = any(each is not None for each in before)
            moved = is_known or verified_at is None
            rows.append(
                (
                    key,
                    work.organization.pk,
                    None if moved else verified_at,
                    "" if moved else detail_hash or "",
                    *after,
                )
            )
            moved_keys += [key] * moved
    if work.run.is_dry:  # nothing is written, so the run itself must remember which to read again
        work.run.cursor["moved"] = sorted({*work.run.cursor.get("moved", ()), *moved_keys})
    else:
        upsert(StockCheck, _NAMES, rows, key=("product_id",))
    return Tally()
