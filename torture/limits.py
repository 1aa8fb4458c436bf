"""The limits themselves, in a world of their own: two workers, kills, and nothing opened for the sake of speed.

Nothing here can be hurried, so it takes some minutes: Zoho's own minute must pass.
"""

from __future__ import annotations

import random
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .case import start
from .keeper import send
from .world import patiently

if TYPE_CHECKING:
    from .world import World

SIZE = {"items": 420, "customers": 160, "pricelist-items": 60}
PER_MINUTE, AT_ONCE, PER_DAY = 95, 4, 260  # as the product is told, or holds by itself
KILL_EVERY_SECONDS = 12.0
LONGEST_SECONDS = 420.0


def play_limits(world: World, seed: int) -> list[str]:
    """More work than a minute and a day allow, until nobody may call any more. Every broken promise, in a sentence."""
    dice = random.Random(f"{seed}-limits")
    world.sandbox.settings(latency_ms=250)
    world.start_worker("second")
    start(world, "full")
    deadline, next_kill = time.monotonic() + LONGEST_SECONDS, time.monotonic() + KILL_EVERY_SECONDS
    while time.monotonic() < deadline and not patiently(_is_spent):
        if time.monotonic() >= next_kill:
            next_kill = time.monotonic() + KILL_EVERY_SECONDS
            send(
                dice.choice(world.keeper.below(dice.choice(("worker", "second")))[1:] or [-1]), signal.SIGKILL
            )
        time.sleep(0.2)
    return judge(world.sandbox.calls())


def judge(calls: list[dict[str, Any]]) -> list[str]:
    """Of what Zoho has seen: its own refusals, the fullest minute, the day. at: seconds, of the arrival."""
    seen = sorted((call for call in calls if call["api"] != "accounts"), key=lambda call: call["at"])
    found = [f"Zoho refused a call by itself: {call}" for call in seen if call["status"] == 429][:1]
    moments = [call["at"] for call in seen]
    fullest = max((sum(1 for each in moments if at <= each < at + 60) for at in moments), default=0)
    if fullest > PER_MINUTE:
        found.append(f"{fullest} calls came within 60 s, of {PER_MINUTE}")
    if len(seen) > PER_DAY:
        found.append(f"{len(seen)} calls came on one day, of {PER_DAY}")
    if fullest < PER_MINUTE // 2:
        found.append(f"only {fullest} calls came in the fullest minute: nothing was proven")
    return found


def _is_spent() -> bool:
    """Does everything wait for another day, or has it ended?"""
    from django.utils import timezone

    from zoho_sync.models import SyncRun

    in_an_hour = timezone.now() + timedelta(hours=1)
    active = SyncRun.objects.filter(status__in=[SyncRun.Status.RUNNING, SyncRun.Status.PAUSED])
    waits = active.filter(status=SyncRun.Status.PAUSED, paused_until__gt=in_an_hour)
    return waits.exists() and active.count() == waits.count()
