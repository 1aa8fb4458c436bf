"""The four questions that somebody asks who looks in for a moment: is it fresh, is it right, does anything wait for me,
can Zoho still be called? Answered from what is known to be wrong, and from the figures beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoho_sync import status

from .troubles import Severity, Trouble, worst


class State(StrEnum):
    """The last one is the worst."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Answer:
    """count: of what the text speaks of."""

    question: str
    state: State
    text: str
    count: int


# What each question is about, by the first word of a trouble's id. Without a worker nothing stays fresh.
FRESH = ("stale", "worker", "failed")
RIGHT = ("failures", "quarantined", "dead-letters", "late-deliveries", "silent")
WAITING = ("quarantined", "paused", "failures", "dead-letters", "connection", "not-connected", "failed")
CALLS = ("connection", "not-connected", "calls-blocked", "calls-spent")
_COUNTED = (
    "quarantined",
    "paused",
    "failures",
    "dead-letters",
)  # each of them is so many things to decide on


def answers(found: Collection[Trouble]) -> dict[str, Answer]:
    """found: everything that is wrong now. {"fresh", "right", "waiting", "calls"}, in this order."""
    down = [each for each in found if each.id in ("database", "tables")]
    if down:
        return {
            name: Answer(question(), State.BAD, down[0].message, 0)
            for name, (question, _answer) in _QUESTIONS.items()
        }
    return {name: answer(found, question()) for name, (question, answer) in _QUESTIONS.items()}


def worst_state(given: Iterable[Answer]) -> State:
    order = list(State)
    return max((each.state for each in given), key=order.index, default=State.GOOD)


def _fresh(found: Collection[Trouble], question: str) -> Answer:
    about = _about(found, FRESH)
    stale = [each for each in about if each.id.startswith("stale")]
    if not about:
        text = _("Everything was read within the last day.")
    elif stale:
        text = ngettext(
            "%(count)s entity is out of date.", "%(count)s entities are out of date.", len(stale)
        ) % {"count": len(stale)}
    else:
        text = about[0].message
    return Answer(question, _state(about), text, len(stale))


def _right(found: Collection[Trouble], question: str) -> Answer:
    about = _about(found, RIGHT)
    failed = sum(each.count for each in about if each.id.startswith("failures"))
    if not about:
        text = _("Every record that was read is in.")
    elif failed and len(about) == len([each for each in about if each.id.startswith("failures")]):
        text = ngettext(
            "%(count)s record could not be taken.", "%(count)s records could not be taken.", failed
        ) % {"count": failed}
    else:
        text = about[0].message
    return Answer(question, _state(about), text, failed)


def _waiting(found: Collection[Trouble], question: str) -> Answer:
    about = _about(found, WAITING)
    count = sum(each.count if each.id.startswith(_COUNTED) else 1 for each in about)
    if not about:
        text = _("Nothing waits for you.")
    else:
        text = ngettext("%(count)s thing waits for you.", "%(count)s things wait for you.", count)
        text %= {"count": count}
    return Answer(question, _state(about), text, count)


def _calls(found: Collection[Trouble], question: str) -> Answer:
    about = _about(found, CALLS)
    left = limit = 0
    for organization in status.organizations():
        budget = status.budget(organization)
        left, limit = left + budget.left, limit + budget.limit
    if about:
        text = about[0].message
    else:
        text = _("Yes: %(left)s of %(limit)s calls are left today.") % {"left": left, "limit": limit}
    return Answer(question, _state(about), text, left)


_QUESTIONS = {
    "fresh": (lambda: _("Is it fresh?"), _fresh),
    "right": (lambda: _("Is it right?"), _right),
    "waiting": (lambda: _("Does anything wait for me?"), _waiting),
    "calls": (lambda: _("Can Zoho still be called?"), _calls),
}


def _about(found: Iterable[Trouble], causes: tuple[str, ...]) -> list[Trouble]:
    """Of these causes, the worst first."""
    return [each for each in found if each.id.partition(":")[0] in causes]


def _state(about: Collection[Trouble]) -> State:
    severity = worst(about)
    if severity is None or severity is Severity.INFO:
        return State.GOOD
    return State.WARNING if severity is Severity.WARNING else State.BAD
