"""The inbox: a delivery whose proof is good is stored, and only then acknowledged.

Row, event and job commit together.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from inventory.models import Organization

from ..errors import SyncError
from ..models import WebhookDelivery
from ..sentences import sentence as _
from ..signals import WebhookEvent, tell, webhook_received
from . import bodies
from .bodies import Hint
from .deposit import deposit
from .keys import Key, keys, note_use
from .masking import masked_headers, masked_query, printable
from .proofs import Proof, pairs, proof_of
from .relevance import useless

Status = WebhookDelivery.Status


class ProofRefused(SyncError):
    """No secret of ours made this signature. Says no more than that to anybody."""


class NotText(SyncError):
    """The body is not UTF-8."""


@dataclass(frozen=True)
class Incoming:
    """One POST. door: the last word of its address. headers: by lower-case names. query, body: as they came."""

    door: str
    query: bytes
    headers: Mapping[str, str]
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Receipt:
    """status: received, duplicate or ignored. queued: will it be read?"""

    status: str
    event_id: uuid.UUID
    idempotency_key: str
    queued: bool
    reason: str = ""


@sensitive_variables()
def receive(incoming: Incoming) -> Receipt:
    """Store a delivery, and ring for it. Raises ProofRefused, NotText, and django.db errors when it is not stored."""
    known = keys()
    found = proof_of(
        incoming.headers,
        incoming.query,
        incoming.body,
        [key.secret for key in known],
        is_form=bodies.is_form(incoming.content_type),
        takes_shared_key=settings.WEBHOOKS["SHARED_KEY"],
    )
    if found is None:
        raise ProofRefused(_("The delivery is not signed with a secret of ours."))
    proof, position = found
    try:
        incoming.body.decode()
    except UnicodeDecodeError as error:
        raise NotText(_("The body is not UTF-8.")) from error
    hint = bodies.read(incoming.door, incoming.query, incoming.content_type, incoming.body)
    return _store(incoming, known[position], proof, hint)


@sensitive_variables("key", "secret")
def _store(incoming: Incoming, key: Key, proof: Proof, hint: Hint) -> Receipt:
    digest = content_hash(incoming)
    reason = _unfit(key, hint)
    now = timezone.now()
    secret = key.secret.decode()
    row = WebhookDelivery(
        organization_id=key.organization_id,
        received_at=now,
        door=printable(incoming.door)[:32],
        subject=hint.subject.name if hint.subject else "",
        entity=hint.subject.entity if hint.subject else "",
        record_id=hint.record_id,
        item_ids=list(hint.item_ids),
        event_type=hint.event_type,
        source_event_id=hint.source_event_id,
        proof=proof,
        secret_name=key.name,
        is_test=hint.is_test,
        content_hash=digest,
        content_type=printable(incoming.content_type)[:100],
        query=masked_query(pairs(incoming.query), secret),
        headers=masked_headers(incoming.headers, secret),
        body=incoming.body,
        **({"status": Status.IGNORED, "reason": reason, "settled_at": now} if reason else {}),
    )
    deposit(row, rings=not reason)
    note_use(key)
    _announce(row)
    status = "ignored" if reason else "duplicate" if row.is_duplicate else "received"
    return Receipt(status, row.event_id, digest, queued=not reason, reason=reason)


def content_hash(incoming: Incoming) -> str:
    """Equal for deliveries of equal content at one address: sha256, hex."""
    hashed = hashlib.sha256()
    for part in (incoming.door.encode("utf-8", "surrogateescape"), incoming.query, incoming.body):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def _unfit(key: Key, hint: Hint) -> str:
    """Why nothing will be read for it, "" when something will."""
    if hint.problem:
        return hint.problem
    if hint.organization_id:
        ours = Organization.objects.values_list("external_id", flat=True).get(pk=key.organization_id)
        if hint.organization_id != ours:
            return _("It is about organisation %(id)s, and the secret is of another one.") % {
                "id": hint.organization_id
            }
    return useless(hint.subject, hint.record_id, hint.item_ids)


def _announce(row: WebhookDelivery) -> None:
    """The delivery is the event's row."""
    event = WebhookEvent(
        "tds.zoho.webhook.received",
        row.organization_id,
        row.pk,
        row.subject,
        row.entity,
        row.record_id,
        str(row.status),
    )
    tell(webhook_received, event, keep=False)
