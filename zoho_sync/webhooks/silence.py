"""Silence: a subject that is expected and of which nothing comes any more. It is told, and what it left out is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from inventory.days import zone
from inventory.models import Organization

from ..models import WebhookDelivery, WebhookExpectation
from ..sentences import sentence as _
from ..signals import SilenceEvent, tell, webhook_silent
from . import backfill
from .working_hours import WorkingHours

SILENT = gettext_noop("No webhook came although one was expected.")
HEARD = gettext_noop("The webhooks had been silent until then.")


def notice() -> str:
    """What every sweep does: notice silences, and go on with the gaps that are not filled yet."""
    silent = notice_silence()
    return f"{len(silent)} subjects fell silent, {backfill.go_on()} gaps began to be filled"


def last_seen(organization: Organization, subject: str) -> datetime | None:
    """When Zoho's last delivery about the subject came; our own tests prove nothing about Zoho."""
    deliveries = WebhookDelivery.objects.filter(organization=organization, subject=subject, is_test=False)
    return deliveries.order_by("-received_at").values_list("received_at", flat=True).first()


def quiet_since(expectation: WebhookExpectation, seen: datetime | None) -> datetime:
    """Since when nothing has come: the last delivery, else the day from which one was expected."""
    return seen or expectation.changed_at


def working_hours(expectation: WebhookExpectation) -> WorkingHours:
    weekdays = frozenset(expectation.weekdays)
    return WorkingHours(zone(expectation.organization), weekdays, expectation.from_hour, expectation.to_hour)


def is_over(expectation: WebhookExpectation, since: datetime, now: datetime) -> bool:
    """Has more working time gone by since then than the expectation allows?"""
    return working_hours(expectation).exceed(since, now, timedelta(hours=expectation.silence_hours))


def notice_silence(now: datetime | None = None) -> list[WebhookExpectation]:
    """Look at every expectation once. Returns those whose subject fell silent with this look."""
    now = now or timezone.now()
    expected = WebhookExpectation.objects.filter(is_expected=True).select_related("organization")
    return [each for each in expected.order_by("pk") if _look(each, now)]


def _look(expectation: WebhookExpectation, now: datetime) -> bool:
    since = quiet_since(expectation, last_seen(expectation.organization, expectation.subject))
    began = expectation.silent_since
    if began is not None and since > began:
        _end(expectation, began, since)
    elif began is not None:
        if is_over(expectation, expectation.backfilled_at or began, now):
            _read_again(expectation, began, now)
        return False
    return is_over(expectation, since, now) and _begin(expectation, since, now)


def _begin(expectation: WebhookExpectation, since: datetime, now: datetime) -> bool:
    return _swap(
        expectation, silent_since=since, backfilled_at=now, gap=(since, now), reason=SILENT,
        then=lambda: _tell(expectation, "tds.zoho.webhook.silent", since),
    )  # fmt: skip


def _read_again(expectation: WebhookExpectation, began: datetime, now: datetime) -> None:
    """The silence lasts: what changed since it was read last is read too."""
    gap = (expectation.backfilled_at or began, now)
    _swap(expectation, silent_since=began, backfilled_at=now, gap=gap, reason=SILENT)


def _end(expectation: WebhookExpectation, began: datetime, heard_at: datetime) -> None:
    """A delivery came. What changed between the last reading and it is read once more."""
    since = min(expectation.backfilled_at or began, heard_at)
    _swap(
        expectation, silent_since=None, backfilled_at=None, gap=(since, heard_at), reason=HEARD,
        then=lambda: _tell(expectation, "tds.zoho.webhook.heard", began),
    )  # fmt: skip


def _swap(
    expectation: WebhookExpectation,
    *,
    silent_since: datetime | None,
    backfilled_at: datetime | None,
    gap: tuple[datetime, datetime],
    reason: str,
    then: Callable[[], None] | None = None,
) -> bool:
    """The new state and its gap commit together; False when another process, or a person's edit, was quicker."""
    same = WebhookExpectation.objects.filter(
        pk=expectation.pk,
        is_expected=True,
        changed_at=expectation.changed_at,
        silent_since=expectation.silent_since,
        backfilled_at=expectation.backfilled_at,
    )
    with transaction.atomic():
        if not same.update(silent_since=silent_since, backfilled_at=backfilled_at):
            return False
        backfill.note(expectation.organization, [expectation.subject], *gap, reason=_(reason))
        if then:
            then()
    expectation.silent_since, expectation.backfilled_at = silent_since, backfilled_at
    return True


def _tell(expectation: WebhookExpectation, name: str, since: datetime) -> None:
    event = SilenceEvent(
        name,
        expectation.organization_id,
        expectation.subject,
        since.isoformat(),
        expectation.silence_hours,
    )
    tell(webhook_silent, event)
