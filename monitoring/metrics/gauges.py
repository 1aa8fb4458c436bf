"""What can only be seen by looking: how much waits, how old it is, how much is left. Looked at once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError

from zoho_sync import status

from . import buffer

log = logging.getLogger(__name__)

Seen = tuple[str, float, dict[str, Any]]


def collect(now: datetime) -> int:
    """Look everywhere and write what is seen; returns how many figures. One look that fails leaves the others."""
    seen = 0
    for look in LOOKS:
        try:
            for name, value, labels in look(now):
                buffer.observe(name, value, **labels)
                seen += 1
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("the gauges of %s could not be read", look.__name__)
    buffer.flush()
    return seen


def _queue(now: datetime) -> Iterator[Seen]:
    queue = status.queue()
    if queue is not None:  # while it does not answer nobody knows
        yield "queue_jobs", queue.jobs, {}
        yield "queue_oldest_seconds", _age(queue.oldest_at or now, now), {}
    last_sign = status.last_sign_of_life()
    if last_sign is not None:
        yield "worker_silence_seconds", _age(last_sign, now), {}


def _inbox(now: datetime) -> Iterator[Seen]:
    inbox = status.inbox()
    yield "inbox_waiting", inbox.waiting + inbox.processing + inbox.failed, {}
    yield "dead_letters", inbox.dead, {}


def _budgets(now: datetime) -> Iterator[Seen]:
    for organization in status.organizations():
        label = {"organization": organization.external_id}
        forecast, budget = status.forecast(organization), status.budget(organization)
        yield "budget_left", budget.left, label
        yield "budget_used", budget.used, label
        yield "budget_forecast", forecast.expected_at_day_end, label


def _tokens(now: datetime) -> Iterator[Seen]:
    for organization in status.organizations():
        refreshed_at = status.connection(organization).refreshed_at
        if refreshed_at is not None:
            yield "token_age_seconds", _age(refreshed_at, now), {"organization": organization.external_id}


def _freshness(now: datetime) -> Iterator[Seen]:
    organizations = status.organizations()
    found = status.freshness_of(organizations)
    for organization in organizations:
        label = {"organization": organization.external_id}
        oldest = status.oldest_verified_at(organization)
        if oldest is not None:
            yield "stock_unverified_seconds", _age(oldest, now), label
        for each in found[organization.pk]:
            of_entity = label | {"entity": each.entity}
            yield "failures_waiting", each.waiting_errors, of_entity
            for name, at in (
                ("full_age_seconds", each.full_at),
                ("incremental_age_seconds", each.incremental_at),
            ):
                if at is not None:
                    yield name, _age(at, now), of_entity


def _age(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


LOOKS: tuple[Callable[[datetime], Iterator[Seen]], ...] = (_queue, _inbox, _budgets, _tokens, _freshness)
