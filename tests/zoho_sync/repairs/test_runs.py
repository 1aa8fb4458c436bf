"""Runs that do not go on, and claims that nobody gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from tests.factories import OAuthTokenFactory, OrganizationFactory, SyncRunFactory
from zoho_sync import leases, services
from zoho_sync.models import Event, OAuthToken, Repair, SyncRun, WebhookInbox
from zoho_sync.repairs import leases as claims
from zoho_sync.repairs import runs
from zoho_sync.zoho import clock

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


def untaken(**gone) -> SyncRun:
    run = SyncRunFactory(status=Status.QUEUED)
    SyncRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(**gone))
    return run


def test_a_run_that_nobody_takes_is_queued_again_and_told_once():
    run = untaken(minutes=20)

    assert (runs.mend(), runs.mend()) == (1, 0)

    (line,) = Repair.objects.all()
    assert (line.kind, line.run, line.worked, line.count) == ("runs", run, True, 1)
    assert OrmQ.objects.count() == 1


def test_a_run_that_has_just_been_asked_for_is_left_alone():
    untaken(minutes=10)
    assert runs.mend() == 0


def test_after_three_tries_and_six_hours_it_ends_with_a_sentence(django_capture_on_commit_callbacks):
    run = untaken(hours=7)
    for _try in range(3):
        assert runs.mend() == 1
        Repair.objects.update(at=timezone.now() - timedelta(minutes=20))

    with django_capture_on_commit_callbacks(execute=True):
        assert runs.mend() == 1

    run.refresh_from_db()
    assert (run.status, run.finished_at is not None) == ("failed", True)
    assert "7 hours" in run.message and "3 times" in run.message
    assert Repair.objects.get(worked=False).what == run.message
    assert Event.objects.filter(name="tds.zoho.sync.failed", run=run).exists()
    assert runs.mend() == 0


def test_attempts_that_all_end_without_a_page_are_told():
    run = SyncRunFactory(status=Status.RUNNING, slices_count=5, idle_attempts=4)
    assert runs.mend() == 1
    assert "4 attempts" in Repair.objects.get(run=run).what


def test_a_run_in_somebodys_hands_is_no_business_of_ours():
    until = timezone.now() + timedelta(seconds=20)
    SyncRunFactory(
        status=Status.RUNNING, slices_count=5, idle_attempts=4, lease_owner="a:1:b", lease_until=until
    )
    assert runs.mend() == 0


def test_a_run_that_waits_for_others_of_its_group_is_not_stuck():
    import uuid

    group = uuid.uuid4()
    SyncRunFactory(entity="products", status=Status.PAUSED, group=group)
    waiting = SyncRunFactory(entity="stock", status=Status.QUEUED, group=group)
    SyncRun.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(hours=1))
    assert runs.mend() == 0


# --- Claims ----------------------------------------------------------------------------------------------


def test_a_dead_workers_run_is_queued_again_and_told_once_however_often_it_dies(ago):
    run = SyncRunFactory(
        status=Status.RUNNING, lease_owner="here:99:a", lease_until=ago(minutes=1), beat_at=ago(minutes=2)
    )
    assert services.requeue_lost() == 1
    SyncRun.objects.filter(pk=run.pk).update(beat_at=ago(minutes=2))
    assert services.requeue_lost() == 1

    (line,) = Repair.objects.all()
    assert (line.kind, line.run, line.count) == ("leases", run, 2)


def test_between_two_slices_nothing_was_repaired(ago):
    SyncRunFactory(status=Status.RUNNING, beat_at=ago(minutes=2))
    assert services.requeue_lost() == 1
    assert not Repair.objects.exists()


def test_a_lease_from_a_time_when_a_clock_was_wrong_is_given_back():
    far = timezone.now() + timedelta(days=30)
    run = SyncRunFactory(
        status=Status.RUNNING, lease_owner="here:99:a", lease_until=far, beat_at=far, fence=7
    )
    assert list(leases.lost()) == []

    assert (claims.mend(), claims.mend()) == (1, 0)

    lease = leases.claim(run.pk)
    assert lease is not None and lease.fence > 8  # its late holder can write nothing
    assert far.strftime("%Y-%m-") in Repair.objects.get().what


@pytest.mark.parametrize("minutes", [-10, 60 * 24])
def test_a_refresh_that_nobody_does_any_more_is_given_back(minutes):
    OAuthTokenFactory(refreshing_by="gone", refreshing_until=clock.now() + timedelta(minutes=minutes))
    assert (claims.mend(), claims.mend()) == (1, 0)
    assert OAuthToken.objects.get().refreshing_until is None


def test_a_refresh_under_way_is_left_alone():
    OAuthTokenFactory(refreshing_by="somebody", refreshing_until=clock.now() + timedelta(seconds=30))
    assert claims.mend() == 0


def test_a_bell_rung_in_the_future_is_answered():
    WebhookInbox.objects.create(
        organization=OrganizationFactory(), rung_at=timezone.now() + timedelta(days=1)
    )
    assert claims.mend() == 1
    assert WebhookInbox.objects.get().rung_at is None


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_do_it_once(at_once, ago):
    untaken(minutes=20)
    SyncRunFactory(
        entity="customers", status=Status.RUNNING, lease_owner="here:99:a", lease_until=ago(minutes=1),
        beat_at=ago(minutes=2),
    )  # fmt: skip
    answers = at_once(lambda: (runs.mend(), services.requeue_lost()))
    assert sum(mended for mended, _lost in answers) == 1
    assert sorted(Repair.objects.values_list("kind", "count")) == [("leases", 1), ("runs", 1)]
