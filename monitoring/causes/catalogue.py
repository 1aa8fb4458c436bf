"""The kinds of causes, by the first word of a trouble's id: who finds them, how often, and what a rule may set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..troubles import Trouble
from .facts import Facts

QUICK_SECONDS = 10  # answered from the facts
SLOW_SECONDS = 300  # asks for many rows


@dataclass(frozen=True)
class Threshold:
    """What a rule may set for a cause that is one from a certain size on. unit: in words, for the form."""

    default: float
    lowest: float
    highest: float
    words: Any


@dataclass(frozen=True)
class Cause:
    """word: of the ids of its troubles. label, meaning: for people. find(facts, threshold) yields what there is now.

    every_seconds: how often it is sensible to ask. threshold: None where there is nothing to set.
    """

    word: str
    label: Any
    meaning: Any
    find: Callable[[Facts, float | None], Iterable[Trouble]]
    every_seconds: int = QUICK_SECONDS
    threshold: Threshold | None = None

    @property
    def is_quick(self) -> bool:
        return self.every_seconds <= QUICK_SECONDS

    def ask(self, facts: Facts, threshold: float | None = None) -> list[Trouble]:
        """What there is of it; every trouble's id begins with its word."""
        if threshold is None and self.threshold is not None:
            threshold = self.threshold.default
        return list(self.find(facts, threshold))
