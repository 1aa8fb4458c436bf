"""Documents: invoices, orders, bills, packages, returns, credits, adjustments, transfers, as GET by id tells them.

Sources: Zoho's published contract (paths, root keys, names of fields and scopes) and zoho-api.md 4 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import write_time

if TYPE_CHECKING:
    from ..world import World


@dataclass(frozen=True, kw_only=True)
class DocumentKind:
    """id_key, number_key, root: names in Zoho's answers. noun: as its error messages say it. scope: OAuth's module.

    party: "customer", "vendor", or "" where nobody else is concerned. quantity: how a line says how many.
    two_places: from one location to another.
    """

    id_key: str
    number_key: str
    root: str
    noun: str
    scope: str
    prefix: str
    party: str = "customer"
    quantity: str = "quantity"
    status_key: str = "status"
    first_status: str = "open"
    two_places: bool = False


DOCUMENTS: dict[str, DocumentKind] = {
    "invoices": DocumentKind(
        id_key="invoice_id",
        number_key="invoice_number",
        root="invoice",
        noun="Invoice",
        scope="invoices",
        prefix="INV",
        first_status="sent",
    ),
    "salesorders": DocumentKind(
        id_key="salesorder_id",
        number_key="salesorder_number",
        root="salesorder",
        noun="Sales Order",
        scope="salesorders",
        prefix="SO",
        first_status="confirmed",
    ),
    "bills": DocumentKind(
        id_key="bill_id",
        number_key="bill_number",
        root="bill",
        noun="Bill",
        scope="bills",
        prefix="BL",
        party="vendor",
    ),
    "packages": DocumentKind(
        id_key="package_id",
        number_key="package_number",
        root="package",
        noun="Package",
        scope="packages",
        prefix="PKG",
        first_status="not_shipped",
    ),
    "creditnotes": DocumentKind(
        id_key="creditnote_id",
        number_key="creditnote_number",
        root="creditnote",
        noun="Credit Note",
        scope="creditnotes",
        prefix="CN",
    ),
    "salesreturns": DocumentKind(
        id_key="salesreturn_id",
        number_key="salesreturn_number",
        root="salesreturn",
        noun="Sales Return",
        scope="salesreturns",
        prefix="RMA",
        status_key="salesreturn_status",
        first_status="approved",
    ),
    "inventoryadjustments": DocumentKind(
        id_key="inventory_adjustment_id",
        number_key="reference_number",
        root="inventory_adjustment",
        noun="Inventory Adjustment",
        scope="inventoryadjustments",
        prefix="IA",
        party="",
        quantity="quantity_adjusted",
        first_status="adjusted",
    ),
    "transferorders": DocumentKind(
        id_key="transfer_order_id",
        number_key="transfer_order_number",
        root="transfer_order",
        noun="Transfer Order",
        scope="transferorders",
        prefix="TO",
        party="",
        quantity="quantity_transfer",
        first_status="transferred",
        two_places=True,
    ),
    "purchaseorders": DocumentKind(
        id_key="purchaseorder_id",
        number_key="purchaseorder_number",
        root="purchaseorder",  # the contract says purchase_order; live answers say this
        noun="Purchase Order",
        scope="purchaseorders",
        prefix="PO",
        party="vendor",
        first_status="issued",
    ),
    "vendorcredits": DocumentKind(
        id_key="vendor_credit_id",
        number_key="vendor_credit_number",
        root="vendor_credit",
        noun="Vendor Credit",
        scope="debitnotes",  # Zoho's older name
        prefix="DN",
        party="vendor",
    ),
}


def detail(kind: str, world: World, record: Record) -> dict[str, Any]:
    """GET /<kind>/{id}. Names of contacts and locations are today's; a line keeps the item's name of its day."""
    about = DOCUMENTS[kind]
    form: dict[str, Any] = {about.id_key: record.id, **record.fields}
    if about.party:
        contact = world.record("contacts", form.get(f"{about.party}_id", ""))
        form[f"{about.party}_name"] = contact.fields["contact_name"] if contact else ""
    lines = [_line(world, about, number, line) for number, line in enumerate(form["line_items"], start=1)]
    form["line_items"] = lines
    if any("item_total" in line for line in lines):
        form["sub_total"] = sum(
            (Decimal(str(line.get("item_total") or 0)) for line in lines), Decimal("0.00")
        )
        form.setdefault("total", form["sub_total"])
    _name_places(world, form)
    form["custom_fields"] = [
        {"customfield_id": "", "label": name, "api_name": name, "value": value}
        for name, value in record.custom.items()
        if value != ""
    ]
    form["created_time"] = write_time(record.created)
    form["last_modified_time"] = write_time(record.modified)
    return form


def _line(world: World, about: DocumentKind, number: int, line: dict[str, Any]) -> dict[str, Any]:
    form = {**line, "item_order": number}
    if "rate" in form and "item_total" not in form:
        form["item_total"] = Decimal(str(form["rate"] or 0)) * Decimal(str(form.get(about.quantity) or 0))
    _name_places(world, form)
    return form


def _name_places(world: World, form: dict[str, Any]) -> None:
    """`location_id` gets its name; an organisation without Locations says warehouse in both keys."""
    for key in [name for name in form if name.endswith("location_id")]:
        place = world.record("locations", str(form[key]))
        name = place.fields["location_name"] if place else ""
        if world.locations_enabled:
            form[key.replace("_id", "_name")] = name
        else:
            form[key.replace("location", "warehouse")] = form.pop(key)
            form[key.replace("location_id", "warehouse_name")] = name
