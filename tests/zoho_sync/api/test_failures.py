"""Failures by the API: found, read, tried again and ignored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import NOON, RecordErrorFactory, SyncRunFactory
from zoho_sync.models import RecordError, SyncRun

pytestmark = pytest.mark.django_db
Status = RecordError.Status


def ids(answer):
    return [row["id"] for row in answer["results"]]


def test_the_list_leaves_the_record_itself_out_and_the_page_tells_it(visitor):
    error = RecordErrorFactory(payload="<script>alert(1)</script>")

    (row,) = visitor.get("failures/")["results"]
    page = visitor.get(f"failures/{error.pk}/")

    assert "payload" not in row
    assert page["payload"] == "<script>alert(1)</script>"
    assert page.headers["Content-Type"] == "application/json"
    assert {name: page[name] for name in row} == row
    assert row["last_seen_at"] == "2026-11-20T09:00:00Z"


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("entity=stock", {"entity": "stock"}),
        ("status=ignored&status=resolved", {"status": "ignored"}),
        ("external_id=77", {"external_id": "77"}),
        ("q=rate+number", {"reason": "rate: it is no number"}),
        ("q=7788", {"external_id": "5177889"}),
        ("seen_since=2026-11-20T09:00:01Z", {"last_seen_at": NOON + timedelta(hours=1)}),
        ("seen_until=2026-11-20T08:59:59Z", {"last_seen_at": NOON - timedelta(hours=1)}),
        ("organization=10234696", {"organization__external_id": "10234696"}),
    ],
)
def test_a_filter_leaves_what_it_names(visitor, query, columns):
    RecordErrorFactory()
    wanted = RecordErrorFactory(**columns)

    assert ids(visitor.get(f"failures/?{query}")) == [str(wanted.pk)]


def test_failures_are_ordered_by_when_they_were_seen(visitor):
    late = RecordErrorFactory(last_seen_at=NOON + timedelta(hours=1))
    early = RecordErrorFactory()

    assert ids(visitor.get("failures/?ordering=-last_seen_at")) == [str(late.pk), str(early.pk)]


def test_one_failure_is_retried_in_a_run_of_its_own(visitor):
    error = RecordErrorFactory()

    told = visitor.post(f"failures/{error.pk}/retry/", status=202)

    run = SyncRun.objects.get()
    assert told["runs"][0]["id"] == str(run.pk)
    assert told.headers["Location"].endswith(f"/runs/{run.pk}/")
    assert (run.mode, run.options["ids"]) == ("realtime", [error.external_id])
    assert visitor.get(f"failures/{error.pk}/")["status"] == "retrying"


@pytest.mark.parametrize("columns", [{"status": "resolved"}, {"external_id": "", "record_key": "abc"}])
def test_what_cannot_be_retried_says_so_beforehand_and_is_a_conflict(visitor, columns):
    error = RecordErrorFactory(**columns)

    assert visitor.get(f"failures/{error.pk}/")["can"]["retry"] is False
    visitor.post(f"failures/{error.pk}/retry/", status=409)
    assert not SyncRun.objects.exists()


def test_a_failure_is_ignored(visitor):
    error = RecordErrorFactory()

    assert visitor.post(f"failures/{error.pk}/ignore/")["status"] == "ignored"
    error.refresh_from_db()
    assert error.status == Status.IGNORED


def test_a_resolved_failure_is_not_ignored(visitor):
    error = RecordErrorFactory(status=Status.RESOLVED)
    visitor.post(f"failures/{error.pk}/ignore/", status=409)


def test_chosen_failures_are_retried_one_run_an_entity(visitor):
    products, customer = RecordErrorFactory.create_batch(2), RecordErrorFactory(entity="customers")
    RecordErrorFactory()

    told = visitor.post(
        "failures/retry/", {"ids": [str(each.pk) for each in (*products, customer)]}, status=202
    )

    started = {run["entity"]: len(run["options"]["ids"]) for run in told["runs"]}
    assert started == {"products": 2, "customers": 1}
    assert told["left_count"] == 0


@pytest.mark.parametrize(
    "selector",
    [
        {"entity": "stock"},
        {"run": "RUN"},
        {"external_ids": ["77"]},
        {"seen_since": "2026-11-20T10:00:00Z", "seen_until": "2026-11-20T12:00:00Z"},
    ],
)
def test_failures_that_fit_a_filter_are_retried(visitor, selector):
    run = SyncRunFactory()
    wanted = RecordErrorFactory(
        entity="stock", external_id="77", run=run, last_seen_at=NOON + timedelta(hours=2)
    )
    RecordErrorFactory()
    if "run" in selector:
        selector = {"run": str(run.pk)}

    visitor.post("failures/retry/", {"filter": selector}, status=202)

    assert list(RecordError.objects.filter(status=Status.RETRYING)) == [wanted]


def test_more_than_a_thousand_are_retried_in_turns(visitor):
    organization = RecordErrorFactory().organization
    RecordError.objects.bulk_create(
        RecordError(
            organization=organization, entity="products", record_key=f"9{n}", external_id=f"9{n}",
            reason="", first_seen_at=NOON, last_seen_at=NOON,
        )
        for n in range(1004)
    )  # fmt: skip

    told = visitor.post("failures/retry/", {"filter": {"entity": "products"}}, status=202)
    again = visitor.post("failures/retry/", {"filter": {"entity": "products"}}, status=202)

    assert (told["left_count"], again["left_count"]) == (5, 0)
    assert len(again["runs"][0]["options"]["ids"]) == 5


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"),
        ({"ids": []}, "ids"),
        ({"ids": ["x"]}, "ids"),
        ({"ids": ["999999"]}, "ids"),
        ({"ids": [True]}, "ids"),
        ({"ids": [1]}, "ids"),
        ({"ids": "1"}, "ids"),
        ({"filter": {}}, "filter"),
        ({"ids": ["1"], "filter": {"entity": "stock"}}, "ids"),
        ({"filter": {"entity": "unicorns"}}, "filter"),
        ({"filter": {"colour": "red"}}, "filter"),
        ({"all": True}, "all"),
    ],
)
def test_a_selection_that_is_none_retries_nothing(visitor, errors_of, body, field):
    RecordErrorFactory()

    assert field in errors_of(visitor.post("failures/retry/", body, status=400))
    assert not SyncRun.objects.exists()


def test_who_may_only_look_retries_and_ignores_nothing(visitor_with):
    error = RecordErrorFactory()
    reader = visitor_with("view_recorderror")

    assert reader.get(f"failures/{error.pk}/")["can"] == {"retry": False, "ignore": False}
    for address in (f"failures/{error.pk}/retry/", f"failures/{error.pk}/ignore/", "failures/retry/"):
        reader.post(address, status=403)
