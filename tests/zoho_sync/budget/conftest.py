"""A day of 1,000 calls, 100 of them kept for what is urgent, at noon in Baghdad."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from tests.factories import OAuthTokenFactory, OrganizationFactory, SyncRunFactory
from zoho_sync.models import ApiUsage, SyncCheckpoint, SyncRun
from zoho_sync.schedules import START
from zoho_sync.status import today


@pytest.fixture
def small_day(settings):
    settings.ZOHO = settings.ZOHO | {
        "CALLS_PER_DAY": 1000,
        "REALTIME_RESERVE_PERCENT": 10,
        "BACKGROUND_FLOOR_PERCENT": 30,
    }


@pytest.fixture
def organization(db, small_day):
    found = OrganizationFactory()
    OAuthTokenFactory(organization=found)
    return found


@pytest.fixture
def spend(organization):
    """spend(700) today; spend(50, run=run), spend(50, days_ago=1)."""

    def note(calls: int, *, run: SyncRun | None = None, days_ago: int = 0, endpoint: str = "items") -> None:
        ApiUsage.objects.create(
            organization=organization,
            day=today(organization) - timedelta(days=days_ago),
            api="inventory",
            endpoint=endpoint,
            run_number=run.pk if run else 0,
            calls_count=calls,
        )

    return note


@pytest.fixture
def ended(organization):
    """ended("products", "incremental", 30): a good run that cost 30 calls; its entity is known from then on."""

    def make(entity: str, mode: str, calls: int, **columns) -> SyncRun:
        good = {"full_at": timezone.now(), "incremental_at": timezone.now()}
        SyncCheckpoint.objects.update_or_create(organization=organization, entity=entity, defaults=good)
        return SyncRunFactory(
            entity=entity, mode=mode, calls_count=calls, status=SyncRun.Status.SUCCEEDED,
            finished_at=timezone.now(), **columns,
        )  # fmt: skip

    return make


@pytest.fixture
def schedule(organization):
    def make(args: str, cron: str, next_run: datetime, **columns) -> Schedule:
        row = Schedule.objects.create(
            func=START, name=args, args=args, cron=cron, schedule_type=Schedule.CRON, **columns
        )
        Schedule.objects.filter(pk=row.pk).update(
            next_run=next_run
        )  # a new row chooses its next time by itself
        return row

    return make
