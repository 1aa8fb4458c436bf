"""What happened, told after its commit. Watchers connect here; a broken watcher cannot break a sync.

Every signal sends `event`: a frozen dataclass of plain values, whose `name` is the event's public name. Events are also
kept as rows (models.Event), except `page_counted`, `api_called`, whose sums are in the ledger (models.ApiUsage), and
`webhook_received`, whose rows are the deliveries (models.WebhookDelivery).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from .inserts import inserting
from .zoho.statements import together

log = logging.getLogger(__name__)

run_changed = (
    Signal()
)  # RunEvent: tds.zoho.sync.started | completed | failed, and other states as tds.zoho.sync.<state>
page_loaded = Signal()  # PageEvent: tds.zoho.entity.synced, one per committed page with changes
page_counted = Signal()  # PageCounts, one per committed page; no row is kept of it
record_failed = Signal()  # FailureEvent: tds.zoho.record.failed
api_called = Signal()  # CallEvent: tds.zoho.api.success | failed
token_changed = Signal()  # TokenEvent: tds.zoho.token.refreshed | refresh_failed | revoked
webhook_received = Signal()  # WebhookEvent: tds.zoho.webhook.received; the delivery itself is its row
webhook_processed = Signal()  # WebhookEvent: tds.zoho.webhook.processed, one per delivery that is settled
webhook_silent = Signal()  # SilenceEvent: tds.zoho.webhook.silent | heard, when they come again
truth_checked = Signal()  # TruthEvent: tds.zoho.truth.checked, one per record that was compared with Zoho
tidied = (
    Signal()
)  # without an event: every hour, when what is old is pruned; others prune theirs along with it


@dataclass(frozen=True)
class RunEvent:
    name: str
    organization_id: int
    run_id: int
    entity: str
    mode: str
    status: str
    counts: dict = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class PageEvent:
    name: str
    organization_id: int
    run_id: int
    entity: str
    created: int
    updated: int
    removed: int


@dataclass(frozen=True)
class PageCounts:
    """counts: {result: records} of RESULTS. A page is told once, however often its run is taken up again."""

    RESULTS: ClassVar = ("created", "updated", "unchanged", "skipped", "stale", "failed", "removed")

    name: str
    organization_id: int
    entity: str
    counts: dict


@dataclass(frozen=True)
class FailureEvent:
    name: str
    organization_id: int
    run_id: int | None
    entity: str
    record: str
    reason: str


@dataclass(frozen=True)
class CallEvent:
    name: str
    organization_id: int
    api: str
    endpoint: str
    status: int  # HTTP status, 0 when no answer came
    code: int | None
    seconds: float
    run_id: int | None = None


@dataclass(frozen=True)
class TokenEvent:
    name: str
    organization_id: int
    message: str = ""


@dataclass(frozen=True)
class SilenceEvent:
    """silent_since: ISO 8601. hours: of working time that were allowed to pass without a delivery."""

    name: str
    organization_id: int
    subject: str
    silent_since: str
    hours: int


@dataclass(frozen=True)
class TruthEvent:
    """record: its external id. verdict: a value of TruthCheck.Verdict."""

    name: str
    organization_id: int
    entity: str
    record: str
    verdict: str


@dataclass(frozen=True)
class WebhookEvent:
    """status: a value of WebhookDelivery.Status. seconds: from its arrival until now; None while it waits."""

    name: str
    organization_id: int
    delivery_id: int
    subject: str
    entity: str
    record_id: str
    status: str
    seconds: float | None = None
    run_id: int | None = None


def tell(signal: Signal, event, *, keep: bool = True) -> None:
    """Send `event` once the surrounding transaction has committed; keep it as a row unless it is kept elsewhere."""
    tell_all(signal, [event], keep=keep)


def tell_all(signal: Signal, events: Sequence, *, keep: bool = True) -> None:
    """The same for many events at once; their rows are written together."""
    if events:
        transaction.on_commit(lambda: _tell_now(signal, events, keep))


def _tell_now(signal: Signal, events: Sequence, keep: bool) -> None:
    if keep:
        write_rows(events)
    if not signal.receivers:
        return
    for event in events:
        for receiver, result in signal.send_robust(sender=type(event), event=event):
            if isinstance(result, Exception):
                log.error("%s could not take %s", receiver, event.name, exc_info=result)


def write_rows(events: Sequence) -> None:
    """Keep events as rows, in the transaction of the caller."""
    from .models import Event  # models import options and encryption, never signals; the door is opened late

    if len(events) == 1:
        together(writing(events[0]))
    else:
        rows = [Event(**_columns(asdict(event))) for event in events]
        Event.objects.bulk_create(rows, batch_size=500)


def writing(event) -> tuple[str, list[Any]]:
    """The statement that keeps one event as a row, and what it is given."""
    from .models import Event

    return inserting(Event, **_columns(asdict(event)))


def _columns(facts: dict) -> dict:
    return {
        "at": timezone.now(),
        "name": facts.pop("name"),
        "organization_id": facts.pop("organization_id"),
        "run_id": facts.pop("run_id", None),
        "entity": facts.pop("entity", ""),
        "data": facts,
    }
