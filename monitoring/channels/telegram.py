"""Source: Telegram Bot API, sendMessage, "Formatting options" and ResponseParameters.

The address of every call holds the bot's token: it must reach neither a log nor an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from django.utils.html import escape
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import Sentence
from zoho_sync.sentences import sentence as _

from ..addresses import Answer
from .base import AlertMessage, ChannelError, Field, register
from .message import directed, facts, headline, isolated, paragraphs
from .web import accepted, post_json, problem

SERVER = "https://api.telegram.org"
_SIGNS = {"info": "ℹ️", "warning": "⚠️", "error": "🔴", "critical": "🚨"}
_LONGEST = 3500  # of 4,096 characters, which are counted after the markup is read


@register
class TelegramChannel:
    kind = "telegram"
    label = "Telegram"
    hint = gettext_lazy(
        "In Telegram: write /newbot to @BotFather and copy the token; then write to your bot, or add it to a group."
    )
    fields = (
        Field(name="token", label=gettext_lazy("Bot token"), kind="secret", required=True),
        Field(
            name="chat_id",
            label=gettext_lazy("Chat"),
            required=True,
            help=gettext_lazy(
                "A number such as 123456789, -1001234567890 for a group, or @name of a public channel."
            ),
        ),
        Field(
            name="server",
            label=gettext_lazy("Bot API server"),
            kind="url",
            help=gettext_lazy("Empty: Telegram's own. Only for those who run one themselves."),
        ),
    )

    def check(self, config: Mapping[str, Any]) -> dict[str, str]:
        found = {"server": problem(str(config["server"])) if config.get("server") else ""}
        if not re.fullmatch(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}", str(config["token"])):
            found["token"] = _(
                "A bot token looks like 123456789:AAE… with some 35 characters behind the colon."
            )
        if not re.fullmatch(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{3,64}", str(config["chat_id"])):
            found["chat_id"] = _("A chat is a number, or @ and the name of a public channel.")
        return {name: words for name, words in found.items() if words}

    def send(self, message: AlertMessage, config: Mapping[str, Any]) -> None:
        server = str(config.get("server") or SERVER).rstrip("/")
        told = {
            "chat_id": config["chat_id"],
            "text": markup(message),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "disable_notification": message.severity == "info",
        }
        answer = post_json(f"{server}/bot{config['token']}/sendMessage", told)
        if answer.status == 429:
            reason = _("Telegram asks for a pause: too many messages.")
            raise ChannelError(reason, retry_after=_asked_pause(answer))
        accepted(answer, _refusals(answer))


def markup(message: AlertMessage) -> str:
    """HTML as Telegram reads it: b and a, everything else escaped."""
    sign = "✅" if message.is_over else _SIGNS.get(message.severity, "")
    text = "\n\n".join(paragraphs(message))
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    small = "\n".join(f"{escape(name)}: {isolated(message, escape(value))}" for name, value in facts(message))
    link = isolated(message, escape(message.url)) if message.url else ""
    parts = (f"{sign} <b>{escape(headline(message)[:300])}</b>", escape(text), small, link)
    return directed(message, "\n\n".join(part for part in parts if part))


def _refusals(answer: Answer) -> dict[int, Sentence]:
    """What a status means. Telegram's own words are not repeated."""
    unknown_token = _("Telegram does not know this bot token. Copy it again from @BotFather.")
    malformed = _("Telegram does not take the message (status 400). Check the chat's number.")
    no_chat = _(
        "Telegram knows no such chat, or the bot is not in it. Write to the bot first, or add it to the group, and "
        "check the chat's number."
    )
    return {
        400: no_chat if b"chat not found" in answer.body.lower() else malformed,
        401: unknown_token,
        403: _("The bot may not write there: it was blocked, or removed from the group."),
        404: unknown_token,
    }


def _asked_pause(answer: Answer) -> float | None:
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        return float(orjson.loads(answer.body)["parameters"]["retry_after"])
    return answer.retry_after
