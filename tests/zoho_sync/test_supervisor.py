"""The supervised worker: a real cluster of real processes on this test's database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from tests.factories import SyncRunFactory
from tests.zoho_sync.test_processes import is_running, wait_until
from zoho_sync.broker import taken_key
from zoho_sync.models import SyncRun, WorkerBeat

SECONDS = 90  # for what must happen some time; nothing is judged by how fast it does
QUICK = {"WORKER_CHECK_SECONDS": "1", "WORKER_CANARY_SECONDS": "1", "WORKER_STOP_SECONDS": "5"}


class Worker:
    """A `run_worker` under test."""

    def __init__(self, command: list[str], environment: dict[str, str], log):
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)

    @property
    def row(self) -> WorkerBeat:
        return WorkerBeat.objects.get(name=settings.WORKER["NAME"])

    @property
    def is_alive(self) -> bool:
        return WorkerBeat.objects.filter(name=settings.WORKER["NAME"], beat_at__isnull=False).exists()

    @property
    def cluster(self) -> int:
        [pid] = children(self.process.pid)
        return pid

    @property
    def sentinel(self) -> int:
        [pid] = children(self.cluster)
        return pid

    @property
    def everybody(self) -> list[int]:
        """Cluster, sentinel, workers, monitor and pusher."""
        return [self.cluster, self.sentinel, *children(self.sentinel)]

    def said(self, words: str) -> bool:
        return words in self.log.read_text()


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return [int(word) for word in found.split()]


@pytest.fixture
def start(process_environment, manage, tmp_path) -> Iterator:
    started: list[Worker] = []

    def start_worker(**changes: str) -> Worker:
        environment = process_environment | QUICK | {"LOG_LEVEL": "INFO"} | changes
        worker = Worker([*manage, "run_worker"], environment, tmp_path / f"worker-{len(started)}.log")
        started.append(worker)
        return worker

    yield start_worker
    for worker in started:
        worker.process.terminate()
        worker.process.wait(60)
        print(worker.log.read_text())  # pytest shows it when the test fails


@pytest.fixture
def worker(start) -> Worker:
    worker = start()
    wait_until(lambda: worker.is_alive, SECONDS)
    return worker


def test_jobs_are_worked_and_canaries_do_not_pile_up(worker):
    first = worker.row.beat_at
    async_task("zoho_sync.tasks.beat", "a job")
    wait_until(lambda: worker.row.beat_at > first + timedelta(seconds=3), SECONDS)
    wait_until(lambda: WorkerBeat.objects.filter(name="a job").exists(), SECONDS)
    assert OrmQ.objects.filter(key=settings.WORKER["NAME"]).count() <= 1
    assert worker.row.restarts_count == 0


def wedge(worker: Worker) -> str:
    """Kill the idle workers until one of them takes the queue's lock into its grave; returns the job that waits.

    Nearly always the first kill does it. Now and then one of them has let go of the lock and none has taken it
    yet: then those that replace them work on as if nothing had been, and the job gets done.
    """
    for attempt in range(20):
        job = f"job {attempt} of the time of the wedge"
        for idle in sorted(children(worker.sentinel))[: settings.Q_CLUSTER["workers"]]:
            os.kill(idle, signal.SIGKILL)
        async_task("zoho_sync.tasks.beat", job)
        wait_until(lambda job=job: worker.said("the queue is wedged") or is_done(job), SECONDS)
        if worker.said("the queue is wedged"):
            return job
    raise AssertionError("twenty kills of idle workers, and the queue still works")


def is_done(job: str) -> bool:
    return WorkerBeat.objects.filter(name=job).exists()


@pytest.mark.slow
def test_a_wedged_cluster_is_noticed_and_mended(start):
    worker = start(WORKER_SILENCE_SECONDS="5")
    wait_until(lambda: worker.is_alive, SECONDS)
    former = worker.cluster
    job = wedge(worker)

    wait_until(lambda: worker.row.restarts_count >= 1, SECONDS)
    wait_until(lambda: is_done(job), SECONDS)

    assert not is_running(former)
    assert worker.row.restarted_at is not None


@pytest.mark.slow
def test_a_run_that_a_wedged_cluster_has_left_is_no_sign_of_life(start):
    """It is queued again and again, with a new time each, and its holder is still among the cluster's processes."""
    worker = start(WORKER_SILENCE_SECONDS="12", ZOHO_LEASE_SECONDS="5")
    wait_until(lambda: worker.is_alive, SECONDS)
    former = worker.cluster
    idle = sorted(children(worker.sentinel))[: settings.Q_CLUSTER["workers"]]
    for each in idle:
        os.kill(each, signal.SIGSTOP)
    past = timezone.now() - timedelta(minutes=1)
    owner = f"{socket.gethostname()[:50]}:{idle[0]}:left"
    run = SyncRunFactory(
        status="running", lease_owner=owner, lease_until=past, beat_at=past, created_at=past, started_at=past
    )

    wait_until(lambda: SyncRun.objects.get(pk=run.pk).beat_at > past, SECONDS)
    wait_until(lambda: worker.said("the queue is wedged"), SECONDS)
    wait_until(lambda: worker.row.restarts_count >= 1, SECONDS)

    assert not is_running(former)


@pytest.mark.slow
def test_a_cluster_that_is_killed_is_started_again_and_its_jobs_are_offered_again(worker):
    former = worker.everybody
    os.kill(worker.cluster, signal.SIGKILL)
    wait_until(lambda: worker.row.restarts_count == 1, SECONDS)
    wait_until(lambda: not any(is_running(pid) for pid in former), SECONDS)
    async_task("zoho_sync.tasks.beat", "a job")
    wait_until(lambda: WorkerBeat.objects.filter(name="a job").exists(), SECONDS)
    assert worker.said("the cluster ended by itself")


@pytest.mark.slow
@pytest.mark.one_leg
def test_no_process_is_left_when_the_supervisor_is_killed(worker):
    everybody = worker.everybody
    assert len(everybody) == 2 + settings.Q_CLUSTER["workers"] + 2
    worker.process.kill()
    wait_until(lambda: not any(is_running(pid) for pid in everybody), SECONDS)


@pytest.mark.slow
def test_no_process_is_left_when_the_sentinel_is_killed_and_a_new_cluster_comes(worker):
    everybody = worker.everybody
    os.kill(worker.sentinel, signal.SIGKILL)
    wait_until(lambda: not any(is_running(pid) for pid in everybody), SECONDS)
    wait_until(lambda: worker.row.restarts_count == 1, SECONDS)


@pytest.mark.one_leg
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            number, marks=pytest.mark.slow
        )  # every day test_backoffice.py ends a whole office, its worker too
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    ],
)
def test_a_stop_ends_everything_and_takes_the_sign_of_life_back(worker, number):
    everybody = worker.everybody
    worker.process.send_signal(number)
    assert worker.process.wait(60) == 0
    assert not any(is_running(pid) for pid in everybody)
    assert worker.row.beat_at is None


@pytest.mark.one_leg
def test_a_second_worker_of_the_same_name_is_refused_in_one_sentence(worker, process_environment, manage):
    done = subprocess.run(
        [*manage, "run_worker"], env=process_environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "runs already. Give this one another name: WORKER_NAME=second." in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_worker_answers_only_its_own_canaries(worker, start):
    second = start(WORKER_NAME="second")
    wait_until(lambda: WorkerBeat.objects.filter(name="second", beat_at__isnull=False).exists(), SECONDS)
    os.kill(second.process.pid, signal.SIGKILL)
    second.process.wait()
    before = WorkerBeat.objects.get(name="second").beat_at
    async_task("zoho_sync.tasks.beat", "second", cluster="second")
    seen = worker.row.beat_at
    wait_until(lambda: worker.row.beat_at > seen + timedelta(seconds=3), SECONDS)
    assert WorkerBeat.objects.get(name="second").beat_at == before


@pytest.mark.slow
def test_jobs_in_the_hands_of_a_host_that_is_gone_are_taken_over(start):
    long_ago = timezone.now() - timedelta(minutes=10)
    WorkerBeat.objects.create(name="gone", host="elsewhere", supervisor_at=long_ago, beat_at=long_ago)
    async_task("zoho_sync.tasks.beat", "a job of the lost host")
    OrmQ.objects.update(key=taken_key("gone"), lock=timezone.now() + timedelta(minutes=30))
    start()
    wait_until(lambda: WorkerBeat.objects.filter(name="a job of the lost host").exists(), SECONDS)


@pytest.mark.slow
def test_a_worker_without_a_usable_database_is_one_sentence(process_environment, manage, tmp_path):
    obstacle = tmp_path / "file"
    obstacle.write_text("")
    environment = process_environment | {"DATABASE_URL": f"sqlite:///{obstacle}/x.sqlite3"}
    done = subprocess.run(
        [*manage, "run_worker"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "The database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
