"""Three hosts on one PostgreSQL and one Zoho: one freezes, one is cut off, one loses its power, all in mid-run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import Schedule

from inventory.models import Customer, Product
from tests.zoho_sync.engine.truth import assert_exact
from tests.zoho_sync.test_processes import wait_until
from zoho_sync import services
from zoho_sync.models import Event, SyncRun, WorkerBeat
from zoho_sync.options import SyncMode, Trigger
from zoho_sync.sandbox import Size

from .host import Host, database_by, namespaces
from .jobs import NOTED
from .wires import Wires, to_database, to_tcp

SECONDS = 240  # for what must happen some time; nothing is judged by how fast it does
PER_MINUTE = 60  # calls, of all hosts together: fewer than the first minute asks for
NAMES = ("host-a", "host-b", "host-c")
Status = SyncRun.Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="hosts share a server, not a file"),
    pytest.mark.skipif(namespaces() is None, reason="the kernel gives us no namespaces"),
]


@pytest.fixture
def size() -> Size:
    return Size(items=300, customers=120, vendors=3, locations=3, price_lists=3, price_list_items=60)


@pytest.fixture
def hosts(zoho_server, process_environment, manage, tmp_path) -> Iterator[dict[str, Host]]:
    zoho = urlsplit(zoho_server.url)
    started: dict[str, Host] = {}
    for name in NAMES:
        wires = Wires(database=to_database(), zoho=to_tcp(zoho.hostname or "", zoho.port or 0))
        facts = connection.settings_dict
        address = database_by(
            wires.doors["database"].port, facts["NAME"], facts["USER"] or "postgres", facts["PASSWORD"]
        )
        to_zoho = f"http://127.0.0.1:{wires.doors['zoho'].port}"
        environment = process_environment | zoho_server.environment | {
            "DATABASE_URL": address,
            "ZOHO_API_BASE_URL": to_zoho,
            "ZOHO_ACCOUNTS_URL": to_zoho,
            "ZOHO_CALLS_PER_MINUTE": str(PER_MINUTE),
            "ZOHO_CALLS_PER_DAY": "1000000",
            "ZOHO_LEASE_SECONDS": "5",
            "ZOHO_SLICE_SECONDS": "3",
            "WORKER_CHECK_SECONDS": "1",
            "WORKER_CANARY_SECONDS": "2",
            "WORKER_STOP_SECONDS": "5",
            "LOG_LEVEL": "INFO",
        }  # fmt: skip
        started[name] = Host(name, manage, environment, wires, tmp_path / name)
    yield started
    for host in started.values():
        host.stop()
        print(host.name, host.log.read_text(errors="replace")[-3000:])  # pytest shows it when the test fails


def test_hosts_share_limits_token_and_schedules_and_take_over_from_each_other(
    sandbox, organization, hosts, api_calls
):
    sandbox.settings(
        calls_per_minute=PER_MINUTE, latency_ms=400
    )  # one call too many is refused, and seen below
    for number in range(8):
        Schedule.objects.create(
            name=f"note {number}", func="tests.zoho_sync.hosts.jobs.note", args=f"('note {number}',)",
            schedule_type=Schedule.ONCE, repeats=1, next_run=timezone.now(),
        )  # fmt: skip
    wait_until(lambda: WorkerBeat.objects.filter(beat_at__isnull=False).count() == len(NAMES), SECONDS)
    assert set(WorkerBeat.objects.values_list("host", flat=True)) == set(NAMES)
    services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND)

    first = catch(hosts, Host.freeze, Host.thaw)
    taken_over(first)
    first.host.thaw()
    wait_until(lambda: first.host.said("is worked on by somebody else; this worker stops"), SECONDS)

    second = catch(hosts, lambda host: host.wires.cut(), lambda host: host.wires.mend())
    taken_over(second)
    second.host.wires.mend()

    last = catch(hosts, Host.freeze, Host.thaw)
    last.host.pull_the_plug()
    del hosts[last.host.name]
    taken_over(last)
    wait_until(nothing_is_open, 3 * SECONDS)

    sandbox.tokens("expire")
    sandbox.random_changes(30, seed=3)
    services.start_all(SyncMode.INCREMENTAL, trigger=Trigger.COMMAND)
    wait_until(nothing_is_open, 3 * SECONDS)
    wait_until(lambda: Event.objects.filter(name=NOTED).count() >= 8, SECONDS)

    assert {run.status for run in SyncRun.objects.all()} == {Status.SUCCEEDED}
    assert_exact(sandbox, organization)
    assert_nothing_was_done_twice()
    calls = sandbox.calls()
    assert not [call for call in calls if call["status"] == 429]
    assert len(api_calls()) > PER_MINUTE  # so that somebody had to wait
    assert (
        len([call for call in calls if call["api"] == "accounts"]) == 2
    )  # the first, and after it had expired
    assert Counter(Event.objects.filter(name=NOTED).values_list("entity", flat=True)) == Counter(
        f"note {number}" for number in range(8)
    )


class Held:
    """A run and the host that works on it."""

    def __init__(self, run: SyncRun, host: Host):
        self.run, self.host, self.owner = run, host, run.lease_owner


def mid_run(hosts: dict[str, Host]) -> Held:
    """A run that somebody works on, some of its rows written; waited for."""
    found: list[Held] = []

    def look() -> bool:
        working = SyncRun.objects.filter(status=Status.RUNNING, lease_until__gt=timezone.now())
        found[:] = [
            Held(run, hosts[name])
            for run in working.exclude(progress_done=0)
            if (name := run.lease_owner.split(":")[0]) in hosts
        ]
        return bool(found)

    wait_until(look, SECONDS)
    return found[0]


def catch(hosts: dict[str, Host], stop: Callable[[Host], None], go_on: Callable[[Host], None]) -> Held:
    """A run in the hands of a host that is stopped now; one that had just let go of it may go on."""
    for _attempt in range(50):
        held = mid_run(hosts)
        stop(held.host)
        if still_holds(held):
            return held
        go_on(held.host)
    raise AssertionError("nobody could be caught in mid-run")


def still_holds(held: Held) -> bool:
    """True when what the stopped host had still sent, a commit that ends the run perhaps, left the run with it.

    It is on its way through this process and the server for milliseconds; the lease is kept for seconds.
    """
    for _look in range(10):
        now = SyncRun.objects.get(pk=held.run.pk)
        if (now.lease_owner, now.fence, now.status) != (held.owner, held.run.fence, Status.RUNNING):
            return False
        time.sleep(0.1)
    return True


def taken_over(held: Held) -> None:
    """Waited for: somebody else has claimed the run, since its holder cannot.

    The number tells it for good. A name would have to be met while it stands there: a successor whose minute is spent
    lets go of the run as soon as it has it.
    """
    wait_until(lambda: SyncRun.objects.get(pk=held.run.pk).fence > held.run.fence, SECONDS)


def assert_nothing_was_done_twice() -> None:
    """Whoever came back has written nothing more: each record was created once."""
    for entity, model in (("products", Product), ("customers", Customer)):
        told = SyncRun.objects.filter(entity=entity).values_list("created_count", flat=True)
        assert sum(told) == model.objects.count()


def nothing_is_open() -> bool:
    return not SyncRun.objects.filter(status__in=SyncRun.ACTIVE).exists()
