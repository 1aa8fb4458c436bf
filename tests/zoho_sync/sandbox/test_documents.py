"""Invoices, orders, bills and their like: one by one, by id, each under its own key and scope."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zoho_sync.sandbox import SandboxError

# path: (root of the answer, key of the id, module of the scope, how a line says how many)
KINDS = {
    "invoices": ("invoice", "invoice_id", "invoices", "quantity"),
    "salesorders": ("salesorder", "salesorder_id", "salesorders", "quantity"),
    "bills": ("bill", "bill_id", "bills", "quantity"),
    "packages": ("package", "package_id", "packages", "quantity"),
    "creditnotes": ("creditnote", "creditnote_id", "creditnotes", "quantity"),
    "salesreturns": ("salesreturn", "salesreturn_id", "salesreturns", "quantity"),
    "inventoryadjustments": (
        "inventory_adjustment",
        "inventory_adjustment_id",
        "inventoryadjustments",
        "quantity_adjusted",
    ),
    "transferorders": ("transfer_order", "transfer_order_id", "transferorders", "quantity_transfer"),
    "purchaseorders": ("purchaseorder", "purchaseorder_id", "purchaseorders", "quantity"),
    "vendorcredits": ("vendor_credit", "vendor_credit_id", "debitnotes", "quantity"),  # Zoho's older name
}

# Where the key of a list is not the path's own word.
LIST_ROOTS = {"inventoryadjustments": "inventory_adjustments", "transferorders": "transfer_orders"}


@pytest.fixture
def item(control) -> dict:
    return next(row for row in control.records("items") if row.get("locations"))


@pytest.fixture
def places(control) -> list[str]:
    return control.ids("locations")


def line(item, place, quantity=2):
    return {"item_id": item["item_id"], "quantity": quantity, "location_id": place}


def figures(control, item, place) -> dict:
    stored = control.record("items", item["item_id"])["locations"]
    row = next(each for each in stored if each["location_id"] == place)
    names = ("stock_on_hand", "available_stock", "actual_available_stock", "committed_stock")
    return {name: row[f"location_{name}"] for name in names}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_told_by_its_id_with_its_lines(kind, zoho, control, item, places):
    root, id_key, _scope, quantity = KINDS[kind]
    document = control.add(kind, line_items=[line(item, places[1], 7)])

    answer = zoho.get(f"/{kind}/{document}")

    assert (answer["code"], answer["message"]) == (0, "success")
    assert answer.keys() == {"code", "message", root}
    told = answer[root]
    assert told[id_key] == document
    assert {"date", "created_time", "last_modified_time"} <= told.keys()
    (row,) = told["line_items"]
    assert (row["item_id"], row[quantity], row["name"]) == (item["item_id"], 7, item["name"])
    place = told["from_location_id"] if kind == "transferorders" else row["location_id"]
    assert place == places[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_that_was_deleted_answers_1002(kind, zoho, control, item, places):
    document = control.add(kind, line_items=[line(item, places[0])])
    control.delete(kind, document)

    status, body, _ = zoho.raw(f"/{kind}/{document}")

    assert status == 404
    assert b'"code":1002' in body
    assert b"does not exist." in body


@pytest.mark.parametrize("kind", KINDS)
def test_each_module_of_documents_has_a_scope_of_its_own(kind, sandbox, zoho, control, item, places):
    document = control.add(kind, line_items=[line(item, places[0])])
    module = KINDS[kind][2]

    def with_scope(scope: str) -> int:
        code = control.grant_code(scope=scope)
        own = sandbox.credentials
        form = {"client_id": own["ZOHO_CLIENT_ID"], "client_secret": own["ZOHO_CLIENT_SECRET"]}
        answer = zoho.post_form("/oauth/v2/token", grant_type="authorization_code", code=code, **form)[1]
        zoho.token = answer["access_token"]
        return zoho.raw(f"/{kind}/{document}")[0]

    assert with_scope(f"ZohoInventory.{module}.READ") == 200
    assert with_scope("ZohoInventory.items.READ") == 401


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_tells_of_a_document_without_its_lines(kind, zoho, control, item, places):
    document = control.add(kind, line_items=[line(item, places[1], 7)])

    for api in ("/inventory/v1", "/books/v3"):
        answer = zoho.get(f"/{kind}", api=api)

        assert answer.keys() == {"code", "message", LIST_ROOTS.get(kind, kind), "page_context"}
        (row,) = answer[LIST_ROOTS.get(kind, kind)]
        assert row[KINDS[kind][1]] == document
        assert "line_items" not in row


def test_lines_may_be_plain_text(zoho, control):
    document = control.add("invoices", line_items=[{"name": "Delivery to Basra", "quantity": 1}])

    (row,) = zoho.get(f"/invoices/{document}")["invoice"]["line_items"]

    assert (row["item_id"], row["name"]) == ("", "Delivery to Basra")


def test_an_organisation_without_locations_says_warehouse(zoho, control, item, places):
    document = control.add("bills", line_items=[line(item, places[1])])
    moved = control.add("transferorders", line_items=[line(item, places[1])])
    control.settings(locations_enabled=False)

    bill = zoho.get(f"/bills/{document}")["bill"]
    transfer = zoho.get(f"/transferorders/{moved}")["transfer_order"]

    assert (bill["line_items"][0]["warehouse_id"], "location_id" in bill) == (places[1], False)
    assert transfer["from_warehouse_id"] == places[1]


def test_sums_follow_from_the_lines(zoho, control, item, places):
    priced = line(item, places[0], 3) | {"rate": Decimal("2.50")}
    document = control.add("invoices", line_items=[priced, {"name": "Delivery", "quantity": 1, "rate": 5}])

    told = zoho.get(f"/invoices/{document}")["invoice"]

    assert (told["sub_total"], told["total"]) == (Decimal("12.50"), Decimal("12.50"))


def test_a_changed_document_has_new_lines_and_a_new_time(zoho, control, item, places):
    control.clock(-3600)
    document = control.add("salesorders", line_items=[line(item, places[0])])
    before = zoho.get(f"/salesorders/{document}")["salesorder"]
    control.clock(0)

    control.change("salesorders", document, line_items=[line(item, places[0], 9)], status="void")

    told = zoho.get(f"/salesorders/{document}")["salesorder"]
    assert (told["status"], [row["quantity"] for row in told["line_items"]]) == ("void", [9])
    assert told["last_modified_time"] > before["last_modified_time"]


def test_a_document_follows_the_name_of_its_customer(zoho, control):
    document = control.add("invoices")
    customer = zoho.get(f"/invoices/{document}")["invoice"]["customer_id"]

    control.change("contacts", customer, contact_name="مخزن جديد")

    assert zoho.get(f"/invoices/{document}")["invoice"]["customer_name"] == "مخزن جديد"


@pytest.mark.parametrize(
    ("kind", "moved"),
    [
        ("invoices", {"stock_on_hand": -2, "available_stock": -2}),
        ("bills", {"stock_on_hand": 2, "available_stock": 2}),
        ("salesorders", {"committed_stock": 2}),
        ("packages", {"actual_available_stock": -2}),
        ("salesreturns", {"actual_available_stock": 2}),
        ("inventoryadjustments", {"stock_on_hand": 2, "available_stock": 2, "actual_available_stock": 2}),
        ("transferorders", {"stock_on_hand": -2, "available_stock": -2, "actual_available_stock": -2}),
        ("purchaseorders", {}),  # ordered is not yet had
        ("vendorcredits", {"stock_on_hand": -2, "available_stock": -2}),
        ("creditnotes", {"stock_on_hand": 2, "available_stock": 2}),
    ],
)
def test_a_document_moves_stock_if_it_shall_and_gives_it_back_when_it_goes(
    kind, moved, control, item, places
):
    before = figures(control, item, places[0])

    document = control.add(kind, line_items=[line(item, places[0])], moves_stock=True)

    after = figures(control, item, places[0])
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == moved
    control.delete(kind, document)
    assert figures(control, item, places[0]) == before


def test_changed_lines_count_instead_of_the_old_ones(control, item, places):
    before = figures(control, item, places[0])["stock_on_hand"]
    document = control.add("bills", line_items=[line(item, places[0], 5)], moves_stock=True)

    control.change("bills", document, line_items=[line(item, places[0], 8)])

    assert figures(control, item, places[0])["stock_on_hand"] == before + 8


def test_a_refused_change_leaves_the_document_and_the_stock_as_they_were(control, item, places):
    before = figures(control, item, places[0])
    document = control.add("bills", line_items=[line(item, places[0], 5)], moves_stock=True)
    stood = control.record("bills", document)

    for wrong in ({"bill_id": "1"}, {"created_time": "noon"}, {"location_id": "77"}):
        with pytest.raises(SandboxError):
            control.change("bills", document, line_items=[line(item, places[0], 8)], status="void", **wrong)

    assert control.record("bills", document) == stood
    control.delete("bills", document)
    assert figures(control, item, places[0]) == before


def test_ids_given_as_numbers_are_told_as_text_and_count(zoho, control, item, places):
    before = figures(control, item, places[0])["stock_on_hand"]
    numbers = {"item_id": int(item["item_id"]), "location_id": int(places[0]), "quantity": 3}

    document = control.add("bills", line_items=[numbers], location_id=int(places[0]), moves_stock=True)

    bill = zoho.get(f"/bills/{document}")["bill"]
    (row,) = bill["line_items"]
    assert (row["item_id"], row["location_id"]) == (item["item_id"], places[0])
    assert bill["location_id"] == places[0]
    assert figures(control, item, places[0])["stock_on_hand"] == before + 3


def test_a_document_may_be_entered_late(zoho, control):
    document = control.add("invoices", created_time="2025-05-15T13:44:25+0300")

    assert zoho.get(f"/invoices/{document}")["invoice"]["created_time"] == "2025-05-15T13:44:25+0300"


def test_without_a_location_there_is_no_document(control):
    control.delete("locations", control.ids("locations"))

    with pytest.raises(SandboxError, match="no location"):
        control.add("invoices")


def test_a_document_moves_no_stock_unless_it_is_told_to(control, item, places):
    before = figures(control, item, places[0])

    control.add("bills", line_items=[line(item, places[0], 5)])

    assert figures(control, item, places[0]) == before


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"line_items": [{"item_id": "123"}]}, "123"),
        ({"line_items": "all of them"}, "line_items must be a list"),
        ({"line_items": ["one"]}, "line_items must be a list"),
        ({"line_items": [{"name": "x", "quantity": "two"}]}, "must be a number"),
        ({"line_items": [{"name": "x", "quantity": float("nan")}]}, "must be a number"),
        ({"line_items": [{"name": "x", "rate": "dear"}]}, "must be a number"),
        ({"line_items": [{"name": "x", "location_id": "77"}]}, "77"),
        ({"customer_id": ["one"]}, "customer_id"),
        ({"location_id": "77"}, "77"),
        ({"moves_stock": "yes"}, "moves_stock"),
        ({"invoice_id": "1"}, "invoice_id cannot be changed"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused_and_leaves_nothing(fields, complaint, control):
    with pytest.raises(SandboxError, match=complaint):
        control.add("invoices", **fields)

    assert control.ids("invoices") == []
