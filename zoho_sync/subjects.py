"""What a webhook may be about: Zoho's modules, by the key under which their records travel.

A table, so that a new subject is a line. Source: the default payloads of Zoho Inventory and Books; ids and paths as in
Zoho's API contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Subject:
    """name: the record's key in a body, and Zoho's module. id_key: its id. label: for people.

    entity: what is read anew for it. doors: words of our addresses that lead here.
    path, detail_key: how its document is read; "" for what is read by its own entity. mirror: the entity under which
    that document is kept, beside the items that it moves.
    lines: keys of the lists whose entries name items.
    """

    name: str
    id_key: str
    label: Any
    entity: str
    doors: tuple[str, ...] = ()
    path: str = ""
    detail_key: str = ""
    lines: tuple[str, ...] = ("line_items",)
    mirror: str = ""

    @property
    def kept_as(self) -> str:
        """The entity of its own rows."""
        return self.mirror or self.entity

    @property
    def is_document(self) -> bool:
        """Does it move stock of items that it only mentions?"""
        return bool(self.path)


_DOCUMENTS = (
    Subject(
        "invoice", "invoice_id", _("Invoices"), "products", ("invoices",), "invoices", "invoice", mirror="invoices"
    ),
    Subject(
        "salesorder", "salesorder_id", _("Sales orders"), "products", ("orders", "salesorders"), "salesorders",
        "salesorder", mirror="sales_orders"),
    Subject("bill", "bill_id", _("Bills"), "products", ("bills",), "bills", "bill", mirror="bills"),
    Subject(
        "package", "package_id", _("Packages"), "products", ("packages",), "packages", "package", mirror="packages"
    ),
    Subject(
        "creditnote", "creditnote_id", _("Credit notes"), "products", ("credit-notes", "creditnotes"),
        "creditnotes", "creditnote", mirror="credit_notes"),
    Subject(
        "salesreturn", "salesreturn_id", _("Sales returns"), "products", ("returns", "salesreturns"),
        "salesreturns", "salesreturn", mirror="sales_returns"),
    Subject(
        "inventory_adjustment", "inventory_adjustment_id", _("Inventory adjustments"), "products",
        ("adjustments", "inventoryadjustments"), "inventoryadjustments", "inventory_adjustment", mirror="adjustments"),
    Subject(
        "transfer_order", "transfer_order_id", _("Transfer orders"), "products",
        ("transfers", "transferorders"), "transferorders", "transfer_order", mirror="transfer_orders"),
    Subject(
        "purchaseorder", "purchaseorder_id", _("Purchase orders"), "products", ("purchaseorders",),
        "purchaseorders", "purchaseorder", mirror="purchase_orders"),
    Subject(
        "vendor_credit", "vendor_credit_id", _("Vendor credits"), "products", ("vendor-credits", "vendorcredits"),
        "vendorcredits", "vendor_credit", mirror="vendor_credits"),
)  # fmt: skip
_RECORDS = (
    Subject("item", "item_id", _("Items"), "products", ("products", "items", "stock")),
    Subject("contact", "contact_id", _("Contacts"), "customers", ("customers", "contacts")),
    Subject(
        "pricebook", "pricebook_id", _("Price lists"), "price_lists", ("prices", "pricelists", "pricebooks")
    ),
    Subject(
        "customerpayment",
        "payment_id",
        _("Customer payments"),
        "customer_payments",
        ("payments", "customerpayments"),
    ),
    Subject("vendor", "contact_id", _("Vendors"), "vendors", ("vendors",)),
    Subject("user", "user_id", _("Users"), "users", ("users",)),
)
SUBJECTS: dict[str, Subject] = {each.name: each for each in (*_RECORDS, *_DOCUMENTS)}
DOORS: dict[str, Subject] = {door: each for each in SUBJECTS.values() for door in each.doors}


def item_ids_of(lines: Iterable[Any]) -> Iterator[Any]:
    """What stands where lines name an item: the line's own, and the parts of a kit, whose stock moves too."""
    for line in lines:
        if isinstance(line, dict):
            yield line.get("item_id")
            parts = line.get("mapped_items")
            if isinstance(parts, list):
                yield from (part.get("item_id") for part in parts if isinstance(part, dict))
