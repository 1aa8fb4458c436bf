"""The secrets that sign deliveries: those made in the admin, and the one of the environment."""

from __future__ import annotations

import logging
import re
import secrets
import string
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from inventory.models import Organization

from .. import connections
from ..encryption import SecretUnreadable
from ..errors import NotConnected
from ..models import WebhookSecret

log = logging.getLogger(__name__)

ENVIRONMENT = "ZOHO_WEBHOOK_SECRET"  # the name of the one that is no row
LENGTH = 40
_SECRET = WebhookSecret._meta.get_field("secret")
_ALLOWED = re.compile(r"[0-9A-Za-z]{12,50}")  # what Zoho takes
_USE_NOTED_EVERY = timedelta(minutes=1)
_REMEMBERED_SECONDS = 1.0
_known: tuple[float, list[Key]] | None = None  # and since when


@dataclass(frozen=True)
class Key:
    """One secret that is accepted now, and whose it is. secret_id: of its row, None for the environment's."""

    secret: bytes = field(repr=False)
    name: str
    organization_id: int
    secret_id: int | None = None
    last_used_at: datetime | None = None


def keys() -> list[Key]:
    """All secrets that are accepted now, newest first. A change counts within a second in every process."""
    global _known
    now = time.monotonic()
    known = _known
    if known is None or now - known[0] >= _REMEMBERED_SECONDS:
        _known = known = (now, _read())
    return known[1]


def forget() -> None:
    """Read them anew the next time."""
    global _known
    _known = None


@sensitive_variables("secret", "found")
def _read() -> list[Key]:
    rows = WebhookSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    values = rows.annotate(sealed=Cast("secret", TextField())).values_list(
        "sealed", "name", "organization_id", "pk", "last_used_at"
    )
    found = []
    for sealed, name, organization_id, pk, used_at in values:
        try:
            secret = _SECRET.from_db_value(sealed, None, None)
        except SecretUnreadable:  # one that is lost must not take the others along
            log.warning("the webhook secret %r cannot be read with today's keys; make a new one", name)
        else:
            found.append(Key(secret.encode(), name, organization_id, pk, used_at))
    if settings.WEBHOOKS["SECRET"] and (whose := _organization_of_environment()):
        found.append(Key(settings.WEBHOOKS["SECRET"].encode(), ENVIRONMENT, whose))
    return found


def _organization_of_environment() -> int | None:
    named = settings.ZOHO["ORGANIZATION_ID"]
    if named and (known := Organization.objects.filter(external_id=named).values_list("pk", flat=True)[:1]):
        return known[0]
    try:
        return connections.organization_for().pk
    except NotConnected:  # nobody could say whose deliveries they are
        return None


def note_use(key: Key) -> None:
    """Remember that the secret is in use, at most once a minute. That it could not be noted, is no harm."""
    now = timezone.now()
    if key.secret_id is None or (key.last_used_at and now - key.last_used_at < _USE_NOTED_EVERY):
        return
    try:
        WebhookSecret.objects.filter(pk=key.secret_id).update(last_used_at=now)
    except DatabaseError:
        log.warning("the use of a secret could not be noted", exc_info=True)
    forget()


@sensitive_variables("value", "plain")
def make_secret(organization, name: str, *, value: str | None = None, user=None) -> tuple[WebhookSecret, str]:
    """(the new row, the secret itself: shown once, and never again). value: one that is in use in Zoho already.

    Raises ValueError, without the value, for what Zoho would not take: anything but 12 to 50 letters and digits.
    """
    plain = value if value is not None else random_secret()
    if not _ALLOWED.fullmatch(plain):
        raise ValueError("a secret has 12 to 50 letters and digits")
    row = WebhookSecret.objects.create(
        organization=organization,
        name=name,
        secret=plain,
        created_by=user if getattr(user, "pk", None) else None,
    )
    forget()
    return row, plain


def random_secret() -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(LENGTH))


def end_secret(row: WebhookSecret, *, at: datetime | None = None) -> None:
    """Accept it until `at` only, or no more."""
    row.expires_at = at or timezone.now()
    row.save(update_fields=["expires_at"])
    forget()
