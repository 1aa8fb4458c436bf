"""What the queue runs for the logins, by schedule (settings.SCHEDULES)."""

from __future__ import annotations

from django.utils import timezone

from . import guesses


def forget() -> str:
    """Counts of wrong passwords whose time is over, and places nobody comes from any more."""
    return f"{guesses.forget(timezone.now())} rows"
