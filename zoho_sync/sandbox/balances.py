"""What contacts owe and are owed, by their documents."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from .records import Record
from .shapes.amounts import amounts_of

if TYPE_CHECKING:
    from .world import World

_NOTHING = Decimal("0.00")
_NOT_OWED = ("draft", "void")
# side of a contact: (what is owed by it or to it, what lies unused)
_SIDES = {
    "customer": ("outstanding_receivable_amount", "unused_credits_receivable_amount"),
    "vendor": ("outstanding_payable_amount", "unused_credits_payable_amount"),
}
_OWED = {"customer": ("invoices",), "vendor": ("bills",)}
_UNUSED = {"customer": ("creditnotes", "customerpayments"), "vendor": ("vendorcredits",)}


def settle_everybody(world: World) -> None:
    """Every contact's figures follow from its documents; who has none owes nothing."""
    for side in _SIDES:
        for kind in (*_OWED[side], *_UNUSED[side]):
            for record in world.table(kind).records.values():
                _enter(world, kind, record, record.fields.get(f"{side}_id", ""))
    for contact in world.table("contacts"):
        _settle(world, contact)
    world.table("contacts").changed()


def settle(world: World, kind: str, record: Record, contact_id: str) -> None:
    """The same for one contact, after this document of it has changed. The contact's time of change stays."""
    contact = world.record("contacts", contact_id)
    if contact is not None:
        _enter(world, kind, record, contact_id)
        _settle(world, contact)
        world.table("contacts").changed()


def _enter(world: World, kind: str, record: Record, contact_id: str) -> None:
    world.ledgers.setdefault(contact_id, {})[kind, record.id] = None


def _documents(world: World, contact: Record, side: str) -> Iterator[tuple[str, Record]]:
    """Those that count. The ledger may name documents that have gone, or have gone to somebody else."""
    for kind, record_id in world.ledgers.get(contact.id, ()):
        record = world.record(kind, record_id)
        if record is not None and record.fields.get(f"{side}_id") == contact.id:
            yield kind, record


def _settle(world: World, contact: Record) -> None:
    side = contact.fields["contact_type"]
    owed, unused = _NOTHING, _NOTHING
    for kind, record in _documents(world, contact, side):
        if record.fields.get("status") in _NOT_OWED:
            continue
        amounts = amounts_of(world, kind, record)
        if kind in _OWED[side]:
            owed += amounts.get("balance", _NOTHING)
        elif kind in _UNUSED[side]:
            unused += amounts.get("unused_amount" if kind == "customerpayments" else "balance", _NOTHING)
    contact.fields[_SIDES[side][0]], contact.fields[_SIDES[side][1]] = owed, unused
    contact.touch()
