"""A signed POST of JSON to any server. docs/channels.md tells receivers what comes, and how it is proved."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import sentence as _

from .base import AlertMessage, Field, register
from .message import headline
from .web import accepted, post, problem

SHORTEST_SECRET = 16


@register
class WebhookChannel:
    kind = "webhook"
    label = gettext_lazy("Webhook")
    hint = gettext_lazy(
        "The receiver proves with the secret that a message is ours; docs/channels.md says how."
    )
    fields = (
        Field(
            name="url",
            label=gettext_lazy("Address"),
            kind="url",
            required=True,
            help=gettext_lazy("https://… in the open internet. Everybody who sees this page sees it."),
        ),
        Field(
            name="secret",
            label=gettext_lazy("Secret"),
            kind="secret",
            required=True,
            help=gettext_lazy(
                "At least 16 characters, the same at the receiver. Every message is signed with it."
            ),
        ),
    )

    def check(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = {"url": problem(str(config["url"]))}
        if len(str(config["secret"])) < SHORTEST_SECRET:
            found["secret"] = _("A secret needs at least %(least)s characters.") % {"least": SHORTEST_SECRET}
        return {name: words for name, words in found.items() if words}

    def send(self, message: AlertMessage, config: Mapping[str, Any]) -> None:
        body = orjson.dumps(told(message))
        stamp = str(int(time.time()))
        headers = {
            "X-TSH-Timestamp": stamp,
            "X-TSH-Signature": f"sha256={signature(config['secret'], stamp, body)}",
            "X-TSH-Event": message.event_id or message.occasion,
            "X-TSH-Delivery": message.delivery_id,
        }
        accepted(
            post(config["url"], body, headers),
            {410: _("The receiver says that this address exists no more.")},
        )


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 of the timestamp, a full stop and the raw body."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def told(message: AlertMessage) -> dict[str, Any]:
    """The body. Times are ISO 8601 in UTC; what is not known is null or empty."""
    return {
        "version": 1,
        "delivery_id": message.delivery_id,
        "event_id": message.event_id,
        "alert_id": message.alert_id,
        "occasion": message.occasion,
        "what": message.what,
        "severity": message.severity,
        "headline": headline(message),
        "title": message.title,
        "message": message.message,
        "what_to_do": message.what_to_do,
        "since": message.since.isoformat() if message.since else None,
        "count": message.count,
        "entity": message.entity,
        "organisation": message.organisation,
        "url": message.url,
        "language": message.language,
    }
