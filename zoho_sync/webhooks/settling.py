"""How deliveries leave a run: applied, ignored, to be tried again, dead, or waiting as if nothing had been tried.

It happens in the transaction that ends the run, so that no end can come between. What a run left behind all the same
(a person's cancel while nobody worked on it, a row deleted by hand) is found by the sweep.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, FloatField, Func, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..errors import RunInProgress
from ..models import ApiUsage, SyncRun, WebhookDelivery
from ..options import SyncMode, SyncOptions, Trigger
from ..sentences import sentence as _
from ..signals import WebhookEvent, tell_all, webhook_processed
from ..starts import start_run
from ..zoho.budget import TOKENS_API
from . import doorbell
from .fates import Fate, Fates

log = logging.getLogger(__name__)

Status, Result = WebhookDelivery.Status, WebhookDelivery.Result
RETRY_MINUTES = (1, 5, 15, 60)  # after the first, second … attempt that failed
SHORTEST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=15)  # while Zoho cannot be reached
_CHUNK = 1000
_CAME_THROUGH = (SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL)
_COLUMNS = (
    "pk", "organization_id", "subject", "entity", "record_id", "item_ids", "attempts_count", "received_at",
    "replayed_at", "run_id",
)  # fmt: skip


class _SecondsBetween(Func):
    """(later, earlier): the seconds between two moments, as a float."""

    output_field = FloatField()
    arity = 2

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)", arg_joiner=" - ", **context
        )

    def as_sqlite(self, compiler, connection, **context):
        between = ") - julianday("
        return self.as_sql(
            compiler, connection, template="((julianday(%(expressions)s)) * 86400.0)", arg_joiner=between
        )


@dataclass(frozen=True)
class _Verdict:
    """The columns of a delivery that is settled, but for its times."""

    status: str
    result: str = ""
    reason: str = ""
    rest: timedelta | None = None  # until the next attempt


def settle(run: SyncRun, *, blameless: bool = False) -> int:
    """Say of each delivery that `run` worked for what became of it; returns of how many. In the caller's transaction.

    blameless: the way to Zoho failed; its deliveries wait again, and the attempt is not counted.
    """
    if run.trigger != Trigger.WEBHOOK:
        return 0
    deliveries = list(_processing(run).only(*_COLUMNS).order_by("pk"))
    if not deliveries:
        return 0
    run = SyncRun.objects.get(pk=run.pk)  # as it has just ended
    now = timezone.now()
    if run.status in (*_CAME_THROUGH, SyncRun.Status.QUARANTINED):
        _settle_each(run, deliveries, now)
        _wake(run, now)
    elif blameless:
        _rest(run, deliveries, now)
    else:
        words = {"id": run.pk, "state": run.get_status_display()}
        reason = run.message or _("Run %(id)s is %(state)s.") % words
        _settle_all(run, [(each, _failed(each, reason)) for each in deliveries], now)
    if waiting(run.organization_id, now).exists():
        doorbell.ring(run.organization_id)
    return len(deliveries)


def found_nobody(run: SyncRun) -> bool:
    """Has Zoho answered neither this run nor any that began after it? Then it is away, and no record is to blame."""
    calls = ApiUsage.objects.filter(run_number=run.pk).exclude(api=TOKENS_API)
    told = calls.aggregate(made=Sum("calls_count"), failed=Sum("failed_count"))
    others = SyncRun.objects.filter(
        organization=run.organization_id,
        status__in=_CAME_THROUGH,
        started_at__gt=run.started_at,
        calls_count__gt=0,
    )
    return (told["made"] or 0) <= (told["failed"] or 0) and not others.exists()


def ignore(deliveries: Iterable[WebhookDelivery], reason: str) -> None:
    """Nothing of ours changes by these, which no run works for. Inside the caller's transaction."""
    verdict = _Verdict(Status.IGNORED, Result.LEFT_OUT, reason)
    _settle_all(None, [(each, verdict) for each in deliveries], timezone.now())


def settle_left_behind() -> int:
    """Deliveries whose run is gone, rests until a person resumes it, or ended unnoticed; returns how many.

    Nobody reads for them any more, so that they wait for another run, or share the fate of theirs.
    """
    processing = WebhookDelivery.objects.filter(status=Status.PROCESSING)
    resting = Q(run__status=SyncRun.Status.PAUSED, run__paused_until=None)
    released = 0
    for organization_id in _organizations(processing.filter(Q(run=None) | resting)):
        with transaction.atomic():
            found = processing.filter(Q(run=None) | resting, organization=organization_id)
            for keys in chunks(found.values_list("pk", flat=True)):
                released += _release(processing.filter(pk__in=keys))
            doorbell.ring(organization_id)
    ended = processing.filter(run__status__in=SyncRun.ENDED)
    for run in SyncRun.objects.filter(pk__in=ended.values("run_id")):
        with transaction.atomic():
            released += settle(run)
    if released:
        log.info("%s deliveries had been left behind by their runs", released)
    return released


def waiting(organization_id: int, now: datetime):
    """Deliveries that a drain would take now."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    return WebhookDelivery.objects.filter(
        due, organization__unsought=organization_id, status__in=WebhookDelivery.WAITING
    )


# --- One run's deliveries ------------------------------------------------------------------------------


def _processing(run: SyncRun):
    return WebhookDelivery.objects.filter(run=run.pk, status=Status.PROCESSING)


def _settle_each(run: SyncRun, deliveries: list[WebhookDelivery], now: datetime) -> None:
    fates = Fates(run, deliveries)
    verdicts, documents, held = [], defaultdict(list), defaultdict(list)
    for each in deliveries:
        fate = fates.of(each)
        if fate.held:
            held[fate.held].append(each.pk)
            continue
        verdicts.append((each, _verdict(each, fate)))
        if fate.items and not each.item_ids:
            documents[fate.items].append(each.pk)
    _settle_all(run, verdicts, now)
    if any(verdict.status == Status.FAILED for _delivery, verdict in verdicts):
        _fetch(run, fates.missing)
    for reason, keys in held.items():
        for some in chunks(keys):
            _processing(run).filter(pk__in=some).update(reason=reason)
    for items, keys in documents.items():  # whoever hears of this document again knows what it moved
        for some in chunks(keys):
            WebhookDelivery.objects.filter(pk__in=some).update(item_ids=list(items))


def _verdict(delivery: WebhookDelivery, fate: Fate) -> _Verdict:
    if fate.problem:
        return _failed(delivery, fate.problem)
    if fate.result == Result.LEFT_OUT:
        return _Verdict(Status.IGNORED, fate.result, fate.reason)
    return _Verdict(Status.APPLIED, fate.result, fate.reason)


def _failed(delivery: WebhookDelivery, reason: str) -> _Verdict:
    attempts = delivery.attempts_count
    if attempts >= WebhookDelivery.MAX_ATTEMPTS:
        return _Verdict(Status.DEAD, reason=reason)
    minutes = RETRY_MINUTES[min(max(attempts, 1), len(RETRY_MINUTES)) - 1]
    return _Verdict(Status.FAILED, reason=reason, rest=timedelta(minutes=minutes))


def _settle_all(run: SyncRun | None, verdicts: list[tuple[WebhookDelivery, _Verdict]], now: datetime) -> None:
    alike: dict[_Verdict, list[int]] = defaultdict(list)
    for delivery, verdict in verdicts:
        alike[verdict].append(delivery.pk)
    for verdict, keys in alike.items():
        for some in chunks(keys):
            rows = WebhookDelivery.objects.filter(pk__in=some)
            rows = rows.filter(run=run, status=Status.PROCESSING) if run else rows
            rows.update(**_columns(verdict, now))
    tell_all(webhook_processed, [_event(delivery, verdict, now) for delivery, verdict in verdicts])


def _columns(verdict: _Verdict, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "status": verdict.status,
        "result": verdict.result,
        "reason": verdict.reason,
    }
    if verdict.rest is not None:
        return columns | {"next_attempt_at": now + verdict.rest}
    columns |= {"next_attempt_at": None, "settled_at": now}
    if verdict.status == Status.APPLIED:  # of a replayed one the time since then: it says how fast we are
        asked_at = Coalesce(F("replayed_at"), F("received_at"))
        columns["seconds"] = _SecondsBetween(Value(now, DateTimeField()), asked_at)
    return columns


def _event(delivery: WebhookDelivery, verdict: _Verdict, now: datetime) -> WebhookEvent:
    return WebhookEvent(
        "tds.zoho.webhook.processed",
        delivery.organization_id,
        delivery.pk,
        delivery.subject,
        delivery.entity,
        delivery.record_id,
        str(verdict.status),
        seconds=(now - (delivery.replayed_at or delivery.received_at)).total_seconds(),
        run_id=delivery.run_id,
    )


def _fetch(run: SyncRun, missing: dict[str, set[str]]) -> None:
    """A warehouse that was opened today, a product that a price list was quicker to name: here by the next attempt."""
    for entity, ids in missing.items():
        if entity == "warehouses":  # they come all by one call
            options = SyncOptions(entity=entity, mode=SyncMode.FULL)
        else:
            options = SyncOptions(entity=entity, mode=SyncMode.REALTIME, ids=tuple(sorted(ids)))
        try:
            start_run(options, trigger=Trigger.FOLLOW_UP, organization=run.organization)
        except RunInProgress:
            log.info("run %s: the %s that it missed are being read already", run.pk, entity)


# --- Waiting again -------------------------------------------------------------------------------------


def _rest(run: SyncRun, deliveries: list[WebhookDelivery], now: datetime) -> None:
    """The longer they have waited in vain, the longer until the next try: an outage costs few calls."""
    oldest = min(each.replayed_at or each.received_at for each in deliveries)
    rest = min(max(now - oldest, SHORTEST_REST), LONGEST_REST)
    for keys in chunks([each.pk for each in deliveries]):
        rows = _processing(run).filter(pk__in=keys)
        _release(rows, reason=run.message, next_attempt_at=now + rest)


def _release(rows, **columns) -> int:
    """Back into the inbox; the attempt has not taken place."""
    return rows.update(
        **{"status": Status.RECEIVED, "attempts_count": F("attempts_count") - 1, "next_attempt_at": None}
        | columns
    )


def _wake(run: SyncRun, now: datetime) -> None:
    """Zoho answers: whoever rested because it did not, need not rest any longer."""
    WebhookDelivery.objects.filter(
        organization__unsought=run.organization_id,
        entity=run.entity,
        status=Status.RECEIVED,
        next_attempt_at__gt=now,
    ).update(next_attempt_at=None)


def _organizations(rows) -> list[int]:
    return list(rows.order_by().values_list("organization_id", flat=True).distinct())


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    """SQLite takes only so many parameters in one statement."""
    keys = list(keys)
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
