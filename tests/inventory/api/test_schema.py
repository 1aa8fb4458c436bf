"""The published schema says exactly what is answered."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.api.urls import MIRRORED, urlpatterns
from tests.factories import (
    NOON,
    CustomerFactory,
    PriceChangeFactory,
    PriceListItemFactory,
    ProductFactory,
    StockChangeFactory,
    StockCheckFactory,
    StockLevelFactory,
)
from tests.schemas import schema, unfit

from .test_lists import FACTORIES

pytestmark = pytest.mark.django_db


def operation(path: str) -> dict[str, Any]:
    return schema()["paths"][f"/api/v1/{path}"]["get"]


def check(path: str, answer: Any) -> None:
    told = operation(path)["responses"]["200"]["content"]["application/json"]["schema"]
    assert unfit(told, answer) == []


def component(name: str) -> dict[str, Any]:
    return schema()["components"]["schemas"][MIRRORED[name].shape.name]


@pytest.mark.parametrize("name", MIRRORED)
def test_lists_and_details_answer_what_the_schema_says(name, get):
    row = FACTORIES[name]()
    FACTORIES[name](removed_at=NOON, source_modified_at=NOON)

    check(f"{name}/", get(f"{name}/?removed=all"))
    check(f"{name}/{{id}}/", get(f"{name}/{row.pk}/"))
    assert set(get(f"{name}/{row.pk}/")) == set(component(name)["properties"])


def test_rows_with_everything_in_them_answer_it_too(get):
    price = PriceListItemFactory(brackets=[{"start": "1", "end": None, "rate": "9"}], discount_percent=5)
    level = StockLevelFactory(warehouse__sells=True, warehouse__address={"city": "بغداد"}, asset_value=5)
    StockCheckFactory(product=level.product)
    ProductFactory(attributes=[{"name": "colour"}], custom_fields={"cf_a": [1]}, tags=["x"], reorder_point=3)
    CustomerFactory(
        price_list=price.price_list,
        receivable=-1,
        payment_terms=-3,
        addresses=[{}],
        contact_persons=[{}],
        credit_limit=9,
    )

    for name in MIRRORED:
        check(f"{name}/", get(f"{name}/?fields={','.join(MIRRORED[name].shape.list_names)}"))


def test_a_choice_of_fields_answers_what_the_schema_says(get):
    ProductFactory()

    check("products/", get("products/?fields=sku"))


def test_histories_and_summaries_answer_what_the_schema_says(get):
    change, price = (
        StockChangeFactory(),
        PriceChangeFactory(price_list=PriceListItemFactory().price_list, figure="rate"),
    )
    path = "products/{id}/history/"

    for product, field in ((change.level.product_id, "on_hand"), (price.product_id, "price")):
        for at in ("", "&at=2026-11-20T09:00:00Z"):
            check(path, get(f"products/{product}/history/?field={field}{at}"))
    check("stock-summary/", get("stock-summary/"))


def test_a_picture_is_described_as_what_it_is():
    told = operation("pictures/{digest}/{size}/")

    assert told["summary"]
    assert told["description"]
    assert set(told["responses"]["200"]["content"]) == {"image/webp"}
    assert "304" in told["responses"]


TOLD_IN_JSON = [pattern for pattern in urlpatterns if pattern.name != "api-picture"]


@pytest.mark.parametrize("pattern", TOLD_IN_JSON, ids=lambda pattern: pattern.name)
def test_every_address_is_described_with_an_example(pattern):
    path = str(pattern.pattern).replace("<int:pk>", "{id}")
    told = operation(path)

    assert told["summary"]
    assert told["description"]
    media = told["responses"]["200"]["content"]["application/json"]
    assert media["examples"] or media["example"]
    assert "304" in told["responses"]
    for each in media["examples"].values():
        check(path, each["value"])


@pytest.mark.parametrize("name", MIRRORED)
def test_every_parameter_of_a_list_is_described(name):
    view = MIRRORED[name]
    told = {each["name"]: each for each in operation(f"{name}/")["parameters"]}

    wanted = {*view.filterset_class.base_filters, "cursor", "page_size", "ordering", "fields", "format"}
    assert wanted <= told.keys()
    assert [each for each in wanted if each != "format" and not told[each].get("description")] == []


@pytest.mark.parametrize("name", MIRRORED)
def test_every_column_is_explained(name):
    properties = component(name)["properties"]

    unexplained = [
        field for field, told in properties.items() if not told.get("description") and "$ref" not in str(told)
    ]
    assert unexplained == []
