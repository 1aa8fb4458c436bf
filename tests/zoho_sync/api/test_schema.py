"""The published schema says exactly what is answered."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.factories import (
    NOON,
    FindingFactory,
    OAuthTokenFactory,
    RecordErrorFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
    WebhookDeliveryFactory,
)
from tests.schemas import schema, unfit
from zoho_sync.api.urls import urlpatterns
from zoho_sync.models import ApiUsage, Event, PlannedChange, RunPage, SyncRun

pytestmark = pytest.mark.django_db


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """{(address below /api/v1/, method): operation} of this room."""
    ours = {str(each.pattern).replace("<int:pk>", "{id}") for each in urlpatterns}
    return {
        (path.removeprefix("/api/v1/"), method): operation
        for path, methods in schema()["paths"].items()
        if path.removeprefix("/api/v1/") in ours
        for method, operation in methods.items()
    }


def check(path: str, answer: Any, method: str = "get", *, complete: bool = True) -> None:
    """complete: every field that the schema knows is in the answer."""
    told = operations()[path, method]["responses"][str(answer.status)]["content"]["application/json"]
    assert unfit(told["schema"], answer.json) == []
    name = told["schema"].get("$ref", "").rpartition("/")[2]
    if name and complete:
        assert set(answer.json) == set(schema()["components"]["schemas"][name]["properties"])


@pytest.fixture
def world():
    """One of everything, with as much in it as there can be."""
    organization = OAuthTokenFactory().organization
    run = SyncRunFactory(
        organization=organization, group=uuid.uuid4(), started_at=NOON, finished_at=NOON, is_dry=True,
        skip_reasons={"a vendor, not a customer": 1}, progress_done=5, progress_total=9, status="failed",
    )  # fmt: skip
    SyncRunFactory(organization=organization, status="running", started_at=NOON)
    RunPage.objects.create(run=run, phase="list", number=1)
    PlannedChange.objects.create(
        run=run, table="product", external_id="5", action="update", changes={"a": [None, "1"], "b": [True, 2]}
    )
    ApiUsage.objects.create(
        run_number=run.pk, organization=organization, day="2026-11-20", api="books", endpoint="x"
    )
    RecordErrorFactory(run=run, organization=organization)
    WebhookDeliveryFactory(run=run, organization=organization, settled_at=NOON, seconds=1.5, result="changed")
    WebhookDeliveryFactory(organization=organization, body=b"\xff")
    Event.objects.create(name="tds.zoho.sync.failed", run=run, organization=organization, data={"n": [1]})
    Event.objects.create(name="tds.zoho.token.refreshed")
    SyncCheckpointFactory(organization=organization)
    FindingFactory(organization=organization)
    return run


def test_lists_answer_what_the_schema_says(world, visitor):
    for path, method in operations():
        if method == "get" and path.endswith("s/") and "{id}" not in path:
            answer = visitor.get(path)
            assert answer["results"]
            check(path, answer)
    for part in ("changes", "failures", "calls"):
        answer = visitor.get(f"runs/{world.pk}/{part}/")
        assert answer["results"]
        check(f"runs/{{id}}/{part}/", answer)


def test_details_and_overviews_answer_what_the_schema_says(world, visitor):
    for name in ("runs", "failures", "deliveries", "findings"):
        for row in visitor.get(f"{name}/")["results"]:
            check(f"{name}/{{id}}/", visitor.get(row["url"]))
    check("connection/", visitor.get("connection/"))


def test_a_choice_of_fields_answers_what_the_schema_says(world, visitor):
    check("runs/{id}/", visitor.get(f"runs/{world.pk}/?fields=status"), complete=False)
    check("runs/", visitor.get("runs/?fields=id,counts"))


def test_what_is_posted_is_answered_as_the_schema_says(world, visitor):
    error = RecordErrorFactory(organization=world.organization)
    delivery = WebhookDeliveryFactory(organization=world.organization, status="dead")

    posted = {
        ("runs/", "runs/"): {"entity": "stock"},
        ("runs/{id}/resume/", f"runs/{world.pk}/resume/"): None,
        ("runs/{id}/cancel/", f"runs/{world.pk}/cancel/"): None,
        ("runs/{id}/retry-failures/", f"runs/{world.pk}/retry-failures/"): None,
        ("failures/retry/", "failures/retry/"): {"ids": [str(error.pk)]},
        ("failures/{id}/ignore/", f"failures/{error.pk}/ignore/"): None,
        ("deliveries/{id}/replay/", f"deliveries/{delivery.pk}/replay/"): None,
        ("deliveries/replay/", "deliveries/replay/"): {"ids": [str(delivery.pk)]},
    }
    SyncRun.objects.filter(status="running").delete()
    for (path, address), body in posted.items():
        expected = next(code for code in operations()[path, "post"]["responses"] if code.startswith("2"))
        check(path, visitor.post(address, body, status=int(expected)), "post")


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_every_address_is_described_with_examples_that_fit(pattern):
    path = str(pattern.pattern).replace("<int:pk>", "{id}")
    told = {method: each for (own, method), each in operations().items() if own == path}
    assert told

    for operation in told.values():
        assert operation["summary"]
        assert operation["description"]
        code = next(code for code in operation["responses"] if code.startswith("2"))
        contents = [operation["responses"][code]["content"]["application/json"]]
        if body := operation.get("requestBody"):
            contents.append(body["content"]["application/json"])
        for content in contents:
            assert content["examples"]
            for each in content["examples"].values():
                assert unfit(content["schema"], each["value"]) == []
        assert ("304" in operation["responses"]) == (operation is told.get("get"))
        assert ("409" in operation["responses"]) == (operation is told.get("post"))


def test_every_parameter_is_explained():
    operation_names = [(path, method) for path, method in operations()]
    unexplained = [
        f"{method} {path}: {each['name']}"
        for path, method in operation_names
        for each in operations()[path, method].get("parameters", [])
        if each["name"] != "format" and not each.get("description")
    ]
    assert unexplained == []


def test_no_two_operations_have_one_name():
    names = [each["operationId"] for each in operations().values()]
    assert len(names) == len(set(names)) == sum(1 for _each in operations())


@pytest.mark.parametrize("name", ["runs/", "failures/", "deliveries/", "events/"])
def test_every_parameter_of_a_list_is_in_the_schema(name):
    (view,) = (each.callback.cls for each in urlpatterns if str(each.pattern) == name)
    told = {each["name"] for each in operations()[name, "get"]["parameters"]}

    assert {*view.filterset_class.base_filters, "cursor", "page_size", "ordering", "fields", "format"} <= told
