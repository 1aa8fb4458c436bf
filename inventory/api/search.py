"""`?q=`: rows that contain every word, as people type it.

Arabic is found however it is spelt: with or without vowel signs and tatweel, any alef, ya or alef maqsura, ta marbuta
or ha, Arabic-Indic or European digits, here and there. Each word becomes a regular expression that both databases
understand; no column is kept for it, so a search looks through the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from .filters import DescribedFilter

MOST_WORDS, LONGEST = 8, 200
_SIGNS = "[\u0640\u064b-\u065f\u0670]*"  # tatweel, vowel signs, dagger alef
_ALIKE = (
    "\u0627\u0623\u0625\u0622\u0671",
    "\u064a\u0649\u06cc",
    "\u0647\u0629",
    "\u0643\u06a9",
    "\u0648\u0624",
)
_DIGITS = [f"{n}{chr(0x0660 + n)}{chr(0x06F0 + n)}" for n in range(10)]
_CLASSES = {letter: f"[{letters}]" for letters in (*_ALIKE, *_DIGITS) for letter in letters}


def pattern(word: str) -> str:
    """The word as a regular expression that Python and PostgreSQL read alike."""
    letters = [letter for letter in word if not _is_sign(letter)]
    is_arabic = any("\u0600" <= letter <= "\u06ff" for letter in letters)
    return (_SIGNS if is_arabic else "").join(_CLASSES.get(letter) or _literal(letter) for letter in letters)


def _is_sign(letter: str) -> bool:
    return letter in "\u0640\u0670" or "\u064b" <= letter <= "\u065f"


def _literal(letter: str) -> str:
    is_plain = letter.isalnum() or letter == "_" or not letter.isascii()
    return letter if is_plain else f"\\{letter}"


class SearchField(forms.CharField):
    def clean(self, value: Any) -> list[str]:
        """The words' patterns."""
        words = [found for word in super().clean(value).split() if (found := pattern(word))]
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(gettext_lazy("At most 8 words can be looked for."), code="invalid")
        return words


class SearchFilter(DescribedFilter):
    """Every word of the text stands in one of the columns."""

    field_class = SearchField
    values = {"type": "string", "maxLength": LONGEST}

    def __init__(self, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.columns = columns

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        for word in value:
            condition = Q()
            for column in self.columns:
                condition |= Q(**{f"{column}__iregex": word})
            qs = qs.filter(condition)
        return qs
