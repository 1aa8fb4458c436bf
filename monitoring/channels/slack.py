"""Source: Slack API, "Sending messages using incoming webhooks" and "Formatting text for app surfaces"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from zoho_sync.sentences import Sentence
from zoho_sync.sentences import sentence as _

from .base import AlertMessage, Field, register
from .message import directed, facts, headline, isolated, paragraphs
from .web import accepted, post_json, problem

_SIGNS = {"info": "ℹ️", "warning": "⚠️", "error": "🔴", "critical": "🚨"}
_LONGEST_HEADLINE, _LONGEST_TEXT = 250, 2800  # a section takes 3,000 characters, escaped


@register
class SlackChannel:
    kind = "slack"
    label = "Slack"
    hint = gettext_lazy(
        "In Slack: Apps, “Incoming Webhooks”, Add to Slack, choose the channel, and copy the webhook's address."
    )
    fields = (
        Field(
            name="webhook_url",
            label=gettext_lazy("Address of the incoming webhook"),
            kind="secret",
            required=True,
            help=gettext_lazy(
                "Begins with https://hooks.slack.com/. Whoever has it can write, so it is kept secret."
            ),
        ),
    )

    def check(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = problem(str(config["webhook_url"]))
        return {"webhook_url": found} if found else {}

    def send(self, message: AlertMessage, config: Mapping[str, Any]) -> None:
        answer = post_json(
            config["webhook_url"], {"text": escaped(headline(message)), "blocks": blocks(message)}
        )
        # 404 no_service, 410 channel_is_archived, 403 action_prohibited: only a new webhook helps
        accepted(answer, dict.fromkeys((403, 404, 410), _gone()))


def _gone() -> Sentence:
    return _(
        "Slack knows this webhook no more, or its channel is closed. Make a new one in Slack and enter its address."
    )


def blocks(message: AlertMessage) -> list[dict[str, Any]]:
    sign = "✅" if message.is_over else _SIGNS.get(message.severity, "")
    head = escaped(headline(message))[:_LONGEST_HEADLINE]
    told = [_section(directed(message, f"{sign} *{head}*"))]
    if text := "\n".join(paragraphs(message)):
        told.append(_section(directed(message, _cut(text, _LONGEST_TEXT))))
    small = " · ".join(
        f"{escaped(name)}: {isolated(message, escaped(value))}" for name, value in facts(message)
    )
    if message.url:
        small = " · ".join(part for part in (small, f"<{escaped(message.url)}>") if part)
    if small:
        told.append({"type": "context", "elements": [_words(directed(message, small[:_LONGEST_TEXT]))]})
    return told


def escaped(text: str) -> str:
    """Slack's three control characters; without them no text becomes a link, a mention or a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, most: int) -> str:
    """Escaped and not too long; never cut within an escape."""
    while len(escaped(text)) > most:
        text = text[: len(text) * most // (len(escaped(text)) + 1) - 1] + "…"
    return escaped(text)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _words(text)}


def _words(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}  # what looks like a name or address stays text
