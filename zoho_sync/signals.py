"""What happened, told after its commit. Watchers connect here; a broken watcher cannot break a sync.

Every signal sends `event`: a frozen dataclass of plain values, whose `name` is the event's public name. Events are also
kept as rows (models.Event), except `api_called`, whose sums are in the ledger (models.ApiUsage).
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from .inserts import insert

log = logging.getLogger(__name__)

run_changed = (
    Signal()
)  # RunEvent: tds.zoho.sync.started | completed | failed, and other states as tds.zoho.sync.<state>
page_loaded = Signal()  # PageEvent: tds.zoho.entity.synced, one per committed page with changes
record_failed = Signal()  # FailureEvent: tds.zoho.record.failed
api_called = Signal()  # CallEvent: tds.zoho.api.success | failed
token_changed = Signal()  # TokenEvent: tds.zoho.token.refreshed | refresh_failed | revoked


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


def tell(signal: Signal, event, *, keep: bool = True) -> None:
    """Send `event` once the surrounding transaction has committed; keep it as a row unless it is kept elsewhere."""
    transaction.on_commit(lambda: _tell_now(signal, event, keep))


def _tell_now(signal: Signal, event, keep: bool) -> None:
    if keep:
        _keep(event)
    for receiver, result in signal.send_robust(sender=type(event), event=event):
        if isinstance(result, Exception):
            log.error("%s could not take %s", receiver, event.name, exc_info=result)


def _keep(event) -> None:
    from .models import Event  # models import options and encryption, never signals; the door is opened late

    facts = asdict(event)
    insert(
        Event,
        at=timezone.now(),
        name=facts.pop("name"),
        organization_id=facts.pop("organization_id"),
        run_id=facts.pop("run_id", None),
        entity=facts.pop("entity", ""),
        data=facts,
    )
