"""What an administrator may set of a check: its kind, its limits, and what holds while nobody has set anything.

A value is kept as JSON: numbers as text, flags as true or false, words as a list of texts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from ..figures import decimal_text, exact

MOST_WORDS, LONGEST_WORD = 100, 200


@dataclass(frozen=True, kw_only=True)
class Parameter(ABC):
    """label, help: texts for people, lazy. default: of the kind that `value` returns."""

    name: str
    label: Any
    default: Any
    help: Any = ""
    kind: ClassVar[str]

    @abstractmethod
    def read(self, typed: str) -> Any:
        """What is kept, from what somebody typed. Raises ValueError that says what is wrong with it."""

    @abstractmethod
    def value(self, kept: Any) -> Any:
        """What a check works with, from what is kept."""

    @abstractmethod
    def shown(self, value: Any) -> str:
        """As it stands in the form."""


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A Decimal within limits; None where it may be left empty. unit: "%" or a word, lazy."""

    least: Decimal
    most: Decimal
    unit: Any = ""
    is_whole: bool = False
    is_optional: bool = False
    kind = "number"

    def read(self, typed: str) -> str | None:
        typed = typed.strip().replace(",", "")
        if not typed and self.is_optional:
            return None
        try:
            number = Decimal(typed)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError(_("A number is expected."))
        if self.is_whole and number != number.to_integral_value():
            raise ValueError(_("A whole number is expected."))
        if not self.least <= number <= self.most:
            told = _("It has to be at least %(least)s and at most %(most)s.")
            raise ValueError(told % {"least": decimal_text(self.least), "most": decimal_text(self.most)})
        return exact(number)

    def value(self, kept: Any) -> Decimal | None:
        return None if kept is None else Decimal(kept)

    def shown(self, value: Any) -> str:
        return "" if value is None else exact(value)


@dataclass(frozen=True, kw_only=True)
class Flag(Parameter):
    kind = "flag"

    def read(self, typed: str) -> bool:
        return typed == "yes"

    def value(self, kept: Any) -> bool:
        return bool(kept)

    def shown(self, value: Any) -> str:
        return "yes" if value else ""


@dataclass(frozen=True, kw_only=True)
class Words(Parameter):
    """Several texts, each on a line of its own. numbers: each has to be one. parts: so many around a "="."""

    is_numbers: bool = False
    is_pairs: bool = False
    kind = "words"

    def read(self, typed: str) -> list[str]:
        lines = [" ".join(line.split()) for line in typed.splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if len(lines) > MOST_WORDS or any(len(line) > LONGEST_WORD for line in lines):
            raise ValueError(_("At most 100 lines of at most 200 characters are kept."))
        for line in lines:
            if self.is_numbers and not _is_amount(line):
                raise ValueError(_("“%(line)s” is no number.") % {"line": line})
            if self.is_pairs and len([part for part in line.split("=") if part.strip()]) != 2:
                raise ValueError(
                    _("“%(line)s” does not name two lists with = between them.") % {"line": line}
                )
        return lines

    def value(self, kept: Any) -> Sequence[str]:
        return tuple(kept)

    def shown(self, value: Any) -> str:
        return "\n".join(value)


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def chosen(parameters: Sequence[Parameter], kept: Mapping[str, Any]) -> dict[str, Any]:
    """{name: value} of all of them: as somebody set it, else the default."""
    return {
        each.name: each.value(kept[each.name]) if each.name in kept else each.default for each in parameters
    }


def read_all(
    parameters: Sequence[Parameter], typed: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """(what is kept, what is wrong by the parameter's name). What equals the default is not kept, so that a better
    default of a later release reaches everybody who has not chosen."""
    kept: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for each in parameters:
        try:
            value = each.read(typed.get(each.name, ""))
        except ValueError as error:
            problems[each.name] = str(error)
        else:
            if each.value(value) != each.default:
                kept[each.name] = value
    return kept, problems
