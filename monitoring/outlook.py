"""The four questions that somebody asks who looks in for a moment: is it fresh, is it right, does anything wait for me,
can Zoho still be called? Answered from what is known to be wrong, and from the figures beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .causes import Facts
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
FRESH = ("stale", "worker", "queue", "failed")
RIGHT = ("failures", "quarantined", "dead-letters", "late-deliveries", "silent")
WAITING = ("quarantined", "paused", "failures", "dead-letters", "connection", "not-connected", "failed")
CALLS = ("connection", "not-connected", "calls-blocked", "calls-spent")
_COUNTED = ("quarantined", "paused", "failures", "dead-letters")  # each is so many things to decide on


def answers(facts: Facts | None, found: Collection[Trouble]) -> dict[str, Answer]:
    """found: everything that is wrong now; facts: what it was found from, None when nobody can be served.

    {"fresh", "right", "waiting", "calls"}, in this order.
    """
    if facts is None:
        return {
            name: Answer(question(), State.BAD, next(iter(found)).message, 0)
            for name, question in QUESTIONS.items()
        }
    given = {
        "fresh": _fresh(_about(found, FRESH), facts),
        "right": _right(_about(found, RIGHT), facts),
        "waiting": _waiting(_about(found, WAITING)),
        "calls": _calls(_about(found, CALLS), facts),
    }
    return {name: Answer(question(), *given[name]) for name, question in QUESTIONS.items()}


def worst_state(given: Iterable[Answer]) -> State:
    order = list(State)
    return max((each.state for each in given), key=order.index, default=State.GOOD)


QUESTIONS = {
    "fresh": lambda: _("Is it fresh?"),
    "right": lambda: _("Is it right?"),
    "waiting": lambda: _("Does anything wait for me?"),
    "calls": lambda: _("Can Zoho still be called?"),
}


def _fresh(about: list[Trouble], facts: Facts) -> tuple[State, str, int]:
    count = len([each for each in about if each.cause == "stale"])
    if count:
        text = ngettext("%(count)s entity is out of date.", "%(count)s entities are out of date.", count)
        return _state(about), text % {"count": count}, count
    if not about and not _anything_read(facts):
        return State.WARNING, _("Nothing has been read yet."), 0
    return _state(about), _first(about) or _("Everything was read within the last day."), 0


def _right(about: list[Trouble], facts: Facts) -> tuple[State, str, int]:
    """Where records that could not be taken are all that is wrong, they are added up; else the worst is told."""
    failed = [each for each in about if each.cause == "failures"]
    count = sum(each.count for each in failed)
    if failed and failed == about:
        text = ngettext(
            "%(count)s record could not be taken.", "%(count)s records could not be taken.", count
        )
        return _state(about), text % {"count": count}, count
    if not about and not _anything_read(facts):
        return State.WARNING, _("Nothing has been read yet."), 0
    return _state(about), _first(about) or _("Every record that was read is in."), count


def _waiting(about: list[Trouble]) -> tuple[State, str, int]:
    count = sum(each.count if each.cause in _COUNTED else 1 for each in about)
    if not about:
        return State.GOOD, _("Nothing waits for you."), 0
    text = ngettext("%(count)s thing waits for you.", "%(count)s things wait for you.", count)
    return _state(about), text % {"count": count}, count


def _calls(about: list[Trouble], facts: Facts) -> tuple[State, str, int]:
    left = sum(each.left for each in facts.budgets.values())
    limit = sum(each.limit for each in facts.budgets.values())
    shown = {"left": f"{left:,}", "limit": f"{limit:,}"}
    text = _("Yes: %(left)s of %(limit)s calls are left today.") % shown
    return _state(about), _first(about) or text, left


def _about(found: Iterable[Trouble], causes: tuple[str, ...]) -> list[Trouble]:
    """Of these causes, the worst first."""
    return [each for each in found if each.cause in causes]


def _anything_read(facts: Facts) -> bool:
    return any(entity.good_at for row in facts.freshness.values() for entity in row)


def _first(about: list[Trouble]) -> str:
    return about[0].message if about else ""


def _state(about: Collection[Trouble]) -> State:
    severity = worst(about)
    if severity is None or severity is Severity.INFO:
        return State.GOOD
    return State.WARNING if severity is Severity.WARNING else State.BAD
