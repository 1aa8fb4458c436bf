"""The watch as real processes: one looks, another takes over from it when it is killed, and a database may go away."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, connections

from monitoring import alerts
from monitoring.models import Alert, AlertEvent, AlertRule, Watch
from tests.factories import WebhookDeliveryFactory
from tests.monitoring.alerts.conftest import after, breach, rule_for
from tests.zoho_sync.test_processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(process_environment, manage, tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """start() one watch more, with short rounds and leases; what is left of them ends with the test."""
    running: list[subprocess.Popen] = []

    def go(**environment: str) -> subprocess.Popen:
        quick = {"WATCH_ROUND_SECONDS": "1", "WATCH_LEASE_SECONDS": "2", "LOG_LEVEL": "INFO"}
        with (tmp_path / "watch.log").open("ab") as log:
            process = subprocess.Popen(
                [*manage, "run_monitor"],
                env=process_environment | quick | environment,
                stdout=log,
                stderr=log,
            )
        running.append(process)
        return process

    yield go
    for process in running:
        process.kill()
        process.wait()


def pid_of_holder() -> int:
    owner = Watch.objects.values_list("owner", flat=True).first() or ""
    return int(owner.split(":")[1]) if owner else 0


@pytest.mark.slow
def test_another_watch_takes_over_from_one_that_is_killed_and_makes_no_second_alert(start):
    AlertRule.objects.exclude(pk=rule_for("dead-letters").pk).delete()
    WebhookDeliveryFactory(status="dead")
    first = start()
    wait_until(lambda: Alert.objects.filter(count__gte=2).exists())
    second = start()
    assert pid_of_holder() == first.pid

    first.send_signal(signal.SIGKILL)
    first.wait()
    wait_until(lambda: pid_of_holder() == second.pid)
    seen = Alert.objects.get().count
    wait_until(lambda: Alert.objects.get().count > seen)

    assert list(AlertEvent.objects.values_list("what", flat=True)) == ["opened"]
    second.terminate()
    assert second.wait(20) == 0
    assert Watch.objects.get().lease_until is None


def test_at_the_same_moment_many_make_one_alert():
    rule, barrier, count = rule_for(), threading.Barrier(6), 5

    def see() -> None:
        barrier.wait()
        for _ in range(count):
            alerts.open_alert(rule, breach(), now=after(0))
        connections.close_all()

    threads = [threading.Thread(target=see) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    alert = Alert.objects.get()
    assert (alert.count, alert.events.count()) == (30, 1)


def test_what_was_resolved_is_reopened_once_by_whoever_comes_first():
    rule, barrier = rule_for(), threading.Barrier(4)
    alert = alerts.open_alert(rule, breach(), now=after(0))
    Alert.objects.update(state="resolved", resolved_at=after(1))

    def see() -> None:
        barrier.wait()
        alerts.open_alert(rule, breach(), now=after(2))
        connections.close_all()

    threads = [threading.Thread(target=see) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    alert.refresh_from_db()
    assert (alert.state, alert.reopened_count, alert.count) == ("open", 1, 5)


# --- A database that goes away -----------------------------------------------------------------------


def end(*sockets: socket.socket) -> None:
    """Also for a thread that waits at it."""
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class Passage:
    """Lets connections through to a server on this machine, until it is shut; then it takes none, and cuts those."""

    def __init__(self, target: str | tuple[str, int]):
        self._target, self._open = target, []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                inside, _address = self._server.accept()
            except OSError:
                return
            family = socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET
            outside = socket.socket(family)
            outside.connect(self._target)
            self._open += [inside, outside]
            for one, other in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        finally:
            end(one, other)  # each of the two threads closes what it has read from
            one.close()

    def shut(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        end(*self._open)

    def reopen(self) -> None:
        self._open = []
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()


@pytest.mark.slow
def test_an_absence_of_the_database_is_told_once_it_is_back_and_is_over_then(start, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("a file does not go away")
    facts = connection.get_connection_params()
    host, port = facts.get("host", ""), facts.get("port") or 5432
    passage = Passage(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, int(port)))
    user, password = facts["user"], facts.get("password", "")
    address = f"postgres://{user}:{password}@127.0.0.1:{passage.port}/{connection.settings_dict['NAME']}"
    AlertRule.objects.exclude(pk=rule_for("database", resolve_minutes=0).pk).delete()
    process = start(DATABASE_URL=address)
    wait_until(lambda: Watch.objects.filter(looked_at__isnull=False).exists())

    passage.shut()
    log = tmp_path / "watch.log"
    wait_until(lambda: "CRITICAL monitoring.watch: The database does not answer" in log.read_text())
    before = Watch.objects.get().looked_at
    time.sleep(61)  # less than a minute is a restart, and in the log alone
    passage.reopen()

    wait_until(lambda: Watch.objects.get().looked_at > before)
    assert "The database answers again" in log.read_text()
    wait_until(lambda: Alert.objects.filter(fingerprint="database", state="resolved").exists())
    assert list(AlertEvent.objects.order_by("pk").values_list("what", flat=True)) == ["opened", "resolved"]
    alert = Alert.objects.get()
    assert alert.resolved_at - alert.first_seen_at > timedelta(minutes=1)
    process.kill()
    process.wait()
    passage.shut()
    wait_until(lambda: sessions() == 1)  # or the database could not be dropped


def sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]
