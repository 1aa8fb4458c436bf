"""What the queue runs for the logins, by schedule (settings.SCHEDULES)."""

from __future__ import annotations

from django.utils import timezone

from . import guesses
from .sessions import SessionStore


def forget() -> str:
    """Counts of wrong passwords whose time is over, places nobody comes from any more, and ended sessions."""
    SessionStore.clear_expired()
    return f"{guesses.forget(timezone.now())} rows"
