"""Pages of documents, vendors and what they refer to: as those of the catalogue."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import EVERYBODY, at, to
from tests.access.rows.admin_catalogue import mirrored

DOCUMENTS = (
    "salesorder", "invoice", "customerpayment", "creditnote", "package", "salesreturn", "purchaseorder", "bill",
    "vendorcredit", "adjustment", "transferorder",
)  # fmt: skip
WITH_NOTES = (*DOCUMENTS, "vendor", "productgroup")
PLAIN = ("sourceuser", "currency", "tax", "composite")

WHY = "admin/inventory/product/<path:object_id>/why/"

ROWS = [
    *(row for kind in (*WITH_NOTES, *PLAIN) for row in mirrored(kind, is_ours=kind in WITH_NOTES)),
    Row(WHY, "GET", to(EVERYBODY), path=at(WHY, "product")),
    Row(WHY, "POST", to((), 405).replace("403 403 403 403", "405 405 405 405"), path=at(WHY, "product")),
]
