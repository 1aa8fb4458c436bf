"""What is told, as plain values, and its words in the language of the moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

RIGHT_TO_LEFT = ("ar",)
_MARK, _ISOLATE, _END = "\u200f", "\u2068", "\u2069"


@dataclass(frozen=True, kw_only=True)
class AlertMessage:
    """One message. Texts are in `language`, in which whoever sends it is speaking while `send` runs.

    occasion: alert, digest or test. what: what happened to the alert (opened, worsened, escalated, reopened, woken,
    resolved), or "summary" of many alerts; empty where the occasion is none. severity: info, warning, error, critical.
    since: aware UTC, None where nobody knows. count: how often it was seen. entity and organisation: in words, or
    empty. url: of the page in the back office, absolute, or empty. delivery_id stays the same when a message is sent
    again, so that a receiver can tell.
    """

    occasion: str
    what: str = ""
    severity: str = "info"
    severity_word: str = ""
    what_word: str = ""
    title: str
    message: str = ""
    what_to_do: str = ""
    since: datetime | None = None
    count: int = 1
    entity: str = ""
    organisation: str = ""
    url: str = ""
    language: str = "en"
    event_id: str = ""
    alert_id: str = ""
    delivery_id: str = ""

    @property
    def is_over(self) -> bool:
        return self.what == "resolved"

    @property
    def is_right_to_left(self) -> bool:
        return self.language in RIGHT_TO_LEFT


def headline(message: AlertMessage) -> str:
    """One line: how bad, what happened to it, and the title."""
    title = " ".join(message.title.split())
    if message.occasion != "alert" or message.what == "summary":
        return title
    if message.is_over:
        return _("Over: %(title)s") % {"title": title}
    facts = {"severity": message.severity_word or message.severity, "title": title, "what": message.what_word}
    if message.what == "opened" or not message.what_word:
        return _("%(severity)s: %(title)s") % facts
    return _("%(severity)s (%(what)s): %(title)s") % facts


def facts(message: AlertMessage) -> Iterator[tuple[str, str]]:
    """Names and values beside the text; only those that are known."""
    if message.since is not None:
        yield _("since"), date_format(timezone.localtime(message.since), "SHORT_DATETIME_FORMAT")
    if message.count > 1:
        yield _("seen"), str(message.count)
    if message.entity:
        yield _("entity"), message.entity
    if message.organisation:
        yield _("organisation"), message.organisation


def paragraphs(message: AlertMessage) -> Iterator[str]:
    """What is wrong, and what to do about it while it is not over."""
    if message.message:
        yield message.message
    if message.what_to_do and not message.is_over:
        yield message.what_to_do


def plain_text(message: AlertMessage, *, with_headline: bool = True) -> str:
    """All of it for people who read plain text."""
    blocks = [headline(message)] if with_headline else []
    blocks += paragraphs(message)
    told = "\n".join(f"{name}: {isolated(message, value)}" for name, value in facts(message))
    blocks += [told] if told else []
    blocks += [isolated(message, message.url)] if message.url else []
    return directed(message, "\n\n".join(blocks))


def directed(message: AlertMessage, text: str) -> str:
    """Each line with a mark in front that makes it run from right to left, where it has to and nothing else would."""
    if not message.is_right_to_left:
        return text
    return "\n".join(f"{_MARK}{line}" if line else line for line in text.split("\n"))


def isolated(message: AlertMessage, value: str) -> str:
    """A value whose own direction must not disturb the line around it."""
    return f"{_ISOLATE}{value}{_END}" if message.is_right_to_left else value
