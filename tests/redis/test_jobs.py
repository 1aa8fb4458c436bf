"""Jobs in Redis: told after the commit, given back in their order, and missed by nobody when Redis is away."""

from __future__ import annotations

import logging
import subprocess
from datetime import timedelta

import pytest
from django.core.signing import dumps
from django.db import transaction
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Schedule
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from inventory.jobs import enqueue
from monitoring.causes import reach
from monitoring.causes.facts import gather
from monitoring.health import Health
from monitoring.health.working import probe_worker
from monitoring.metrics import gauges
from monitoring.troubles import Severity, Trouble
from zoho_sync import broker, services, status
from zoho_sync.broker import taken_key
from zoho_sync.models import SyncRun, WorkerBeat

pytestmark = pytest.mark.django_db(transaction=True)
BEAT = "zoho_sync.tasks.beat"


def names(payloads: list[str]) -> list[str]:
    return [SignedPackage.loads(each)["args"][0] for each in payloads]


def test_a_job_is_told_after_the_commit_and_never_after_a_rollback(server):
    with transaction.atomic():
        enqueue(BEAT, "kept")
        assert server.jobs() == []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(BEAT, "lost")
        raise ZeroDivisionError
    enqueue(BEAT, "alone")
    assert names(server.jobs()) == ["kept", "alone"]


def test_a_run_can_be_started_while_redis_is_away_and_is_queued_when_it_is_back(
    server, start_run, settings, caplog
):
    server.kill()
    with caplog.at_level(logging.WARNING):
        run = start_run("warehouses")
    assert "could not be queued, a sweep will" in caplog.text
    server.start()
    assert services.requeue_lost() == 0  # it is too young to be lost
    ago = timezone.now() - timedelta(seconds=settings.ZOHO["LEASE_SECONDS"] + 1)
    SyncRun.objects.filter(pk=run.pk).update(created_at=ago, beat_at=None)
    assert services.requeue_lost() == 1
    assert [SignedPackage.loads(each)["args"] for each in server.jobs()] == [(run.pk,)]


def test_a_job_in_hand_stays_until_it_has_ended(server, settings):
    name = settings.WORKER["NAME"]
    enqueue(BEAT, "first")
    [(ack, payload)] = get_broker().dequeue()
    assert (names([payload]), server.jobs(), names(server.jobs(taken_key(name)))) == (
        ["first"],
        [],
        ["first"],
    )
    get_broker().acknowledge(ack)
    assert server.jobs(taken_key(name)) == []


def test_jobs_in_hand_are_offered_again_in_their_order_and_before_all_others(server, settings):
    for each in ("first", "second", "third"):
        enqueue(BEAT, each)
    get_broker().dequeue()
    get_broker().dequeue()
    assert broker.give_back("another") == 0
    assert broker.give_back(settings.WORKER["NAME"]) == 2
    assert names(server.jobs()) == ["first", "second", "third"]


def test_letters_come_first_and_to_nobody_else(server, settings):
    enqueue(BEAT, "a job")
    async_task(BEAT, "another's", cluster="another")
    async_task(BEAT, "mine", cluster=settings.WORKER["NAME"])
    taken = [get_broker().dequeue() for _ in range(3)]
    assert [names([each[0][1]]) if each else None for each in taken] == [["mine"], ["a job"], None]
    broker.throw_away_letters("another")
    assert server.jobs("another") == []


def test_what_waits_and_since_when(server):
    assert broker.waiting() == broker.Waiting(0, None)
    before = timezone.now()
    enqueue(BEAT, "first")
    between = timezone.now()
    enqueue(BEAT, "second")
    async_task(BEAT, "a letter", cluster="another")
    found = broker.waiting()
    assert found.jobs == 2
    assert before <= found.oldest_at <= between


def test_what_another_installation_has_signed_is_no_obstacle(server, settings):
    server.client.rpush("django_q:tsh_erp:q", dumps({"func": BEAT}, key="another"))
    assert broker.waiting() == broker.Waiting(1, None)
    [(ack, _payload)] = get_broker().dequeue()
    get_broker().fail(ack)
    assert server.jobs(taken_key(settings.WORKER["NAME"])) == []


def test_a_redis_that_is_away_is_told_by_the_health_page_at_once(server):
    WorkerBeat.objects.create(name="w", host="h", beat_at=timezone.now(), supervisor_at=timezone.now())
    assert probe_worker().health is Health.OK
    server.kill()
    found = probe_worker()
    assert found.health is Health.DEGRADED
    assert "The queue does not answer" in found.message
    assert "REDIS_URL" in found.what_to_do
    server.start()
    assert probe_worker().health is Health.OK


def test_a_redis_that_is_away_is_one_cause_and_no_fault_of_the_workers(server):
    long_ago = timezone.now() - timedelta(minutes=10)
    WorkerBeat.objects.create(name="w", host="h", beat_at=long_ago, supervisor_at=timezone.now())
    assert {each.id for each in troubles()} == {"worker", "queue:w"}
    server.kill()
    [only] = troubles()
    assert (only.id, only.severity) == ("queue", Severity.CRITICAL)
    assert "The queue does not answer" in only.message


def troubles() -> list[Trouble]:
    facts = gather()
    return [*reach.worker(facts), *reach.queue(facts)]


def test_a_frozen_redis_is_found_out(server):
    server.freeze()
    with pytest.raises(broker.QueueAway, match="Redis does not answer: "):
        broker.check()


def test_what_is_not_known_is_not_measured(server):
    seen = [name for name, _value, _labels in gauges._queue(timezone.now())]
    assert {"queue_jobs", "queue_oldest_seconds"} <= set(seen)
    server.kill()
    assert status.queue() is None
    assert list(gauges._queue(timezone.now())) == []


def test_a_schedule_that_could_not_be_told_fires_when_redis_is_back(server):
    due = timezone.now() - timedelta(seconds=1)
    row = Schedule.objects.create(
        func=BEAT, args="('due',)", schedule_type=Schedule.DAILY, next_run=due, name="daily"
    )
    server.kill()
    scheduler()
    row.refresh_from_db()
    assert row.next_run == due
    server.start()
    scheduler()
    scheduler()
    assert names(server.jobs()) == ["due"]
    row.refresh_from_db()
    assert row.next_run > timezone.now()


def test_who_takes_jobs_out_outlives_redis(server, caplog):
    taker = get_broker()
    server.kill()
    with caplog.at_level(logging.WARNING):
        assert [taker.dequeue(), taker.dequeue()] == [None, None]
    server.start()
    enqueue(BEAT, "a job")
    assert names([taker.dequeue()[0][1]]) == ["a job"]
    assert [each.getMessage().partition(":")[2][:26] for each in caplog.records] == [
        " Redis does not answer, jo",
        " Redis answers again",
    ]


def test_a_worker_without_redis_is_one_sentence_that_holds_no_password(process_environment, manage):
    environment = process_environment | {"REDIS_URL": "redis://erp:topsecret@127.0.0.1:1/0"}
    done = subprocess.run(
        [*manage, "run_worker"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "The queue cannot be used" in done.stderr
    assert "See REDIS_URL." in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "topsecret" not in done.stderr
