"""Records as no documentation has them: good ones go in, the bad one waits with its reason, no figure is invented."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from inventory.models import Customer, PriceListItem, Product, StockLevel
from zoho_sync.models import RecordError, SyncRun

Status = SyncRun.Status
FUTURE = "2099-01-01T00:00:00+0300"


@pytest.fixture
def item(sandbox) -> str:
    """The id of an ordinary tracked item."""
    return next(each["item_id"] for each in sandbox.records("items") if each.get("track_inventory"))


@pytest.fixture
def listed(sandbox, item):
    """listed(name='{…}') → the raw JSON text of that item's list row with values replaced by raw JSON."""

    def text(drop: str = "", **replaced: str) -> str:
        row = {"item_id": item, "name": "ok", "status": "active", "rate": 5, "track_inventory": True}
        row |= {"created_time": "2025-05-15T13:44:25+0300", "last_modified_time": "2025-06-01T09:00:20+0300"}
        row.pop(drop, None)
        pairs = {name: json.dumps(value) for name, value in row.items()} | replaced
        return "{" + ",".join(f'"{name}":{value}' for name, value in pairs.items()) + "}"

    return text


BAD = [
    # what is wrong, the replaced keys as raw JSON, words of the reason
    ("no name", {"name": '""'}, "name"),
    ("null name", {"name": "null"}, "name"),
    ("a list for a name", {"name": '["a"]'}, "not text"),
    ("a name of a megabyte", {"name": '"' + "x" * 1_048_576 + '"'}, "1,048,576 characters"),
    ("a NUL in the name", {"name": '"a\\u0000b"'}, "NUL"),
    ("a lone surrogate", {"name": '"\\ud800"'}, "surrogate"),
    ("a price that is not a number", {"rate": "NaN"}, "not a number"),
    ("an endless price", {"rate": "Infinity"}, "not a number"),
    ("a price of 5,000 digits", {"rate": "9" * 5000}, "digits"),
    ("a price of 5,000 decimals", {"rate": "0." + "1" * 5000}, "digits"),
    ("a price with a huge exponent", {"rate": "1e400"}, "range"),
    ("a price in words", {"rate": '"twelve"'}, "not a number"),
    ("a price with a comma", {"rate": '"1,200"'}, "not a number"),
    ("a price that is an object", {"rate": "{}"}, "not a number"),
    ("a price that is a flag", {"rate": "true"}, "not a number"),
    ("a price no column can hold", {"rate": "1234567890.123456789"}, "digits"),
    ("a flag in other words", {"can_be_sold": '"perhaps"'}, "neither true nor false"),
    ("a time of the year 2099", {"last_modified_time": f'"{FUTURE}"'}, "future"),
    ("a time that never was", {"last_modified_time": '"2025-02-30T10:00:00+0300"'}, "not a time"),
    ("a time without a zone", {"last_modified_time": '"2025-02-20T10:00:00"'}, "not a time"),
    ("nesting without end", {"tags": "[" * 100 + "]" * 100}, "nested"),
    ("tags that are no list", {"tags": '"a"'}, "not a list"),
]


@pytest.mark.parametrize(("what", "replaced", "words"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_record_waits_with_its_reason_and_spoils_no_other(
    sandbox, run_sync, item, listed, what, replaced, words
):
    sandbox.poison("items", item, listed(**replaced), place="list")

    run = run_sync("products")

    assert (run.status, run.failed_count, run.created_count) == (Status.PARTIAL, 1, 59)
    assert not Product.objects.filter(external_id=item).exists()
    error = RecordError.objects.get()
    assert error.external_id == item
    assert words in error.reason
    assert len(error.payload) <= 65_536


def test_a_record_that_is_no_longer_bad_is_taken_by_a_retry(sandbox, run_sync, item, listed):
    from zoho_sync import services
    from zoho_sync.options import Trigger

    run_sync("warehouses")
    sandbox.poison("items", item, listed(rate='"twelve"'), place="both")
    run_sync("products")
    sandbox.poison("items", item, None)

    (retry,) = services.retry_errors(RecordError.objects.all(), trigger=Trigger.RETRY)
    services.work_here(retry)

    assert RecordError.objects.get().status == RecordError.Status.RESOLVED
    assert Product.objects.filter(external_id=item).exists()


def test_a_bad_version_of_a_good_row_leaves_the_good_one(sandbox, run_sync, item, listed):
    run_sync("products")
    before = Product.objects.values().get(external_id=item)
    sandbox.poison("items", item, listed(name='"new name"', rate="NaN"), place="list")

    run_sync("products")

    assert Product.objects.values().get(external_id=item) == before


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ('{"name":"no id at all"}', "#"),
        ('{"item_id":"","name":"an empty id"}', "#"),
        ('{"item_id":null,"name":"a null id"}', "#"),
        ('{"item_id":["x"],"name":"an id that is a list"}', "#"),
        ("[]", "#"),
        ('"just a text"', "#"),
        ("null", "#"),
    ],
)
def test_a_record_without_an_id_is_kept_under_a_name_of_our_own(sandbox, run_sync, item, text, record):
    sandbox.poison("items", item, text, place="list")
    run = run_sync("products", active_only=True)  # the row is missing then, which is another matter

    assert run.failed_count == 1
    assert RecordError.objects.get().record_key.startswith(record)
    assert RecordError.objects.get().external_id == ""


def test_a_record_whose_id_cannot_be_read_is_not_taken_for_gone(sandbox, run_sync, item):
    run_sync("products")
    sandbox.poison("items", item, '{"name":"who am I?"}', place="list")

    run = run_sync("products")

    assert run.removed_count == 0
    assert Product.objects.live().filter(external_id=item).exists()


def test_bytes_that_are_not_utf8_spoil_their_own_record_only(sandbox, run_sync, item, listed):
    sandbox.poison("items", item, listed(name='"\udcff\udcfe"'), place="list")
    run = run_sync("products")
    assert (run.failed_count, run.created_count) == (1, 59)


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "number"])
def test_ids_beyond_two_to_the_53_stay_exact(sandbox, run_sync, item, listed, as_text):
    big = "9007199254740993123"
    row = listed(item_id=f'"{big}"' if as_text else big)
    sandbox.poison("items", item, row, place="list")

    run_sync("products", active_only=True)

    assert Product.objects.filter(external_id=big).count() == 1


def test_empty_texts_and_missing_keys_are_unknown_and_never_zero(sandbox, run_sync, item, listed):
    row = listed(drop="rate", purchase_rate='""', reorder_level='""', weight="null", sku='""')
    sandbox.poison("items", item, row, place="list")

    run_sync("products")

    product = Product.objects.get(external_id=item)
    assert (product.unit_price, product.purchase_price, product.reorder_level, product.weight) == (None,) * 4
    assert product.sku == ""


def test_numbers_as_text_and_flags_as_text_are_understood(sandbox, run_sync, item, listed):
    row = listed(rate='"10820.0"', can_be_sold='"true"', track_inventory='"false"')
    sandbox.poison("items", item, row, place="list")

    run_sync("products")

    product = Product.objects.get(external_id=item)
    assert (product.unit_price, product.can_be_sold, product.is_tracked) == (Decimal("10820"), True, False)


def test_the_same_sku_twice_makes_two_products(sandbox, run_sync):
    first, second = [each["item_id"] for each in sandbox.records("items")][:2]
    for each in (first, second):
        sandbox.change("items", each, sku="TWIN-1")

    run = run_sync("products")

    assert run.status == Status.SUCCEEDED
    assert Product.objects.filter(sku="TWIN-1").count() == 2


def test_markup_from_zoho_is_kept_as_text(sandbox, run_sync, item):
    sandbox.change("items", item, name="<script>alert(1)</script>")
    run_sync("products")
    assert Product.objects.get(external_id=item).name == "<script>alert(1)</script>"


class TestStock:
    @pytest.fixture
    def detail(self, sandbox, run_sync, item):
        """Warehouses and products are in; detail(change) poisons the item's detail after `change` has edited it."""
        run_sync("warehouses")
        run_sync("products")

        def spoil(change) -> None:
            record = json.loads(json.dumps(sandbox.record("items", item), default=str))
            change(record)
            sandbox.poison("items", item, json.dumps(record), place="detail")

        return spoil

    def levels(self, item):
        return StockLevel.objects.live().filter(product__external_id=item)

    @pytest.mark.parametrize("places", [[], None, "none", {}])
    def test_a_detail_without_places_is_no_stock_of_nothing(self, run_sync, item, detail, places):
        detail(lambda record: record.update(locations=places))
        run = run_sync("stock")
        assert run.status == Status.PARTIAL
        assert not self.levels(item).exists()
        assert "no location" in RecordError.objects.get(entity="stock").reason

    def test_a_detail_that_lost_its_places_takes_no_figure_away(self, run_sync, item, detail):
        run_sync("stock")
        before = list(self.levels(item).values())
        detail(lambda record: record.pop("locations"))
        run_sync("stock")
        assert list(self.levels(item).values()) == before

    def test_a_figure_that_is_missing_or_empty_is_unknown(self, run_sync, item, detail):
        def change(record):
            record["locations"][0]["location_stock_on_hand"] = ""
            record["locations"][0].pop("location_available_stock")

        detail(change)
        run_sync("stock")
        assert self.levels(item).filter(on_hand=None, available=None).count() == 1

    def test_an_unknown_warehouse_waits_and_the_others_go_in(self, sandbox, run_sync, item, detail):
        detail(lambda record: record["locations"][0].update(location_id="5100000000099999999"))
        run = run_sync("stock")
        assert run.status == Status.PARTIAL
        error = RecordError.objects.get(entity="stock")
        assert "5100000000099999999" in error.reason
        assert self.levels(item).count() == len(sandbox.record("items", item)["locations"]) - 1

    def test_a_bad_figure_in_one_place_leaves_the_others(self, sandbox, run_sync, item, detail):
        detail(lambda record: record["locations"][0].update(location_stock_on_hand="many"))
        run = run_sync("stock")
        assert run.failed_count == 1
        assert self.levels(item).count() == len(sandbox.record("items", item)["locations"]) - 1

    def test_a_figure_beyond_reason_in_one_place_leaves_the_others(self, sandbox, run_sync, item):
        for entity in ("warehouses", "products"):
            run_sync(entity)
        record = json.loads(json.dumps(sandbox.record("items", item), default=str))
        record["locations"][0]["location_stock_on_hand"] = "endless"
        text = json.dumps(record).replace('"endless"', "9" * 5000)
        sandbox.poison("items", item, text, place="detail")
        run = run_sync("stock")
        assert run.failed_count == 1
        assert "digits" in RecordError.objects.get(entity="stock").reason
        assert self.levels(item).count() == len(record["locations"]) - 1

    def test_negative_stock_stays_negative(self, sandbox, run_sync, item):
        place = sandbox.record("items", item)["locations"][0]["location_id"]
        sandbox.set_stock(item, place, on_hand=-2)
        for entity in ("warehouses", "products", "stock"):
            run_sync(entity)
        assert self.levels(item).get(warehouse__external_id=place).on_hand == -2


class TestPricesAndCustomers:
    def test_a_price_of_an_unknown_item_waits_and_the_others_go_in(self, sandbox, run_sync):
        for entity in ("warehouses", "products"):
            run_sync(entity)
        book = next(each for each in sandbox.records("pricebooks") if each["pricebook_type"] == "per_item")
        unknown = book["pricebook_items"][0]["item_id"]
        Product.objects.filter(external_id=unknown).delete()

        run = run_sync("price_lists")

        lists_with_it = RecordError.objects.filter(entity="price_lists", reason__contains=unknown)
        assert run.status == Status.PARTIAL
        assert run.failed_count == lists_with_it.count() > 0
        assert PriceListItem.objects.filter(price_list__external_id=book["pricebook_id"]).count() == (
            len(book["pricebook_items"]) - 1
        )

    def test_a_contact_without_a_type_is_left_out_and_counted(self, sandbox, run_sync):
        contact = next(e for e in sandbox.records("contacts") if e["contact_type"] == "customer")[
            "contact_id"
        ]
        sandbox.poison("contacts", contact, f'{{"contact_id":"{contact}","contact_name":"?"}}', place="list")

        run = run_sync("customers")

        assert run.skip_reasons["contact_type is missing"] == 1
        assert not Customer.objects.filter(external_id=contact).exists()


def test_the_counts_add_up_whatever_came(sandbox, run_sync, listed):
    ids = [each["item_id"] for each in sandbox.records("items")]
    for external_id, (_what, replaced, _words) in zip(ids, BAD, strict=False):
        sandbox.poison(
            "items", external_id, listed(**({"item_id": f'"{external_id}"'} | replaced)), place="list"
        )

    run = run_sync("products")

    assert run.failed_count == len(BAD)
    assert (
        run.fetched_count
        == 60
        == sum(
            getattr(run, f"{name}_count")
            for name in ("created", "updated", "unchanged", "skipped", "stale", "failed")
        )
    )
    assert Product.objects.count() == 60 - len(BAD)


@pytest.mark.parametrize(
    ("entity", "strange"), [("customers", ".."), ("customers", "1/2"), ("products", "..")]
)
def test_an_id_that_is_no_part_of_an_address_is_a_failure_of_its_own(sync_all, run_sync, entity, strange):
    """It is refused before a call is made, be it the first of its run."""
    sync_all("full")

    run = run_sync(entity, ids=(strange,))

    assert (run.status, run.failed_count) == ("partial", 1)
    assert RecordError.objects.get(entity=entity).external_id == strange
