"""Lists and pages of runs, and what belongs to one."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import NOON, RecordErrorFactory, SyncRunFactory, UserFactory
from zoho_sync.models import ApiUsage, Event, PlannedChange, RunChange, SyncRun
from zoho_sync.phases.passed import noted

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


def ids(answer):
    return [row["id"] for row in answer["results"]]


def test_runs_are_listed_newest_first_page_by_page(visitor):
    runs = [str(SyncRunFactory().pk) for _n in range(3)]

    first = visitor.get("runs/?page_size=2")
    second = visitor.get(first["next"])

    assert ids(first) + ids(second) == runs[::-1]
    assert second["next"] is None
    assert ids(visitor.get("runs/?ordering=id")) == runs


def test_a_row_tells_ids_as_text_and_times_in_utc(visitor):
    run = SyncRunFactory(requested_by=UserFactory(username="omar"), started_at=NOON, finished_at=NOON)

    (row,) = visitor.get("runs/")["results"]

    assert row["id"] == str(run.pk)
    assert row["url"] == f"http://testserver/api/v1/runs/{run.pk}/"
    assert row["requested_by"] == "omar"
    assert row["organization"] == "10234695"
    assert row["started_at"] == "2026-11-20T09:00:00Z"
    assert row["group"] is None


FILTERED = [
    ("entity=stock", {"entity": "stock"}),
    ("entity=stock&entity=customers", {"entity": "customers"}),
    ("mode=incremental", {"mode": "incremental"}),
    ("status=failed&status=partial", {"status": "partial"}),
    ("trigger=webhook", {"trigger": "webhook"}),
    ("is_dry=true", {"is_dry": True}),
    ("ended=false", {"status": "quarantined"}),
    ("organization=10234696", {"organization__external_id": "10234696"}),
]


@pytest.mark.parametrize(("query", "columns"), FILTERED)
def test_a_filter_leaves_what_it_names(visitor, query, columns):
    SyncRunFactory()
    wanted = SyncRunFactory(**columns)

    assert ids(visitor.get(f"runs/?{query}")) == [str(wanted.pk)]


def test_runs_are_found_by_who_asked_and_with_what_they_began(visitor):
    SyncRunFactory()
    group = uuid.uuid4()
    wanted = SyncRunFactory(requested_by=visitor.user, group=group)

    assert ids(visitor.get("runs/?requested_by=zainab")) == [str(wanted.pk)]
    assert ids(visitor.get(f"runs/?group={group}")) == [str(wanted.pk)]


def test_runs_are_found_by_when_they_were_asked_for(visitor):
    old, new = SyncRunFactory(), SyncRunFactory()
    SyncRun.objects.filter(pk=old.pk).update(created_at=NOON - timedelta(days=2))
    SyncRun.objects.filter(pk=new.pk).update(created_at=NOON)

    assert ids(visitor.get("runs/?created_since=2026-11-20T09:00:00Z")) == [str(new.pk)]
    assert ids(visitor.get("runs/?created_until=2026-11-20T11:59:59%2B03:00")) == [str(old.pk)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("entity=unicorns", "entity"),
        ("entiti=stock", "entiti"),
        ("status=done", "status"),
        ("mode=quick", "mode"),
        ("is_dry=1", "is_dry"),
        ("group=7", "group"),
        ("requested_by=nobody", "requested_by"),
        ("created_since=2026-11-20", "created_since"),
        ("ordering=entity", "ordering"),
        ("page_size=501", "page_size"),
        ("cursor=nonsense", "cursor"),
        ("fields=id,colour", "fields"),
        ("organization=77", "organization"),
        ("status=", "status"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_name(visitor, errors_of, query, field):
    assert field in errors_of(visitor.get(f"runs/?{query}", status=400))


def test_only_the_chosen_fields_are_told(visitor):
    run = SyncRunFactory()

    assert visitor.get("runs/?fields=status,id")["results"] == [{"id": str(run.pk), "status": "succeeded"}]
    assert visitor.get(f"runs/{run.pk}/?fields=can").json.keys() == {"can"}


def test_all_runs_come_as_csv_in_the_order_asked_for(visitor):
    runs = [SyncRunFactory(message="=1+1"), SyncRunFactory(message="=1+1")]

    answer = visitor.get("runs/?format=csv&ordering=id&fields=id,message")

    assert answer.json.decode("utf-8-sig").splitlines() == ["id,message", *(f"{r.pk},'=1+1" for r in runs)]


def test_a_list_takes_as_many_questions_to_the_database_whatever_its_length(
    visitor, django_assert_max_num_queries
):
    for _n in range(20):
        SyncRunFactory(requested_by=UserFactory())

    with django_assert_max_num_queries(5) as asked:  # session, person, two of rights, runs
        assert len(visitor.get("runs/")["results"]) == 20
    assert not any('"options"' in query["sql"] for query in asked.captured_queries)


# --- One run -------------------------------------------------------------------------------------------


def test_a_runs_counts_and_progress_are_told(visitor):
    run = SyncRunFactory(
        status=Status.RUNNING, started_at=timezone.now() - timedelta(seconds=10), progress_done=50,
        progress_total=200, calls_count=3, fetched_count=60, created_count=20, updated_count=15, unchanged_count=10,
        skipped_count=5, stale_count=4, failed_count=6, removed_count=2,
        skip_reasons={"a vendor, not a customer": 5},
    )  # fmt: skip

    told = visitor.get(f"runs/{run.pk}/")

    assert told["counts"] == {
        "fetched": 60, "created": 20, "updated": 15, "unchanged": 10, "skipped": 5, "stale": 4, "failed": 6,
        "removed": 2,
    }  # fmt: skip
    progress = told["progress"]
    assert (progress["done"], progress["total"], progress["percent"]) == (50, 200, 25)
    assert 0 < progress["rows_per_second"] <= 5
    assert progress["seconds_left"] >= 29
    assert told["skip_reasons"] == [{"reason": "a vendor, not a customer", "count": 5}]
    assert told["calls_count"] == 3


def test_what_cannot_be_said_of_progress_is_null(visitor):
    run = SyncRunFactory(status=Status.QUEUED)

    assert visitor.get(f"runs/{run.pk}/")["progress"] == {
        "done": 0, "total": None, "percent": None, "rows_per_second": None, "seconds_left": None, "seconds": None,
    }  # fmt: skip


def test_the_phases_that_have_committed_are_told(visitor):
    phases: list = []
    for name in ("list", "list", "removals"):
        phases = noted(phases, name, timezone.now(), 200)
    run = SyncRunFactory(phases=phases)

    phases = visitor.get(f"runs/{run.pk}/")["phases"]

    assert [(each["name"], each["pages_count"]) for each in phases] == [("list", 2), ("removals", 1)]


def test_reasons_are_told_in_the_readers_language(visitor):
    run = SyncRunFactory(skip_reasons={"a vendor, not a customer": 5})

    told = visitor.get(f"runs/{run.pk}/", **{"Accept-Language": "ar"})

    assert told["skip_reasons"][0]["reason"] != "a vendor, not a customer"


def test_an_unchanged_run_is_not_sent_again(visitor):
    run = SyncRunFactory(status=Status.QUEUED)
    etag = visitor.get(f"runs/{run.pk}/").headers["ETag"]

    visitor.get(f"runs/{run.pk}/", status=304, **{"If-None-Match": etag})
    SyncRun.objects.filter(pk=run.pk).update(progress_done=1)

    visitor.get(f"runs/{run.pk}/", status=200, **{"If-None-Match": etag})


def test_a_run_that_there_is_not_is_not_found(visitor):
    for address in ("runs/77/", "runs/77/changes/", "runs/77/failures/", "runs/77/calls/", f"runs/{10**30}/"):
        visitor.get(address, status=404)


def test_a_runs_page_leads_to_everything_that_belongs_to_it(visitor):
    run = SyncRunFactory(group=uuid.uuid4())
    told = visitor.get(f"runs/{run.pk}/")

    for address in told["parts"].values():
        visitor.get(address)
    for address in told["actions"].values():
        visitor.get(address, status=405)


def test_the_plan_of_a_dry_run_is_told_in_its_order(visitor):
    run = SyncRunFactory(is_dry=True)
    for external_id, action in (("51", "create"), ("52", "update")):
        PlannedChange.objects.create(
            run=run, table="product", external_id=external_id, action=action, changes={"unit_price": ["9", "12.5"]}
        )  # fmt: skip
    PlannedChange.objects.create(run=SyncRunFactory(), table="product", external_id="53", action="create")

    told = visitor.get(f"runs/{run.pk}/changes/")["results"]

    assert [each["external_id"] for each in told] == ["51", "52"]
    assert told[0]["changes"] == {"unit_price": ["9", "12.5"]}
    assert ids(visitor.get(f"runs/{run.pk}/changes/?action=update")) == [told[1]["id"]]


def test_a_runs_failures_and_calls_are_its_own(visitor):
    run = SyncRunFactory()
    error = RecordErrorFactory(run=run)
    RecordErrorFactory(run=SyncRunFactory())
    usage = {"organization": run.organization, "day": "2026-11-20", "api": "inventory", "endpoint": "items"}
    ApiUsage.objects.create(run_number=run.pk, calls_count=7, **usage)
    ApiUsage.objects.create(run_number=0, calls_count=1, **usage)

    assert ids(visitor.get(f"runs/{run.pk}/failures/")) == [str(error.pk)]
    (calls,) = visitor.get(f"runs/{run.pk}/calls/")["results"]
    assert (calls["endpoint"], calls["calls_count"], calls["day"]) == ("items", 7, "2026-11-20")


def test_events_are_found_by_kind_time_and_run(visitor):
    run = SyncRunFactory()
    wanted = Event.objects.create(name="tds.zoho.sync.completed", run=run, entity="products", data={"n": 1})
    other = Event.objects.create(name="tds.zoho.token.refreshed")
    Event.objects.filter(pk=wanted.pk).update(at=NOON)

    for query in (
        "kind=tds.zoho.sync.", "name=tds.zoho.sync.completed", f"run={run.pk}", "until=2026-11-20T09:00:00Z",
        "entity=products",
    ):  # fmt: skip
        assert ids(visitor.get(f"events/?{query}")) == [str(wanted.pk)], query
    assert ids(visitor.get("events/?since=2026-11-20T09:00:01Z")) == [str(other.pk)]
    assert visitor.get("events/")["results"][1] == {
        "id": str(wanted.pk), "name": "tds.zoho.sync.completed", "at": "2026-11-20T09:00:00Z",
        "organization": None, "run": str(run.pk), "entity": "products", "data": {"n": 1},
    }  # fmt: skip


def test_what_a_run_wrote_is_told_where_a_dry_run_tells_its_plan(visitor):
    run, dry = SyncRunFactory(), SyncRunFactory(is_dry=True)
    facts = {"table": "product", "external_id": "51", "action": "update", "changes": {"name": ["a", "b"]}}
    RunChange.objects.create(run=run, **facts)
    PlannedChange.objects.create(run=dry, state="refused", reason="it has changed", **facts)

    (wrote,) = visitor.get(f"runs/{run.pk}/changes/?state=applied")["results"]
    (planned,) = visitor.get(f"runs/{dry.pk}/changes/?state=refused")["results"]

    assert (wrote["state"], wrote["changes"]) == ("applied", {"name": ["a", "b"]})
    assert (planned["state"], planned["reason"]) == ("refused", "it has changed")
    assert visitor.get(f"runs/{run.pk}/changes/?state=refused")["results"] == []


def test_a_plan_is_applied_by_a_run_of_its_own_and_what_cannot_be_is_a_conflict(visitor, visitor_with):
    summary = {"rows": {"product": {"update": 1}}}
    dry = SyncRunFactory(is_dry=True, finished_at=timezone.now(), summary=summary)
    PlannedChange.objects.create(run=dry, table="product", external_id="51", action="update")
    assert visitor_with("view_syncrun").get(f"runs/{dry.pk}/")["can"]["apply"] is False
    assert visitor.get(f"runs/{dry.pk}/")["can"]["apply"] is True

    started = visitor.post(f"runs/{dry.pk}/apply/", status=202)["runs"][0]
    again = visitor.post(f"runs/{dry.pk}/apply/", status=409)

    assert (started["plan"], started["mode"], started["options"]["plan"]) == (str(dry.pk), "realtime", dry.pk)
    assert again["code"] == "wrong_state"
    assert started["id"] in again["detail"]
    assert visitor.post(f"runs/{SyncRunFactory().pk}/apply/", status=409)["code"] == "wrong_state"
