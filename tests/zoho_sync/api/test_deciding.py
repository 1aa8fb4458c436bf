"""What people decide about a run by the API."""

from __future__ import annotations

import pytest
from django_q.models import OrmQ

from tests.factories import RecordErrorFactory, SyncRunFactory
from zoho_sync.models import RecordError, SyncRun

pytestmark = pytest.mark.django_db
Status = SyncRun.Status
ACTIONS = ("cancel", "pause", "resume", "retry-failures", "approve", "reject")
DECIDED = [
    ("cancel", Status.QUEUED, Status.CANCELLED, 200),
    ("cancel", Status.PAUSED, Status.CANCELLED, 200),
    ("pause", Status.QUEUED, Status.PAUSED, 200),
    ("resume", Status.PAUSED, Status.QUEUED, 202),
    ("resume", Status.FAILED, Status.QUEUED, 202),
    ("resume", Status.CANCELLED, Status.QUEUED, 202),
    ("approve", Status.QUARANTINED, Status.QUEUED, 202),
    ("reject", Status.QUARANTINED, Status.CANCELLED, 200),
]


@pytest.mark.parametrize(("action", "before", "after", "status"), DECIDED)
def test_a_decision_changes_the_run_and_tells_it(visitor, action, before, after, status):
    run = SyncRunFactory(status=before)

    told = visitor.post(f"runs/{run.pk}/{action}/", status=status)

    run.refresh_from_db()
    assert told["status"] == run.status == after
    assert OrmQ.objects.count() == (1 if status == 202 else 0)
    assert ("Location" in told.headers) == (status == 202)


def test_a_run_that_is_worked_on_stops_between_two_pages(visitor):
    run = SyncRunFactory(status=Status.RUNNING, lease_owner="somebody")

    assert visitor.post(f"runs/{run.pk}/cancel/")["status"] == "cancelling"


@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "retry-failures"])
def test_what_a_runs_state_does_not_allow_is_a_conflict_that_tells_the_state(visitor, action):
    run = SyncRunFactory(status=Status.SUCCEEDED)

    answer = visitor.post(f"runs/{run.pk}/{action}/", status=409)

    assert f"Run {run.pk} is succeeded" in answer["detail"]
    assert (answer["code"], answer["run"]["status"]) == ("wrong_state", "succeeded")


def test_a_run_is_not_resumed_beside_another_of_its_entity(visitor):
    run = SyncRunFactory(status=Status.FAILED)
    busy = SyncRunFactory(status=Status.RUNNING)

    answer = visitor.post(f"runs/{run.pk}/resume/", status=409)

    assert (answer["code"], answer["run"]["id"]) == ("run_in_progress", str(busy.pk))


@pytest.mark.parametrize("status", Status)
def test_what_a_run_says_can_be_done_is_what_is_done(visitor, status):
    """Each in its turn on a run of its own."""
    for action in ACTIONS:
        SyncRun.objects.all().delete()
        run = SyncRunFactory(status=status)
        RecordErrorFactory(run=run)
        can = visitor.get(f"runs/{run.pk}/")["can"][action.replace("-", "_")]
        expected = 202 if action in ("resume", "approve", "retry-failures") else 200
        if status == Status.PAUSED and action == "pause":  # harmless, and not offered
            can = True
        visitor.post(f"runs/{run.pk}/{action}/", status=expected if can else 409)
        RecordError.objects.all().delete()


def test_what_somebody_may_not_do_is_not_said_to_be_possible(visitor_with):
    run = SyncRunFactory(status=Status.QUARANTINED)
    RecordErrorFactory(run=run)
    reader = visitor_with("view_syncrun")

    assert not any(reader.get(f"runs/{run.pk}/")["can"].values())
    for action in ACTIONS:
        reader.post(f"runs/{run.pk}/{action}/", status=403)
    run.refresh_from_db()
    assert run.status == Status.QUARANTINED


def test_each_right_opens_its_own_actions(visitor_with):
    run = SyncRunFactory(status=Status.QUARANTINED)
    RecordErrorFactory(run=run)
    approver = visitor_with("view_syncrun", "approve_syncrun")

    can = approver.get(f"runs/{run.pk}/")["can"]

    assert [name for name, possible in can.items() if possible] == ["approve", "reject"]


def test_failures_of_a_run_are_retried_together(visitor):
    run = SyncRunFactory()
    errors = [RecordErrorFactory(run=run), RecordErrorFactory(run=run)]
    RecordErrorFactory()

    told = visitor.post(f"runs/{run.pk}/retry-failures/", status=202)

    (started,) = told["runs"]
    assert started["trigger"] == "retry"
    assert set(started["options"]["ids"]) == {error.external_id for error in errors}
    assert RecordError.objects.filter(status=RecordError.Status.RETRYING).count() == 2


def test_a_run_without_failures_has_none_to_retry(visitor):
    visitor.post(f"runs/{SyncRunFactory().pk}/retry-failures/", status=409)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_takes_no_body_and_knows_no_missing_run(visitor, errors_of, action):
    run = SyncRunFactory(status=Status.QUARANTINED)
    assert "force" in errors_of(visitor.post(f"runs/{run.pk}/{action}/", {"force": True}, status=400))
    visitor.post(f"runs/{run.pk + 1}/{action}/", status=404)
