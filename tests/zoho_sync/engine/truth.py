"""What the tables must hold, worked out from the sandbox's true records by hand: no code of the product is used here.

`expected(control)` and `stored(organization)` have one shape: {table: {external id: {column: value}}}. Live rows only;
decimals are Decimal without trailing zeros, moments aware UTC, "" where the source has no text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

ITEM_TEXTS = {
    "name": "name",
    "sku": "sku",
    "description": "description",
    "status": "status",
    "unit": "unit",
    "item_type": "item_type",
    "product_type": "product_type",
    "tax_external_id": "tax_id",
    "tax_name": "tax_name",
    "account_external_id": "account_id",
    "account_name": "account_name",
    "purchase_account_external_id": "purchase_account_id",
    "purchase_account_name": "purchase_account_name",
    "category_external_id": "category_id",
    "category_name": "category_name",
    "brand": "brand",
    "manufacturer": "manufacturer",
    "group_external_id": "group_id",
    "group_name": "group_name",
    "upc": "upc",
    "ean": "ean",
    "isbn": "isbn",
    "part_number": "part_number",
    "dimension_unit": "dimension_unit",
    "weight_unit": "weight_unit",
    "image_name": "image_name",
    "image_type": "image_type",
    "image_document_id": "image_document_id",
}
ITEM_NUMBERS = {
    "unit_price": "rate",
    "purchase_price": "purchase_rate",
    "tax_percentage": "tax_percentage",
    "reorder_level": "reorder_level",
    "length": "length",
    "width": "width",
    "height": "height",
    "weight": "weight",
}
ITEM_FLAGS = {
    "can_be_sold": "can_be_sold",
    "can_be_purchased": "can_be_purchased",
    "is_tracked": "track_inventory",
    "is_returnable": "is_returnable",
    "is_combo": "is_combo_product",
}
STOCK = {
    "on_hand": "stock_on_hand",
    "available": "available_stock",
    "committed": "committed_stock",
    "available_for_sale": "available_for_sale_stock",
    "physical_available": "actual_available_stock",
    "physical_committed": "actual_committed_stock",
    "physical_available_for_sale": "actual_available_for_sale_stock",
    "in_transit": "quantity_in_transit",
    "asset_value": "asset_value",
}
CONTACT_TEXTS = {
    "name": "contact_name",
    "company_name": "company_name",
    "number": "contact_number",
    "sub_type": "customer_sub_type",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "phone": "phone",
    "mobile": "mobile",
    "website": "website",
    "language_code": "language_code",
    "status": "status",
    "portal_status": "portal_status",
    "currency_external_id": "currency_id",
    "currency_code": "currency_code",
    "payment_terms_label": "payment_terms_label",
    "payment_terms_external_id": "payment_terms_id",
    "owner_external_id": "owner_id",
    "tax_external_id": "tax_id",
    "source_notes": "notes",
    "price_list_external_id": "pricebook_id",
}
CONTACT_NUMBERS = {
    "receivable": "outstanding_receivable_amount",
    "receivable_base": "outstanding_receivable_amount_bcy",
    "unused_credits": "unused_credits_receivable_amount",
    "unused_credits_base": "unused_credits_receivable_amount_bcy",
    "credit_limit": "credit_limit",
    "payment_terms": "payment_terms",
}
LIST_TEXTS = {
    "name": "name",
    "description": "description",
    "status": "status",
    "direction": "sales_or_purchase_type",
    "kind": "pricebook_type",
    "scheme": "pricing_scheme",
    "currency_external_id": "currency_id",
    "currency_code": "currency_code",
    "rounding_type": "rounding_type",
}

Table = dict[str, dict[str, Any]]


def expected(control) -> dict[str, Table]:
    """The tables as Zoho would have them."""
    tables: dict[str, Table] = {
        name: {} for name in ("warehouse", "product", "stock", "customer", "list", "price")
    }
    places = control.records("locations")
    for place in places:
        tables["warehouse"][place["location_id"]] = {
            "name": place["location_name"],
            "kind": place.get("type", ""),
            "status": place.get("status", ""),
            "is_active": place.get("status") == "active",
            "is_primary": place.get("is_primary"),
            "phone": place.get("phone", ""),
            "email": place.get("email", ""),
            "address": _filled(place.get("address") or {}),
        }
    for item in control.stream("items"):
        tables["product"][item["item_id"]] = _product(item)
        for place in item.get("locations", []):
            tables["stock"][f"{item['item_id']}:{place['location_id']}"] = _level(item, place)
    for contact in control.stream("contacts"):
        if contact["contact_type"] == "customer":
            tables["customer"][contact["contact_id"]] = _customer(contact)
    base = "IQD"
    for book in control.records("pricebooks"):
        list_id = book["pricebook_id"]
        tables["list"][list_id] = _texts(book, LIST_TEXTS) | {
            "is_active": book["status"] == "active",
            "is_increase": book.get("is_increase"),
            "percentage": _number(book.get("percentage")),
            "decimal_places": None if book.get("decimal_place") in (None, "") else int(book["decimal_place"]),
            # Only the listing tells when a price list changed; the true (detail) form does not.
        }
        for row in book.get("pricebook_items", []):
            brackets = [
                {
                    "start": _plain(bracket["start_quantity"]),
                    "end": _plain(bracket["end_quantity"]),
                    "rate": _plain(bracket["pricebook_rate"]),
                }
                for bracket in row.get("price_brackets", [])
            ]
            tables["price"][f"{list_id}:{row['item_id']}"] = {
                "product": row["item_id"],
                "price_list": list_id,
                "currency_code": book["currency_code"] or base,
                "rate": None if brackets else _number(row["pricebook_rate"]),
                "brackets": brackets,
            }
    return tables


def stored(organization) -> dict[str, Table]:
    """The live rows of the tables, in the same shape."""
    from inventory.models import Customer, PriceList, PriceListItem, Product, StockLevel, Warehouse

    shape = expected_columns()
    return {
        "warehouse": _rows(Warehouse, organization, shape["warehouse"]),
        "product": _rows(Product, organization, shape["product"]),
        "stock": _rows(StockLevel, organization, shape["stock"], product="product", warehouse="warehouse"),
        "customer": _rows(Customer, organization, shape["customer"], price_list="price_list"),
        "list": _rows(PriceList, organization, shape["list"]),
        "price": _rows(
            PriceListItem, organization, shape["price"], product="product", price_list="price_list"
        ),
    }


def assert_exact(control, organization, *, but: frozenset[str] = frozenset()) -> None:
    """Every live row and every column, but those named, is what Zoho says; nothing is missing and nothing too much."""
    wanted, found = expected(control), stored(organization)
    for table, rows in wanted.items():
        assert rows, f"no {table} to compare: the test would prove nothing"
        told = {key: {name: row[name] for name in row.keys() - but} for key, row in rows.items()}
        assert_same_rows(table, told, found[table])


def assert_same_rows(table: str, wanted: Table, found: Table) -> None:
    missing, extra = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    assert not missing, f"{table}: {len(missing)} of {len(wanted)} rows are not here, such as {min(missing)}"
    assert not extra, f"{table}: {len(extra)} rows are not in Zoho, such as {min(extra)}"
    wrong = [
        f"{external_id} {column}: {found[external_id][column]!r}, in Zoho {value!r}"
        for external_id, columns in wanted.items()
        for column, value in columns.items()
        if found[external_id][column] != value
    ]
    assert not wrong, f"{table}: {len(wrong)} wrong values, such as {wrong[:5]}"


def expected_columns() -> dict[str, list[str]]:
    return {
        "warehouse": ["name", "kind", "status", "is_active", "is_primary", "phone", "email", "address"],
        "product": [
            *ITEM_TEXTS, *ITEM_NUMBERS, *ITEM_FLAGS, "is_active", "attributes", "custom_fields", "tags",
            "source_created_at", "source_modified_at",
        ],
        "stock": [*STOCK, "is_mapped"],
        "customer": [
            *CONTACT_TEXTS, *CONTACT_NUMBERS, "is_active", "is_taxable", "billing_address", "shipping_address",
            "addresses", "contact_persons", "custom_fields", "source_created_at", "source_modified_at",
        ],
        "list": [*LIST_TEXTS, "is_active", "is_increase", "percentage", "decimal_places"],
        "price": ["currency_code", "rate", "brackets"],
    }  # fmt: skip


def _rows(model, organization, columns: list[str], **links: str) -> Table:
    paths = [*columns, *(f"{link}__external_id" for link in links.values())]
    rows = model.objects.filter(organization=organization, removed_at=None).values("external_id", *paths)
    table = {}
    for row in rows.iterator():
        found = {column: _canonical(row[column]) for column in columns}
        found |= {name: row[f"{link}__external_id"] for name, link in links.items()}
        table[row["external_id"]] = found
    return table


def _product(item: dict) -> dict[str, Any]:
    return (
        _texts(item, ITEM_TEXTS)
        | {column: _number(item.get(key)) for column, key in ITEM_NUMBERS.items()}
        | {column: item.get(key) for column, key in ITEM_FLAGS.items()}
        | {
            "is_active": item["status"] == "active",
            "attributes": [
                {
                    "id": item[f"attribute_id{n}"],
                    "name": item[f"attribute_name{n}"],
                    "option_id": item[f"attribute_option_id{n}"],
                    "option": item[f"attribute_option_name{n}"],
                }
                for n in (1, 2, 3)
                if item.get(f"attribute_name{n}")
            ],
            "custom_fields": _custom(item),
            "tags": item.get("tags", []),
            "source_created_at": _moment(item["created_time"]),
            "source_modified_at": _moment(item["last_modified_time"]),
        }
    )


def _level(item: dict, place: dict) -> dict[str, Any]:
    figures = {column: _number(place[f"location_{key}"]) for column, key in STOCK.items()}
    return figures | {
        "is_mapped": place["is_item_mapped"],
        "product": item["item_id"],
        "warehouse": place["location_id"],
    }


def _customer(contact: dict) -> dict[str, Any]:
    numbers = {column: _number(contact.get(key)) for column, key in CONTACT_NUMBERS.items()}
    return (
        _texts(contact, CONTACT_TEXTS)
        | numbers
        | {
            "is_active": contact["status"] == "active",
            "is_taxable": contact["is_taxable"],
            "billing_address": _filled(contact["billing_address"]),
            "shipping_address": _filled(contact["shipping_address"]),
            "addresses": [_filled(each) for each in contact["addresses"]],
            "contact_persons": [
                {key: value for key, value in _filled(each).items() if key != "communication_preference"}
                for each in contact["contact_persons"]
            ],
            "custom_fields": _custom(contact),
            "source_created_at": _moment(contact["created_time"]),
            "source_modified_at": _moment(contact["last_modified_time"]),
            "price_list": contact.get("pricebook_id") or None,
        }
    )


def _custom(record: dict) -> dict[str, Any]:
    return {
        each["api_name"]: each["value"] for each in record["custom_fields"] if each["value"] not in ("", None)
    }


def _texts(record: dict, columns: dict[str, str]) -> dict[str, str]:
    return {column: record.get(key) or "" for column, key in columns.items()}


def _filled(record: dict) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in ("", None)}


def _number(value: Any) -> Decimal | None:
    return None if value in (None, "") else _canonical(Decimal(str(value)))


def _plain(value: Any) -> str | None:
    return None if value == "" else format(Decimal(str(value)), "f")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)


def _canonical(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.normalize() + 0
    return Decimal(value) if type(value) is int else value
