"""A document as staff enter it: whatever was not said is filled in as Zoho does."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..records import Record
from ..shapes.kinds import DOCUMENTS, DocumentKind
from ..times import write_time

if TYPE_CHECKING:
    from ..world import World


def build_document(world: World, kind: str, given: dict[str, Any]) -> Record:
    """A document of today for the first fitting contact, not yet in the table. Raises ValueError.

    given: fields of the document; the first line that says where it is decides the document's location.
    """
    about = DOCUMENTS[kind]
    record_id = world.new_id()
    form: dict[str, Any] = {
        "date": write_time(world.now())[:10],
        "reference_number": "",
        about.number_key: f"{about.prefix}-{int(record_id[-9:]):05}",  # no number is given twice
        about.status_key: about.first_status,
    }
    if about.party:
        form |= _party(world, about, given) | {"notes": ""}
    if kind == "inventoryadjustments":
        form |= {"reason": "Count", "adjustment_type": "quantity", "description": ""}
    if not about.has_lines:
        form |= {"amount": Decimal("0.00"), "payment_mode": "cash", "description": "", "invoices": []}
        form["location_id"] = _first_place(world)
        return Record(id=record_id, fields=form, detail={}, created=0, modified=0)
    lines = document_lines(world, kind, given.get("line_items") or [])
    places = [line["location_id"] for line in given.get("line_items") or [] if line.get("location_id")]
    first = str(places[0]) if places else _first_place(world)
    if about.two_places:
        other = next((r.id for r in world.table("locations") if r.id != first), first)
        form |= {"from_location_id": first, "to_location_id": other, "is_intransit_order": False}
    else:
        form["location_id"] = first
    form["line_items"] = lines
    detail: dict[str, Any] = {"invoices": []} if kind == "creditnotes" else {}
    return Record(id=record_id, fields=form, detail=detail, created=0, modified=0)


def _party(world: World, about: DocumentKind, given: dict[str, Any]) -> dict[str, Any]:
    """The first fitting contact, in dinars. Where balances follow from documents it is one that counts in them,
    and a contact that was named has its own currency.
    """
    party = [r for r in world.table("contacts") if r.fields.get("contact_type") == about.party]
    code, rate = "IQD", Decimal("1.000000")
    if world.size.documents:
        named = world.record("contacts", str(given.get(f"{about.party}_id")))
        party = [named] if named else [r for r in party if r.fields["currency_code"] == "IQD"] or party
        code = party[0].fields["currency_code"] if party else code
        currency = world.currency(code)
        rate = (currency.fields["exchange_rate"] or rate) if currency else rate
    contact_id = party[0].id if party else ""
    return {f"{about.party}_id": contact_id, "currency_code": code, "exchange_rate": rate}


def document_lines(
    world: World, kind: str, given: Any, *, before: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Lines as stored; `quantity` may be said for each kind of document. Raises ValueError.

    before: the lines until now; what they name may have been deleted since.
    """
    if not isinstance(given, list) or not all(isinstance(line, dict) for line in given):
        raise ValueError("line_items must be a list of objects.")
    gone = {line["item_id"] for line in before}
    return [_line(world, DOCUMENTS[kind], line, gone) for line in given]


def _line(world: World, about: DocumentKind, given: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """A line of plain text has an item_id too: an empty one."""
    item_id = str(given.get("item_id") or "")
    item = world.record("items", item_id)
    if item_id and item is None and item_id not in gone:
        raise ValueError(f"There is no record {item_id} among the items.")
    fields = item.fields if item else {}
    form: dict[str, Any] = {
        "line_item_id": given.get("line_item_id") or world.new_id(),
        "item_id": item_id,
        "name": fields.get("name", ""),
        "description": "",
        "unit": fields.get("unit", ""),
    }
    if not about.two_places:
        form["location_id"] = _first_place(world)
    if about.party:
        form["rate"] = fields.get("rate" if about.party == "customer" else "purchase_rate", Decimal("0.00"))
    form |= given | {"item_id": item_id}
    form[about.quantity] = _number("A quantity", form.pop("quantity", form.get(about.quantity, 1)))
    for name in ("rate", "item_total"):
        if form.get(name) not in (None, ""):
            _number(name, form[name])
    if form.get("location_id") is not None:
        form["location_id"] = str(form["location_id"])
        if world.record("locations", form["location_id"]) is None:
            raise ValueError(f"There is no record {form['location_id']} among the locations.")
    if about.two_places:
        form.pop("location_id", None)
    return form


def _first_place(world: World) -> str:
    place = next(iter(world.table("locations")), None)
    if place is None:
        raise ValueError("There is no location that a document could belong to.")
    return place.id


def _number(what: str, value: Any) -> Any:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError(f"{what} must be a number, not {value!r}.")
    return value
