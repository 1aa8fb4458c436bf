"""One case: a business at work, faults over it, all taken away, and the promises looked at one by one."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import invariants
from .faults import Fault
from .model import Business
from .patience import settle
from .world import Broken, patiently

if TYPE_CHECKING:
    from .visitor import Visitor
    from .world import World

RUNS_SECONDS = 40.0  # so long the faults stay at most; the runs need not have ended then
CALM_LOOKS = 3  # one after the other: between two runs there is a moment without any
CHANGES = 8


@dataclass(frozen=True)
class Case:
    """faults: one, or a mix of several. seed: of everything that is drawn in it."""

    name: str
    faults: tuple[Fault, ...]
    seed: str


@dataclass
class Outcome:
    """is_met: did a fault that was ordered from Zoho come to pass at all?"""

    case: Case
    is_met: bool = True
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)


def play(world: World, visitor: Visitor, case: Case) -> Outcome:
    """The case from its first change to its last promise; whatever is broken is told, and nothing raised."""
    began, outcome = time.monotonic(), Outcome(case)
    dice = random.Random(case.seed)
    witness = invariants.Witness(world, visitor, case)
    business = world.business = Business(world.sandbox)
    try:
        _suffer(world, witness, business, dice, case)
        _recover(world, witness, dice, case)
        outcome.broken += witness.judge(business)
        outcome.is_met = witness.met_what_was_ordered()
    except Broken as error:
        outcome.broken.append(str(error))
    except Exception as error:  # the simulation itself failed: that is no pass either
        outcome.broken.append(f"{type(error).__name__}: {error}")
        raise
    finally:
        _heal(world, dice, case)
        outcome.seconds = time.monotonic() - began
    return outcome


def _suffer(world: World, witness, business: Business, dice: random.Random, case: Case) -> None:
    world.sandbox.settings(latency_ms=dice.choice((0, 0, 5, 20)))
    business.work(dice, CHANGES)
    business.come_and_go(dice)
    for fault in case.faults:
        patiently(lambda fault=fault: fault.apply(world, dice))
    modes = {fault.mode for fault in case.faults} - {""}
    mode = "full" if "full" in modes else (modes or {dice.choice(("full", "incremental"))}).pop()
    start(world, mode)
    for fault in case.faults:
        fault.strike(world, dice)
        witness.look()
    business.work(dice, CHANGES // 2)
    deadline, calm = time.monotonic() + RUNS_SECONDS, 0
    while time.monotonic() < deadline and calm < CALM_LOOKS:
        calm = calm + 1 if patiently(has_rest) else 0
        witness.look()
        time.sleep(0.1)


def _heal(world: World, dice: random.Random, case: Case) -> None:
    for fault in reversed(case.faults):
        fault.undo(world, dice)
    world.sandbox.clear_faults()
    world.sandbox.tokens("restore")
    world.sandbox.settings(**world.defaults)


def _recover(world: World, witness, dice: random.Random, case: Case) -> None:
    """Faults off, whatever rested goes on; then one more run of everything, which must simply succeed."""
    _heal(world, dice, case)
    settle(world)
    witness.look()
    is_deep = any(fault.needs_full for fault in case.faults)
    runs = start(world, "full" if is_deep else "incremental")
    settle(world, awake=False)
    if is_deep:  # strange rows may be so many that only a person lets them go
        approve(runs)
        settle(world, awake=False)
    witness.last_runs = runs


def start(world: World, mode: str) -> list[int]:
    """Runs of everything, by a person, and one of invoices, which stand for all documents; their numbers. Where some
    are busy already it is waited for them."""
    from zoho_sync import services
    from zoho_sync.errors import RunInProgress
    from zoho_sync.options import SyncMode, SyncOptions, Trigger

    together = {"trigger": Trigger.COMMAND, "anyway": True}

    def ask() -> list[int]:
        try:
            runs = services.start_all(SyncMode(mode), batch_size=10, **together)
        except RunInProgress:
            return []
        return [run.pk for run in runs]

    def ask_for_invoices() -> list[int]:
        options = SyncOptions(entity="invoices", mode=SyncMode(mode), batch_size=10)
        try:
            return [services.start_run(options, **together).pk]
        except RunInProgress:
            return []

    runs = world.until(ask, "no run could be started")
    return runs + world.until(ask_for_invoices, "no run of invoices could be started")


def approve(runs: list[int]) -> None:
    """As a person does who has looked: what Zoho's whole list does not show, and Zoho does not know, may go."""
    from zoho_sync import services
    from zoho_sync.models import SyncRun

    for run in SyncRun.objects.filter(pk__in=runs, status=SyncRun.Status.QUARANTINED):
        services.approve_run(run, user=None)


def has_rest() -> bool:
    """Does no run work, and none that could? What waits for a paused one of its group cannot."""
    from django.utils import timezone

    from zoho_sync.models import SyncRun

    active = SyncRun.objects.filter(status__in=SyncRun.ACTIVE)
    paused = active.filter(status=SyncRun.Status.PAUSED, paused_until__gt=timezone.now())
    resting = {SyncRun.Status.PAUSED, *([SyncRun.Status.QUEUED] if paused.exists() else [])}
    return not active.exclude(status__in=resting).exists()
