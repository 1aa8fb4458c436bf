"""Signals of the sync become sums."""

from __future__ import annotations

from collections.abc import Callable

from django.dispatch import Signal

from zoho_sync import signals
from zoho_sync.signals import (
    CallEvent,
    FailureEvent,
    PageCounts,
    RunEvent,
    TokenEvent,
    TruthEvent,
    WebhookEvent,
)

from . import buffer

_ENDED = ("succeeded", "partial", "failed", "cancelled", "quarantined")


def connect() -> None:
    """Once per process; a second time changes nothing."""
    for signal, receiver in connections():
        signal.connect(receiver, dispatch_uid=_uid(receiver))


def disconnect() -> None:
    """Nothing is counted any more; so that what counting costs can be measured."""
    for signal, receiver in connections():
        signal.disconnect(dispatch_uid=_uid(receiver))


def connections() -> tuple[tuple[Signal, Callable[..., None]], ...]:
    """Which signal is counted by which function."""
    return (
        (signals.run_changed, on_run),
        (signals.page_counted, on_page),
        (signals.record_failed, on_failure),
        (signals.api_called, on_call),
        (signals.token_changed, on_token),
        (signals.webhook_received, on_arrival),
        (signals.webhook_processed, on_webhook),
        (signals.truth_checked, on_truth),
    )


def _uid(receiver: Callable[..., None]) -> str:
    return f"monitoring.metrics.{receiver.__name__}"


def on_run(event: RunEvent, **_rest: object) -> None:
    if event.status in _ENDED:
        buffer.add("runs", entity=event.entity, result=event.status)
        buffer.own.write_soon()


def on_page(event: PageCounts, **_rest: object) -> None:
    for result, number in event.counts.items():
        if number:
            buffer.add("rows", number, entity=event.entity, result=result)


def on_failure(event: FailureEvent, **_rest: object) -> None:
    buffer.add("failures", entity=event.entity)


def on_call(event: CallEvent, **_rest: object) -> None:
    buffer.add("calls", api=event.api, endpoint=event.endpoint, status=event.status)
    buffer.observe("call_seconds", event.seconds, api=event.api, endpoint=event.endpoint)


def on_token(event: TokenEvent, **_rest: object) -> None:
    buffer.add("token", result=event.name.rpartition(".")[2])


def on_arrival(event: WebhookEvent, **_rest: object) -> None:
    """What came is counted as received, and what the door settles at once also as that."""
    buffer.add("webhooks", subject=event.subject, state="received")
    if event.status == "ignored":
        buffer.add("webhooks", subject=event.subject, state=event.status)


def on_webhook(event: WebhookEvent, **_rest: object) -> None:
    buffer.add("webhooks", subject=event.subject, state=event.status)
    if event.seconds is not None and event.status == "applied":
        buffer.observe("webhook_seconds", max(0.0, event.seconds), subject=event.subject)


def on_truth(event: TruthEvent, **_rest: object) -> None:
    buffer.add("truth_checks", entity=event.entity, verdict=event.verdict)
