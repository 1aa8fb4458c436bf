"""What else is different once a document has changed: those that quote it, and what its contact owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .balances import settle
from .records import Record
from .shapes.kinds import DOCUMENTS

if TYPE_CHECKING:
    from .world import World

_PARENTS = {"salesorder_id": "salesorders", "purchaseorder_id": "purchaseorders"}


def refresh(world: World, kind: str, record: Record, *, party: str = "") -> None:
    """Forget how others were written that tell of this document; balances follow where documents were generated.

    party: the contact it belonged to before, if that is another one.
    """
    record.touch()
    for key, parent in _PARENTS.items():
        _touch(world, parent, str(record.fields.get(key) or record.detail.get(key) or ""))
    for linked, ids in (record.links or {}).items():
        for one in ids:
            _touch(world, linked, one)
    for row in record.fields.get("invoices") or record.detail.get("invoices") or ():
        _touch(world, "invoices", row["invoice_id"])
    if world.size.documents:
        own = record.fields.get(f"{DOCUMENTS[kind].party}_id", "")
        for contact_id in {own, party} - {""}:
            settle(world, kind, record, contact_id)


def _touch(world: World, kind: str, record_id: str) -> None:
    record = world.record(kind, record_id)
    if record is not None:
        record.touch()
