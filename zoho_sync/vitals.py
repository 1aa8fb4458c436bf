"""What the sync stands on, in plain values: tokens, clocks, and secrets that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from .encryption import SecretUnreadable
from .models import Event, OAuthToken, RateBucket, WebhookDelivery, WebhookSecret
from .zoho import clock

_FAILED = ("tds.zoho.token.refresh_failed", "tds.zoho.token.revoked")
_LATELY = timedelta(days=1)  # a clock that was seen longer ago tells nothing of now
_MOST = 100


@dataclass(frozen=True)
class TokenState:
    """One connection. failing_since: the first refresh that failed since the last good one; failure: why, in words."""

    organization: str
    is_refused: bool
    message: str
    refreshed_at: datetime | None
    expires_at: datetime | None
    failing_since: datetime | None
    failure: str


def tokens() -> list[TokenState]:
    """Of every organisation that is connected, in one query; nothing is asked of Zoho, no secret is read."""
    since_the_last_good_one = Coalesce(OuterRef("refreshed_at"), Value(datetime(1970, 1, 1, tzinfo=UTC)))
    failed = Event.objects.filter(
        name__in=_FAILED, organization__unsought=OuterRef("organization"), at__gt=since_the_last_good_one
    )
    rows = (
        OAuthToken.objects.exclude(refresh_token="")
        .defer("client_secret", "refresh_token", "access_token")
        .select_related("organization")
        .annotate(
            first_failed_at=Subquery(failed.order_by("at").values("at")[:1]),
            last_failure=Subquery(failed.order_by("-pk").values("data")[:1]),
        )
    )
    return [_token(row) for row in rows.order_by("pk")[:_MOST]]


def _token(row) -> TokenState:
    return TokenState(
        organization=row.organization.external_id,
        is_refused=row.state == OAuthToken.State.REFUSED,
        message=row.state_message,
        refreshed_at=row.refreshed_at,
        expires_at=row.access_expires_at,
        failing_since=row.first_failed_at,
        failure=str((row.last_failure or {}).get("message", "")),
    )


@dataclass(frozen=True)
class Clock:
    """Another clock. skew_seconds: how far ours is ahead of it, negative when behind; None where nobody has seen it."""

    is_database: bool
    skew_seconds: float | None
    measured_at: datetime | None


def clocks() -> list[Clock]:
    """The database's, where it has one of its own, and Zoho's for every organisation."""
    found = []
    if connection.vendor == "postgresql":
        before, theirs, after = timezone.now(), clock.now(), timezone.now()
        middle = before + (after - before) / 2
        found.append(Clock(True, (middle - theirs).total_seconds(), after))
    for bucket in RateBucket.objects.order_by("pk")[:_MOST]:
        is_known = bucket.clock_seen_at is not None and timezone.now() - bucket.clock_seen_at < _LATELY
        found.append(Clock(False, bucket.clock_skew_seconds if is_known else None, bucket.clock_seen_at))
    return found


def secrets_readable() -> tuple[int, int]:
    """(how many of the stored secrets can be read with today's keys, how many cannot)."""
    kinds: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (OAuthToken, ("client_secret", "refresh_token")),
        (WebhookSecret, ("secret",)),
    )
    readable = unreadable = 0
    for model, columns in kinds:
        for column in columns:
            stored = model.objects.exclude(**{column: ""})
            for key in stored.order_by("pk").values_list("pk", flat=True)[:_MOST]:
                try:
                    model.objects.only(column).get(pk=key)
                    readable += 1
                except SecretUnreadable:
                    unreadable += 1
    return readable, unreadable


def webhooks_known() -> bool:
    """Has a delivery ever come, our own tests left out?"""
    return WebhookDelivery.objects.filter(is_test=False).exists()
