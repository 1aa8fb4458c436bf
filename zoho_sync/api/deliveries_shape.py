"""What is told of a webhook delivery: a row of the list, and all of it with its body as it came."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ..explanations.rows import of_delivery
from ..models import WebhookDelivery
from ..webhooks.keys import keys
from ..webhooks.masking import MASK
from .explained import Explained, in_parts
from .representations import Address, Id, Moment, Told

Status = WebhookDelivery.Status
REPLAY = "zoho_sync.replay_webhookdelivery"
HEAVY = ("body", "headers", "query", "item_ids")


class DeliveryRow(Told):
    """One delivery, without what only its page needs."""

    id = Id(source="pk")
    url = Address("api-deliveries-one")
    event_id = serializers.UUIDField(help_text="As it was answered.")
    organization = serializers.CharField(
        source="organization.external_id", help_text="The source's id of it."
    )
    received_at = Moment(allow_null=False)
    door = serializers.CharField(help_text="The last word of the address it came to.")
    subject = serializers.CharField(help_text="What it is about, such as item or invoice; empty if unknown.")
    entity = serializers.CharField(help_text="What is read for it; empty if nothing.")
    record_id = serializers.CharField(help_text="The source's id of its record.")
    event_type = serializers.CharField(help_text="The sender's word for what happened.")
    source_event_id = serializers.CharField(help_text="The sender's own id of it.")
    proof = serializers.ChoiceField(choices=WebhookDelivery.Proof.choices)
    secret_name = serializers.CharField(help_text="The name of the secret that proved it.")
    is_test = serializers.BooleanField()
    is_duplicate = serializers.BooleanField(help_text="The same content came within the ten minutes before.")
    status = serializers.ChoiceField(choices=Status.choices)
    reason = serializers.CharField(help_text="Why it waits, failed or was ignored; in the reader's language.")
    result = serializers.ChoiceField(choices=[*WebhookDelivery.Result.choices, ("", "none yet")])
    attempts_count = serializers.IntegerField()
    next_attempt_at = Moment()
    run = Id(source="run_id", allow_null=True, help_text="The run that reads for it, or last did.")
    settled_at = Moment()
    seconds = serializers.FloatField(allow_null=True, help_text="From its arrival until it was applied.")
    replayed_at = Moment()
    replayed_by = serializers.CharField(help_text="User name of who asked for it.")


class DeliveryBody(serializers.Serializer):
    """encoding: text, or base64 where the bytes are no text. Secrets of ours in it are masked."""

    encoding = serializers.ChoiceField(choices=["text", "base64"])
    bytes_count = serializers.IntegerField(help_text="As it came.")
    is_masked = serializers.BooleanField(help_text="A secret of ours stood in it.")
    content = serializers.CharField()


class DeliveryCan(serializers.Serializer):
    """What is possible now, and allowed to who asks."""

    replay = serializers.BooleanField()


class DeliveryDetail(DeliveryRow):
    """One delivery as it came. Nobody vouches for what its sender wrote."""

    content_hash = serializers.CharField(help_text="The idempotency key that was answered.")
    content_type = serializers.CharField()
    query = serializers.CharField(help_text="Secrets masked.")
    headers = serializers.DictField(child=serializers.CharField(), help_text="Secrets masked.")
    item_ids = serializers.ListField(child=serializers.CharField(), help_text="Of the items in its lines.")
    body = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField(
        help_text="Of a delivery that was not applied, and why; else null."
    )
    can = serializers.SerializerMethodField()

    @extend_schema_field(DeliveryBody)
    def get_body(self, delivery: WebhookDelivery) -> dict[str, Any]:
        return body_of(bytes(delivery.body), (key.secret for key in keys()))

    @extend_schema_field(Explained(allow_null=True))
    def get_explanation(self, delivery: WebhookDelivery) -> dict[str, str] | None:
        found = of_delivery(delivery)
        return in_parts(found) if found else None

    @extend_schema_field(DeliveryCan)
    def get_can(self, delivery: WebhookDelivery) -> dict[str, bool]:
        may = self.context["request"].user.has_perm(REPLAY)
        return {"replay": may and delivery.status != Status.PROCESSING}


@sensitive_variables()
def body_of(raw: bytes, secrets: Iterable[bytes]) -> dict[str, Any]:
    """The body for readers: secrets masked, however a form or JSON has written them."""
    shown = raw
    for form in sorted({form for secret in secrets for form in _written(secret)}, key=len, reverse=True):
        shown = shown.replace(form, MASK.encode())
    text = _text(shown)
    return {
        "encoding": "base64" if text is None else "text",
        "bytes_count": len(raw),
        "is_masked": shown != raw,
        "content": base64.b64encode(shown).decode() if text is None else text,
    }


def _written(secret: bytes) -> set[bytes]:
    plain = secret.decode()
    in_json = {json.dumps(plain, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
    return {form.encode() for form in {plain, quote(plain, safe=""), quote_plus(plain), *in_json} if form}


def _text(raw: bytes) -> str | None:
    """UTF-8 without control characters but those of lines and columns; None for anything else."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if all(each >= " " or each in "\t\r\n" for each in text) else None
