"""What the queue runs for the watch, by schedule (settings.SCHEDULES)."""

from __future__ import annotations

from django.utils import timezone

from . import deliveries, digest, retention
from .metrics import rollup


def roll_up() -> str:
    """Minutes into hours, hours into days, old days away."""
    done = rollup.roll_up(timezone.now())
    return ", ".join(f"{count} {name}" for name, count in done.items())


def send_digest() -> str:
    """The day's digest, for the channels that take it."""
    return f"{digest.send_digest()} digests"


def forget() -> str:
    """Messages, and alerts that are over, past their retention."""
    now = timezone.now()
    return f"{deliveries.forget(now)} messages, {retention.forget(now)} alerts"
