"""How often a password or a code may be wrong before nobody is heard for a while.

A guess is counted before it is judged, and in the database: however many processes and threads judge guesses at the
same time, no more of them are judged than the limits say. One that was right is taken back.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory import acts

from .models import LoginLock, LoginPlace

PLACE_DAYS = 90  # without a login from there a place is forgotten
Kind = LoginLock.Kind


class TooManyGuesses(Exception):
    """Nobody is heard for so many seconds. As text: a sentence for people, which does not tell what was counted."""

    def __init__(self, seconds: int):
        self.seconds = seconds

    def __str__(self) -> str:
        minutes = math.ceil(self.seconds / 60)
        told = ngettext(
            "Too many wrong attempts. Try again in %(minutes)s minute.",
            "Too many wrong attempts. Try again in %(minutes)s minutes.",
            minutes,
        ) % {"minutes": minutes}
        lifting = _("An administrator can let you in sooner, under “Login locks” or with `unlock_login`.")
        return f"{told} {lifting}"


@dataclass(frozen=True)
class Mark:
    """One thing that a guess is counted against. username: as `folded` makes it."""

    kind: str
    username: str
    network: str
    limit: int

    @property
    def key(self) -> str:
        return hashlib.sha256("\0".join((self.kind, self.username, self.network)).encode()).hexdigest()


@dataclass(frozen=True)
class Guess:
    """One that was counted and is not judged yet."""

    marks: tuple[Mark, ...]

    def take_back(self) -> None:
        """It was right. Row by row, so that two who take back never wait for each other."""
        for mark in self.marks:
            LoginLock.objects.filter(key=mark.key, count__gt=0).update(
                count=F("count") - 1, locked_until=None
            )


def folded(username: str) -> str:
    """One spelling for all ways to type a name; no database that we know takes NUL in a text."""
    return unicodedata.normalize("NFKC", username).casefold().replace("\0", "")[:150]


def of_password(username: str, network: str) -> tuple[Mark, ...]:
    """Known and unknown users alike, with the same questions to the database."""
    name, limits = folded(username), settings.LOGIN
    marks = (
        Mark(Kind.PAIR, name, network, limits["ATTEMPTS"]),
        Mark(Kind.ADDRESS, "", network, limits["ATTEMPTS_PER_ADDRESS"]),
    )
    is_usual = LoginPlace.objects.filter(user__username=username.replace("\0", ""), network=network).exists()
    return marks if is_usual else (*marks, Mark(Kind.USER, name, "", limits["ATTEMPTS_PER_USER"]))


def of_code(username: str, network: str) -> tuple[Mark, ...]:
    """Tight for the user wherever he is: only who has the password gets so far, and codes are short."""
    limits = settings.LOGIN
    return (
        Mark(Kind.CODE, folded(username), "", limits["ATTEMPTS"]),
        Mark(Kind.ADDRESS, "", network, limits["ATTEMPTS_PER_ADDRESS"]),
    )


def begin(marks: tuple[Mark, ...]) -> Guess:
    """Count one guess. Raises TooManyGuesses, and then nothing is counted: who waits is not made to wait longer."""
    by_key, now = {mark.key: mark for mark in marks}, timezone.now()
    rows = LoginLock.objects.filter(key__in=by_key)
    _refuse_locked(rows.filter(locked_until__gt=now), now)
    with transaction.atomic():
        fresh = [
            LoginLock(key=key, kind=mark.kind, username=mark.username, network=mark.network, begun_at=now)
            for key, mark in sorted(by_key.items())  # in one order, so that no two wait for each other
        ]
        # Takes rows that are there already too, until the end of the transaction; of those it changes nothing.
        LoginLock.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["key"], update_fields=["key"]
        )
        taken = list(rows.all())
        _refuse_locked(taken, now)
        for row in taken:
            _count(row, by_key[row.key].limit, now)
        LoginLock.objects.bulk_update(taken, ["count", "begun_at", "locked_until"])
    return Guess(marks)


def note_login(user: Any, username: str, network: str) -> None:
    """Somebody is in: his own wrong attempts from here are forgiven, and this is a usual place of his."""
    own = (Mark(Kind.PAIR, folded(username), network, 0), Mark(Kind.CODE, folded(username), "", 0))
    LoginLock.objects.filter(key__in=[mark.key for mark in own]).delete()
    place = LoginPlace(user=user, network=network, last_at=timezone.now())
    LoginPlace.objects.bulk_create(
        [place], update_conflicts=True, unique_fields=["user", "network"], update_fields=["last_at"]
    )


def lift(locks: QuerySet[LoginLock]) -> int:
    """Forget what was counted; how many of them refused somebody."""
    with transaction.atomic():
        refusing = dict(locks.filter(locked_until__gt=timezone.now()).values_list("pk", "locked_until"))
        acts.tell(
            LoginLock, "deleted", {key: {"locked_until": (until, None)} for key, until in refusing.items()}
        )
        locks.delete()
    return len(refusing)


def forget(now: datetime) -> int:
    """Delete counts whose time is over, and places that nobody has come from for long; how many."""
    over = LoginLock.objects.filter(begun_at__lt=now - 2 * _cool_off()).exclude(locked_until__gt=now)
    old = LoginPlace.objects.filter(last_at__lt=now - timedelta(days=PLACE_DAYS))
    return over.delete()[0] + old.delete()[0]


def _count(row: LoginLock, limit: int, now: datetime) -> None:
    if row.locked_until is not None or row.begun_at <= now - _cool_off():
        row.count, row.begun_at = 0, now
    row.count += 1
    row.locked_until = now + _cool_off() if row.count >= limit else None


def _refuse_locked(rows: Iterable[LoginLock], now: datetime) -> None:
    waits = [row.locked_until - now for row in rows if row.locked_until and row.locked_until > now]
    if waits:
        raise TooManyGuesses(math.ceil(max(waits).total_seconds()))


def _cool_off() -> timedelta:
    return timedelta(minutes=settings.LOGIN["COOL_OFF_MINUTES"])
