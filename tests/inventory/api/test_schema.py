"""The published schema says exactly what is answered."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

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

from .test_lists import FACTORIES

pytestmark = pytest.mark.django_db


@cache
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def plain(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: "nullable" says that null will do."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    told = {name: plain(each) for name, each in node.items() if name != "nullable"}
    return {"anyOf": [told, {"type": "null"}]} if node.get("nullable") is True else told


def operation(path: str) -> dict[str, Any]:
    return schema()["paths"][f"/api/v1/{path}"]["get"]


def check(path: str, answer: Any) -> None:
    told = operation(path)["responses"]["200"]["content"]["application/json"]["schema"]
    whole = plain({**told, "components": schema()["components"]})
    errors = [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft202012Validator(whole).iter_errors(answer)
    ]
    assert errors == []


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


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
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
