"""Time that only passes is skipped, and a person does what the product asks a person for.

When the faults are off, pauses end at once and silences are lifted, instead of minutes later; refused credentials are
stored again, a quarantine is rejected, waiting failures are retried. Nothing that the product should do by itself is
done here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .world import Broken, patiently

if TYPE_CHECKING:
    from .world import World

_WAKE_SECONDS = 1.0


def settle(world: World, *, awake: bool = True) -> None:
    """Until nothing waits any more: no run, no delivery, no ring, nothing on its way from Zoho."""
    import time

    left: list[str] = ["nobody has looked yet"]
    deadline, next_wake = time.monotonic() + 240, 0.0
    while left:
        if time.monotonic() > deadline:
            raise Broken(f"it did not come to rest: {'; '.join(left[:8])}")
        if awake and time.monotonic() >= next_wake:
            next_wake = time.monotonic() + _WAKE_SECONDS
            patiently(lambda: wake(world))
        left = patiently(lambda: what_waits(world), left)
        if left:
            time.sleep(0.05)


def what_waits(world: World) -> list[str]:
    """Deliveries, bells, failures and runs that have not come to their end."""
    from zoho_sync.models import RecordError, SyncRun, WebhookDelivery, WebhookInbox

    deliveries = WebhookDelivery.objects.filter(status__in=WebhookDelivery.OPEN)
    runs = SyncRun.objects.filter(status__in=SyncRun.ACTIVE)
    errors = RecordError.objects.filter(status__in=[RecordError.Status.WAITING, RecordError.Status.RETRYING])
    found = [
        *(f"{each.status} run {each} until {each.paused_until}: {each.message}" for each in runs[:20]),
        *(f"{each.status} {each} run {each.run_id}: {each.reason}" for each in deliveries[:20]),
        *(f"dead: {each}: {each.reason}" for each in WebhookDelivery.objects.filter(status="dead")[:5]),
        *(f"rung at {each.rung_at}" for each in WebhookInbox.objects.exclude(rung_at=None)),
        *(f"{each.status} failure {each}" for each in errors[:20]),
    ]
    if found:
        return found
    return [
        f"webhook {each['id']} is {each['state']}"
        for each in world.sandbox.sent()
        if each["state"] == "waiting"
    ]


def wake(world: World) -> None:
    from django.utils import timezone

    from zoho_sync import services
    from zoho_sync.errors import SyncError
    from zoho_sync.models import RateBucket, RecordError, SyncRun, WebhookDelivery
    from zoho_sync.options import Trigger
    from zoho_sync.webhooks import doorbell
    from zoho_sync.webhooks.replay import replay

    now = timezone.now()
    RateBucket.objects.update(blocked_until=None, slow_until=None, fewer_until=None)
    reconnect(world)
    resting = SyncRun.objects.filter(status=SyncRun.Status.PAUSED, paused_until__gt=now)
    resting.update(paused_until=now - timedelta(seconds=1))
    sleeping = WebhookDelivery.objects.filter(status__in=WebhookDelivery.WAITING, next_attempt_at__gt=now)
    if sleeping.update(next_attempt_at=None):
        doorbell.ring(world.organization.pk)
    replay(WebhookDelivery.objects.filter(status=WebhookDelivery.Status.DEAD))
    for run in SyncRun.objects.filter(status=SyncRun.Status.QUARANTINED):
        try:
            services.reject_run(run, user=None)
        except SyncError:  # it was superseded a moment ago
            continue
    waiting = RecordError.objects.filter(status=RecordError.Status.WAITING)
    busy = SyncRun.objects.filter(status__in=SyncRun.ACTIVE).exists()
    if waiting.exists() and not busy:
        try:
            services.retry_errors(waiting, trigger=Trigger.RETRY)
        except SyncError:  # they have no id to ask for: a full run takes them, or shows that they are gone
            _read_everything()


def _read_everything() -> None:
    from zoho_sync import services
    from zoho_sync.errors import SyncError
    from zoho_sync.options import SyncMode, Trigger

    try:
        services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND)
    except SyncError:  # somebody does so already
        return


def reconnect(world: World) -> None:
    """As a person does who was told to: the same credentials once more, and with them what was refused is forgotten."""
    from django.conf import settings

    from zoho_sync.models import FilterVerdict, OAuthToken
    from zoho_sync.zoho import scopes, tokens
    from zoho_sync.zoho.accounts import Credentials

    row = OAuthToken.objects.filter(organization=world.organization).first()
    is_refused = row is not None and row.state == OAuthToken.State.REFUSED
    is_narrow = FilterVerdict.objects.filter(name=scopes.VERDICT).exists()
    if is_refused or is_narrow:
        zoho = settings.ZOHO
        secrets = (zoho["CLIENT_ID"], zoho["CLIENT_SECRET"], zoho["REFRESH_TOKEN"])
        tokens.store(world.organization, Credentials(zoho["REGION"], *secrets))
    OAuthToken.objects.update(refresh_stamps=[])
