"""Leave in one journey gives what the careful way would give, and nothing else (PostgreSQL)."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from zoho_sync.errors import BudgetExhausted
from zoho_sync.models import ApiUsage, CallSlot, RateBucket
from zoho_sync.options import Priority
from zoho_sync.zoho import budget, clock, limits

from .taking import limit, take

CALL = ("inventory", "items", 7)


@pytest.fixture(autouse=True)
def on_postgresql(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no journeys")


def lay(organization, dice: random.Random) -> None:
    """A state in which each rule is near its limit, on either side of it."""
    now = clock.now()
    CallSlot.objects.all().delete()
    ApiUsage.objects.all().delete()
    rows = []
    for _ in range(dice.randint(0, 11)):
        granted = now - timedelta(seconds=dice.choice([1, 30, 55, 65, 70, 200]))
        ended = dice.choice([None, granted, granted + timedelta(seconds=0.5)])
        expires = granted + timedelta(seconds=dice.choice([5, 90]))
        row = {"organization": organization, "priority": dice.choice(list(Priority)), "granted_at": granted}
        rows.append(CallSlot(**row, ended_at=ended, expires_at=expires))
    CallSlot.objects.bulk_create(rows)
    budget.note(
        organization, budget.today(organization), "inventory", "items", None, calls=dice.randint(10, 21)
    )
    budget.note(organization, budget.today(organization), budget.TOKENS_API, "token", None, calls=50)
    soon, gone = now + timedelta(hours=1), now - timedelta(hours=1)
    RateBucket.objects.update_or_create(
        organization=organization,
        defaults={
            "blocked_until": dice.choices([None, gone, soon], [4, 4, 1])[0],
            "blocked_code": 44,
            "slow_until": dice.choices([None, gone, soon], [4, 4, 1])[0],
            "slow_calls_per_minute": 9,
            "fewer_until": dice.choices([None, gone, soon], [4, 4, 1])[0],
            "fewer_concurrent_calls": 2,
        },
    )


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_granted_with_care(organization, priority) -> bool:
    try:
        answer, _now = limits._try(organization, priority, *CALL)
    except BudgetExhausted:
        return False
    return isinstance(answer, limits.Grant)


def is_unusual(organization) -> bool:
    now, bucket = clock.now(), RateBucket.objects.get(pk=organization.pk)
    return any(until and until > now for until in (bucket.slow_until, bucket.fewer_until))


def test_it_grants_exactly_what_the_careful_way_grants(organization, settings):
    limit(
        settings, CALLS_PER_MINUTE=10, CONCURRENT_CALLS=4, CALLS_PER_DAY=20,
        REALTIME_RESERVE_PERCENT=10, BACKGROUND_FLOOR_PERCENT=30,
    )  # fmt: skip
    seen = {True: 0, False: 0}
    dice = random.Random(41)
    for _round in range(200):
        with undone():
            lay(organization, dice)
            priority = dice.choice(list(Priority))
            with undone():
                with_care = is_granted_with_care(organization, priority)

            grant = limits._at_once(organization, priority, *CALL)

            assert (grant is not None) == (with_care and not is_unusual(organization))
        seen[grant is not None] += 1
    assert min(seen.values()) > 30


def test_what_it_leaves_behind_is_what_the_careful_way_leaves(organization, settings):
    def left_behind():
        slot = CallSlot.objects.values("organization", "priority", "run_number", "ended_at").get()
        lasts = (
            CallSlot.objects.values_list("expires_at", flat=True).get() - CallSlot.objects.get().granted_at
        )
        lines = list(ApiUsage.objects.values("day", "api", "endpoint", "run_number", "calls_count"))
        return slot, lasts, lines

    with undone():
        limits._try(organization, Priority.NORMAL, *CALL)
        with_care = left_behind()

    grant = limits._at_once(organization, Priority.NORMAL, *CALL)

    assert left_behind() == with_care
    assert grant.slot_id == CallSlot.objects.get().pk


def test_it_is_one_journey(organization, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert take(organization)


def test_a_host_whose_clock_has_another_day_asks_the_careful_way(organization, monkeypatch):
    real = limits.leave.datetime

    class Tomorrow(real):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) + timedelta(days=1)

    monkeypatch.setattr(limits.leave, "datetime", Tomorrow)

    assert limits._at_once(organization, Priority.NORMAL, *CALL) is None
    assert take(organization).day == budget.today(organization)
    assert ApiUsage.objects.get().day == budget.today(organization)
