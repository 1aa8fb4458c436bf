"""Sentences for people that outlive the process which made them.

A worker writes why a run waits or a record failed; whoever reads it later, reads it in their own language. So a
sentence is kept as what it was made of (the msgid and its facts), and is said anew each time it is loaded.

    from .sentences import sentence as _

    raise RecordRejected(_("%(value)s is not a number") % {"value": value})

One that counts has two msgids, and is `counted("%(count)s row", "%(count)s rows", count) % {"count": count}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext, ngettext, override

_SIGN = '{"say": '  # no text of ours or of Zoho's is taken for a packed sentence unless it unpacks as one


class Sentence(str):
    """A text in the language of the moment, which knows its msgid and facts. `%` fills the facts in.

    many, number: of a sentence that counts; "" and None of any other.
    """

    __slots__ = ("facts", "many", "msgid", "number")
    msgid: str
    facts: Mapping[str, Any] | None
    many: str
    number: int | None

    def __new__(
        cls, msgid: str, facts: Mapping[str, Any] | None = None, many: str = "", count: int | None = None
    ) -> Self:
        pattern = gettext(msgid) if msgid else ""
        if many and count is not None:
            pattern = ngettext(msgid, many, count)
        made = super().__new__(cls, pattern if facts is None else pattern % facts)
        made.msgid, made.facts, made.many, made.number = msgid, facts, many, count
        return made

    def __mod__(self, facts: Any) -> Sentence:
        return Sentence(self.msgid, facts, self.many, self.number)

    def pack(self) -> dict[str, Any]:
        """JSON values from which `unpack` makes the sentence again."""
        facts = {name: _plain(value) for name, value in (self.facts or {}).items()}
        packed: dict[str, Any] = {"say": self.msgid, "with": facts if self.facts is not None else None}
        return packed | ({"many": self.many, "count": self.number} if self.many else {})


def sentence(msgid: str) -> Sentence:
    """Use it as `_`, in place of gettext, for what will be stored."""
    return Sentence(msgid)


def counted(one: str, many: str, count: int) -> Sentence:
    """Use it as ngettext for what will be stored; it is said with the plural forms of whoever reads it."""
    return Sentence(one, None, many, count)


def lasting(label: Any) -> Sentence:
    """A lazy translation as a sentence: what it says in English, the language of the source, is its msgid."""
    with override("en"):
        msgid = str(label)
    return Sentence(msgid)


def said(error: BaseException) -> str:
    """What an error says; a Sentence when it was made of one, so that it can be stored as such."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Sentence) else str(error)


def unpack(packed: dict[str, Any]) -> Sentence:
    """The sentence, in the language of the moment. Raises KeyError or TypeError for what is none."""
    facts, many, count = packed["with"], packed.get("many", ""), packed.get("count")
    if facts is None:
        return Sentence(packed["say"], None, many, count)
    again = {name: _again(value) for name, value in facts.items()}
    return Sentence(packed["say"], again, many, count)


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.pack()
    if isinstance(value, BaseException):
        return _plain(said(value))
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _again(value: Any) -> Any:
    return unpack(value) if isinstance(value, dict) else value


class SentenceField(models.TextField):
    """Text; a Sentence is kept with its parts, and comes back in the reader's language."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sentence):
            return json.dumps(value.pack(), ensure_ascii=False)
        return super().get_prep_value(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value is None or not value.startswith(_SIGN):
            return value
        try:
            return unpack(json.loads(value))
        except (ValueError, KeyError, TypeError):
            return value
