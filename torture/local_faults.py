"""What happens to our own processes: killed, stopped and frozen at every stage, doubled, or with a wrong clock."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.freezing import stop_still

from . import database_faults, volume_faults  # noqa: F401  (they register themselves)
from .faults import Step, add
from .keeper import PROJECT, send, words_of
from .locks import nobody_is_locked_out
from .world import patiently

if TYPE_CHECKING:
    from .world import World

ENTITIES = ("warehouses", "products", "stock", "price_lists", "customers", "invoices")
CATCH_SECONDS = 15.0  # so long a stage is waited for; the fault strikes then, whatever stage it is
FREEZE_SECONDS = 25.0  # most; the lease is over long before
Look = Callable[["World", str], int]


# --- Stages ------------------------------------------------------------------------------------------


def asking(world: World, entity: str) -> int:
    """The process that waits for Zoho's answer in a run of this entity; 0 when there is none at this moment."""
    from zoho_sync.models import CallSlot, SyncRun

    for run in SyncRun.objects.filter(entity=entity, status="running").exclude(lease_owner=""):
        if CallSlot.objects.filter(run_number=run.pk, ended_at=None).exists():
            return _process_of(world, run.lease_owner)
    return 0


def writing(world: World, entity: str) -> int:
    """The process that has stored pages of a run of this entity, and goes on."""
    from zoho_sync.models import SyncRun

    for run in SyncRun.objects.filter(entity=entity, status="running", progress_done__gt=0).exclude(
        lease_owner=""
    ):
        return _process_of(world, run.lease_owner)
    return 0


def draining(world: World, entity: str) -> int:
    """The process that reads for webhooks."""
    from zoho_sync.models import SyncRun

    for run in SyncRun.objects.filter(trigger="webhook", status="running").exclude(lease_owner=""):
        return _process_of(world, run.lease_owner)
    return 0


def _process_of(world: World, owner: str) -> int:
    """A process of the worker's, never the one that holds this world."""
    pid = int(owner.split(":")[1])
    return pid if pid in world.keeper.below("worker") else 0


STAGES: dict[str, Look] = {"asking": asking, "writing": writing}


# --- What is done to whom ----------------------------------------------------------------------------


def kill(world: World, dice: random.Random, pid: int) -> None:
    time.sleep(dice.uniform(0.0, 0.05))
    send(pid or _somebody(world, dice), signal.SIGKILL)


def terminate(world: World, dice: random.Random, pid: int) -> None:
    send(pid or _somebody(world, dice), signal.SIGTERM)


def freeze(world: World, dice: random.Random, pid: int) -> None:
    """Past its lease, until another has what it held; then it goes on as if no time had passed."""
    from zoho_sync.models import SyncRun

    pid = pid or _somebody(world, dice)
    if not world.soon(lambda: _frozen_without_a_lock(world, pid), 5.0):
        return
    try:
        held = f":{pid}:"
        world.soon(lambda: not SyncRun.objects.filter(lease_owner__contains=held).exists(), FREEZE_SECONDS)
    finally:
        send(pid, signal.SIGCONT)


def _frozen_without_a_lock(world: World, pid: int) -> bool:
    """In the middle of a transaction it would keep everybody waiting, as a machine that is suspended seldom does."""
    try:
        stop_still(pid)
    except ProcessLookupError:
        return True
    if nobody_is_locked_out(world):
        return True
    send(pid, signal.SIGCONT)
    return False


def kill_cluster(world: World, dice: random.Random, pid: int) -> None:
    """The first process of the queue, with which all others go."""
    for each in world.keeper.below("worker"):
        if "run_queue" in words_of(each):
            send(each, signal.SIGKILL)
            return


def kill_supervisor(world: World, dice: random.Random, pid: int) -> None:
    send(world.keeper.services["worker"].pid, signal.SIGKILL)


def stop_supervisor(world: World, dice: random.Random, pid: int) -> None:
    send(world.keeper.services["worker"].pid, signal.SIGTERM)


def renew_supervisor(world: World, dice: random.Random) -> None:
    """It waits longer after each quick death of a cluster; the next case shall not pay for this one."""
    send(world.keeper.services["worker"].pid, signal.SIGKILL)


def _somebody(world: World, dice: random.Random) -> int:
    """One of the queue's processes; whoever is there when the stage did not come."""
    return dice.choice(world.keeper.below("worker")[1:] or [0]) or -1


def at(look: Look, entity: str, act) -> Step:
    def strike(world: World, dice: random.Random) -> None:
        found: list[int] = []

        def is_there() -> bool:
            found[:] = [look(world, entity)]
            return found != [0]

        world.soon(is_there, CATCH_SECONDS)
        act(world, dice, found[0] if found else 0)

    return strike


def slow_answers(world: World, dice: random.Random) -> None:
    world.sandbox.settings(latency_ms=dice.choice((40, 80)))


ACTS = {
    "worker-killed": kill,
    "worker-stopped": terminate,
    "worker-frozen": freeze,
    "queue-killed": kill_cluster,
    "supervisor-killed": kill_supervisor,
}
for _entity in ENTITIES:
    for _stage, _look in STAGES.items():
        for _name, _act in ACTS.items():
            add(
                name=f"{_name}-{_stage}-{_entity.replace('_', '-')}", group="processes", mode="full",
                apply=slow_answers, strike=at(_look, _entity, _act),
                **({"undo": renew_supervisor} if _act is kill_cluster else {}),
            )  # fmt: skip
for _name, _act in ACTS.items():
    add(
        name=f"{_name}-draining", group="processes",
        apply=lambda world, dice: (slow_answers(world, dice), world.business.work(dice, 20)),
        strike=at(draining, "", _act),
        **({"undo": renew_supervisor} if _act is kill_cluster else {}),
    )  # fmt: skip
add(
    name="supervisor-stopped",
    group="processes",
    apply=slow_answers,
    strike=at(writing, "products", stop_supervisor),
    mode="full",
)


# --- Idle ones, and the web server -------------------------------------------------------------------


def _kill_idle(world: World, dice: random.Random) -> None:
    """Before the runs begin: whoever waits for a job may hold the lock of the queue."""
    cluster = [each for each in world.keeper.below("worker") if "run_queue" in words_of(each)]
    for each in cluster[1:]:
        if dice.random() < 0.6:
            send(each, signal.SIGKILL)


def _kill_web(world: World, dice: random.Random) -> None:
    send(world.keeper.services["web"].pid, signal.SIGKILL)


def _stop_web(world: World, dice: random.Random) -> None:
    send(world.keeper.services["web"].pid, signal.SIGTERM)


def _kill_web_child(world: World, dice: random.Random) -> None:
    for _ in range(3):
        if children := world.keeper.below("web")[1:]:
            send(dice.choice(children), signal.SIGKILL)
        time.sleep(0.3)


def _freeze_web(world: World, dice: random.Random) -> None:
    pids = [pid for pid in world.keeper.below("web")[1:] if _frozen_without_a_lock(world, pid)]
    time.sleep(3.0)
    for pid in pids:
        send(pid, signal.SIGCONT)


def _power_loss(world: World, dice: random.Random) -> None:
    """Everything of ours at once, and started again."""
    for pids in world.keeper.everybody().values():
        for pid in pids:
            send(pid, signal.SIGKILL)


add(name="idle-workers-killed", group="processes", apply=_kill_idle, is_slow=True)  # a wedge is waited for
add(name="web-killed", group="web", strike=_kill_web)
add(name="web-stopped", group="web", strike=_stop_web)
add(name="web-children-killed", group="web", strike=_kill_web_child)
add(name="web-frozen", group="web", strike=_freeze_web)
for _entity in ENTITIES:
    add(
        name=f"power-loss-writing-{_entity.replace('_', '-')}", group="power", mode="full", apply=slow_answers,
        strike=at(writing, _entity, lambda world, dice, pid: _power_loss(world, dice)),
    )  # fmt: skip


# --- Too many at once --------------------------------------------------------------------------------


def _everybody_asks(world: World, dice: random.Random) -> None:
    """Three callers at the same moment; each entity is run once."""
    from django.db import connections

    from zoho_sync import services
    from zoho_sync.errors import SyncError
    from zoho_sync.options import SyncMode, Trigger

    gate = threading.Barrier(3)

    def ask() -> None:
        try:
            gate.wait()
            patiently(lambda: services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND))
        except SyncError:  # somebody was quicker
            return
        finally:
            connections.close_all()

    callers = [threading.Thread(target=ask) for _ in range(3)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()


def _command_beside(world: World, dice: random.Random) -> None:
    """A person's command that works in its own process, beside the worker; it may find an entity busy."""
    name = dice.choice(("sync_products", "sync_stock", "sync_customers", "sync_pricelists"))
    beside = subprocess.Popen(
        [sys.executable, "manage.py", name], cwd=PROJECT, env=world.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        beside.wait(60)
    except subprocess.TimeoutExpired:
        beside.kill()
        beside.wait()


def second_worker(name: str, group: str, **variables: str):
    def come(world: World, dice: random.Random) -> None:
        from zoho_sync.models import WorkerBeat

        slow_answers(world, dice)
        world.start_worker(name, **variables)
        world.soon(lambda: WorkerBeat.objects.filter(name=name).exclude(beat_at=None).exists(), 20.0)

    return {
        "apply": come,
        "undo": lambda world, dice: world.keeper.take_out(name),
        "group": group,
        "mode": "full",
    }


add(name="callers-at-once", group="at-once", strike=_everybody_asks)
add(name="command-beside", group="at-once", apply=slow_answers, strike=_command_beside)
add(name="second-worker", **second_worker("second", "at-once"))
add(
    name="second-worker-and-kill",
    **second_worker("another", "at-once"),
    strike=at(writing, "products", kill),
)
for _name, _seconds in {"ahead": "120", "behind": "-120"}.items():
    add(
        name=f"host-clock-{_name}", **second_worker(f"host-{_name}", "clocks", TORTURE_CLOCK_SECONDS=_seconds),
        vendor="postgresql", is_lonely=True, is_slow=True,  # with SQLite all processes are on one machine
    )  # fmt: skip
