"""Sentences for people that outlive the process which made them.

A worker writes why a run waits or a record failed; whoever reads it later, reads it in their own language. So a
sentence is kept as what it was made of (the msgid and its facts), and is said anew each time it is loaded.

    from .sentences import sentence as _

    raise RecordRejected(_("%(value)s is not a number") % {"value": value})
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext

_SIGN = '{"say": '  # no text of ours or of Zoho's is taken for a packed sentence unless it unpacks as one


class Sentence(str):
    """A text in the language of the moment, which knows its msgid and facts. `%` fills the facts in."""

    __slots__ = ("facts", "msgid")
    msgid: str
    facts: Mapping[str, Any] | None

    def __new__(cls, msgid: str, facts: Mapping[str, Any] | None = None) -> Self:
        pattern = gettext(msgid) if msgid else ""
        made = super().__new__(cls, pattern if facts is None else pattern % facts)
        made.msgid, made.facts = msgid, facts
        return made

    def __mod__(self, facts: Any) -> Sentence:
        return Sentence(self.msgid, facts)

    def pack(self) -> dict[str, Any]:
        """JSON values from which `unpack` makes the sentence again."""
        facts = {name: _plain(value) for name, value in (self.facts or {}).items()}
        return {"say": self.msgid, "with": facts if self.facts is not None else None}


def sentence(msgid: str) -> Sentence:
    """Use it as `_`, in place of gettext, for what will be stored."""
    return Sentence(msgid)


def said(error: BaseException) -> str:
    """What an error says; a Sentence when it was made of one, so that it can be stored as such."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Sentence) else str(error)


def unpack(packed: dict[str, Any]) -> Sentence:
    """The sentence, in the language of the moment. Raises KeyError or TypeError for what is none."""
    facts = packed["with"]
    if facts is None:
        return Sentence(packed["say"])
    return Sentence(packed["say"], {name: _again(value) for name, value in facts.items()})


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
