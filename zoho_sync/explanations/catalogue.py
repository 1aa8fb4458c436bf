"""What an explanation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One class of failure, told for people. All texts are lazy translations.

    kind: its name for programs, and in addresses. title: a few words. happened: what happened. meaning: for stock,
    prices and whatever else is mirrored. tried: what was already done without anybody's asking. press: what a person
    does now. says: the sentences (msgids) with which the engine tells of a failure of this class.
    """

    kind: str
    title: Any
    happened: Any
    meaning: Any
    tried: Any
    press: Any
    says: tuple[str, ...] = ()
