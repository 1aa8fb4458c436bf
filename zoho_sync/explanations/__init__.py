"""What every class of failure means to people: what happened, what it means, what was tried, what to press.

The engine stores sentences (`sentences.py`); a sentence keeps its msgid, and by its msgid it belongs to one class here.
So a class needs no column, holds of what was stored long ago, and a sentence that no class knows is found by a test.
"""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..sentences import Sentence, said
from .catalogue import Explanation
from .deliveries import DELIVERIES
from .reach import REACH
from .records import RECORDS
from .runs import RUNS

__all__ = ["EXPLANATIONS", "OTHER", "WRAPPERS", "Explanation", "explain", "of_kind"]

OTHER = Explanation(
    kind="other",
    title=_("Something else"),
    happened=_("The reason is told in the words of whoever gave it; it is none of the usual ones."),
    meaning=_("What was read before stays as it was. Nothing was guessed, and nothing was removed."),
    tried=_("Every later run that meets it tries it again."),
    press=_(
        "Read the reason and put right what it names; then press Retry, Resume or Replay, whichever the page offers."
    ),
)
# Sentences that only say where the trouble was; what it was stands in their facts.
WRAPPERS = ("%(key)s: %(problem)s", "location: %(problem)s", "%(problem)s (%(answer)s)")

EXPLANATIONS: dict[str, Explanation] = {
    each.kind: each for each in (*RECORDS, *REACH, *RUNS, *DELIVERIES, OTHER)
}
_BY_SENTENCE = {msgid: each for each in EXPLANATIONS.values() for msgid in each.says}


def explain(told: Any) -> Explanation | None:
    """The class of a stored reason or message, or of an error; None where nothing was said."""
    if isinstance(told, BaseException):
        told = said(told)
    if not told:
        return None
    if not isinstance(told, Sentence):
        return OTHER
    if told.msgid in WRAPPERS:
        inner = [
            explain(fact)
            for fact in (told.facts or {}).values()
            if isinstance(fact, Sentence | BaseException)
        ]
        return next((each for each in inner if each), OTHER)
    return _BY_SENTENCE.get(told.msgid, OTHER)


def of_kind(kind: str, column: str = "reason") -> Q:
    """The rows whose stored sentence is of a class. Raises KeyError for a kind that there is not."""
    wanted = EXPLANATIONS[kind]
    if wanted is OTHER:
        known = Q()
        for each in EXPLANATIONS.values():
            known |= _told_by(each, column)
        return ~known & ~Q(**{column: ""})
    return _told_by(wanted, column)


def _told_by(wanted: Explanation, column: str) -> Q:
    plain, inside, wrapped = Q(), Q(), Q()
    for msgid in wanted.says:
        plain |= Q(**{f"{column}__startswith": "{" + _packed(msgid)})
        inside |= Q(**{f"{column}__contains": "{" + _packed(msgid)})
    for msgid in WRAPPERS:
        wrapped |= Q(**{f"{column}__startswith": "{" + _packed(msgid)})
    return plain | (wrapped & inside) if wanted.says else Q(pk=None)


def _packed(msgid: str) -> str:
    """As the column holds it; up to the next part, so that no longer sentence is meant."""
    return f'"say": {json.dumps(msgid, ensure_ascii=False)},'
