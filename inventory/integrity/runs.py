"""A round of the checks: what each finds is compared with what is known, and opened, changed or closed at once.

The catalogue is read first and without a lock; then everything of one check is written in one transaction. A check that
fails says so, closes nothing, and holds up no other.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..changes import horizon
from ..models import CheckState, Organization
from . import registry
from .base import Check
from .parameters import chosen
from .writing import Counts, Known, expire, read, write

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)  # a run that has not ended after this was killed
LONGEST_ERROR = 500


@dataclass(frozen=True)
class Outcome:
    """What became of one check of one organisation. error: "" if it worked; counts: None if it did not, or did not run.

    skipped: why it did not run: "off", "running", "unchanged"; "" if it ran.
    """

    check: Check
    organization: Organization
    counts: Counts | None = None
    seconds: float = 0.0
    error: str = ""
    skipped: str = ""


def run(
    organizations: Collection[Organization] = (),
    keys: Collection[str] = (),
    *,
    only_changed: bool = False,
    only_asked: bool = False,
    now: datetime | None = None,
) -> Iterator[Outcome]:
    """Check after check. organizations, keys: only these; none: all. only_changed: those whose rows have changed since.
    only_asked: those that somebody asked for (`ask`).

    Raises registry.UnknownCheck before anything runs.
    """
    wanted = [registry.get(key) for key in keys] or registry.checks()
    return _run(
        list(organizations or Organization.objects.order_by("pk")), wanted, only_changed, only_asked, now
    )


def _run(
    organizations: Sequence[Organization],
    wanted: Sequence[Check],
    only_changed: bool,
    only_asked: bool,
    now: datetime | None,
) -> Iterator[Outcome]:
    for organization in organizations:
        states = states_of(organization, wanted)
        expire(organization, now or timezone.now())
        versions = {kind: horizon(kind).newest for kind in {each for check in wanted for each in check.reads}}
        for check in wanted:
            state = states[check.key]
            if only_asked and state.asked_at is None:
                continue
            yield run_one(check, organization, state, versions, only_changed=only_changed, now=now)


def states_of(organization: Organization, wanted: Collection[Check]) -> dict[str, CheckState]:
    """The state of each check, made where there was none."""
    known = {each.check_key: each for each in CheckState.objects.filter(organization=organization)}
    missing = [
        CheckState(organization=organization, check_key=each.key) for each in wanted if each.key not in known
    ]
    if missing:
        CheckState.objects.bulk_create(missing, ignore_conflicts=True)
        known = {each.check_key: each for each in CheckState.objects.filter(organization=organization)}
    return known


def ask(keys: Collection[str], organizations: Collection[Organization] = ()) -> int:
    """Note that these checks are wanted; returns how many that are. Whoever queues the job does it in the same
    transaction."""
    wanted, asked = [registry.get(key) for key in keys] or registry.checks(), 0
    for organization in organizations or Organization.objects.order_by("pk"):
        states_of(organization, wanted)
        rows = CheckState.objects.filter(
            organization=organization, check_key__in=[each.key for each in wanted]
        )
        asked += rows.filter(is_on=True).update(asked_at=timezone.now())
    return asked


def run_one(
    check: Check,
    organization: Organization,
    state: CheckState,
    versions: dict[str, Any],
    *,
    only_changed: bool = False,
    now: datetime | None = None,
) -> Outcome:
    now = now or timezone.now()
    seen = {kind: list(versions[kind]) for kind in check.reads}
    mine = CheckState.objects.filter(pk=state.pk)
    if not state.is_on:
        _close_all(check, organization, now)
        mine.filter(asked_at__isnull=False).update(asked_at=None)
        return Outcome(check, organization, skipped="off")
    if only_changed and not state.asked_at and state.good_at and not state.error and state.versions == seen:
        return Outcome(check, organization, skipped="unchanged")
    if not mine.filter(Q(started_at=None) | Q(started_at__lt=now - LEASE)).update(started_at=now):
        return Outcome(check, organization, skipped="running")
    began = monotonic()
    try:
        counts = _look(check, organization, state, now)
    except Exception as error:
        log.exception("The check %s of %s failed", check.key, organization.external_id)
        told = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
        mine.update(started_at=None, asked_at=None, error=told, error_at=now)
        return Outcome(check, organization, seconds=monotonic() - began, error=told)
    seconds = monotonic() - began
    mine.update(
        started_at=None,
        asked_at=None,
        error="",
        good_at=now,
        seconds=seconds,
        found_count=counts.found,
        opened_count=counts.opened + counts.reopened,
        closed_count=counts.closed,
        is_cut=counts.is_cut,
        versions=seen,
    )
    return Outcome(check, organization, counts, seconds)


def _look(check: Check, organization: Organization, state: CheckState, now: datetime) -> Counts:
    with Known(check, organization) as known:
        read(known, check.facts(organization, chosen(check.parameters, state.parameters), now))
        with transaction.atomic():
            CheckState.objects.select_for_update().get(pk=state.pk)
            return write(known, now, seen_before=state.good_at)


def _close_all(check: Check, organization: Organization, now: datetime) -> None:
    """What a check has found that is switched off is not looked at any more, so nobody can say that it is so."""
    with Known(check, organization) as known:
        if known.unseen:
            with transaction.atomic():
                write(known, now, seen_before=None)
