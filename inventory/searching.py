"""How text is compared when somebody looks for it: one form for all the ways in which it can be spelt.

Arabic without vowel signs, tatweel and hamzas, any alef as alef, alef maqsura as ya, ta marbuta as ha, Persian letters
as Arabic ones; digits of every script as 0-9; small letters without accents, in one form where Unicode has several.

Rows that people look for keep that form of their texts in `search_text`, each text on a line of its own, codes first:

    \n460000000001234\ncb-12\n6291041500213\nكيبل شحن\n

So a word anywhere in it is found by one narrow index, whatever the column; and a whole line is an exact code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Case, Exists, IntegerField, Lookup, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext_lazy

LINE = "\n"
MOST_BYTES = 2400  # an entry of PostgreSQL's index takes 2,704; what is cut off are the ends of giant names
MOST_WORDS, LONGEST = 8, 200
MANY = 2000  # rows; of more than that the keys are not fetched to begin with
MOST_EXACT = 50

# Letters that are written for each other; the first stands for all of them.
ALIKE = (
    "\u0627\u0623\u0625\u0622\u0671",  # alef: bare, hamza above, hamza below, madda, wasla
    "\u064a\u0649\u06cc\u0626",  # ya, alef maqsura, Persian ya, hamza on it
    "\u0647\u0629\u06c1\u06d5\u06be",  # ha, ta marbuta, and Persian, Kurdish and Urdu forms
    "\u0643\u06a9",  # kaf, Persian kaf
    "\u0648\u0624",  # waw, hamza on it
)
_FIRST = {ord(letter): group[0] for group in ALIKE for letter in group}


class _Folding(dict):
    """What becomes of each character; found out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        kind = unicodedata.category(letter)
        if kind in ("Mn", "Cf") or letter == "\u0640":  # signs upon letters, invisible marks, tatweel
            told: str | None = None
        elif kind == "Nd":
            told = str(unicodedata.digit(letter))
        else:
            told = _FIRST.get(code, letter)
        self[code] = told
        return told


_FOLDING = _Folding()


def folded(text: str) -> str:
    """The text as it is compared; spaces and line ends as one space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDING)
    return " ".join(text.lower().split())


def search_text(model: type[models.Model], values: Mapping[str, Any]) -> str:
    """What a row of `model` is found by. values: at least its SEARCHED columns."""
    return lines(values[name] for name in getattr(model, "SEARCHED", ()))


def lines(texts: Iterable[Any]) -> str:
    """These texts, folded, each on its line; "" when all are empty."""
    kept = [line for text in texts if text and (line := folded(text))]
    whole = f"{LINE}{LINE.join(dict.fromkeys(kept))}{LINE}" if kept else ""
    if len(whole) * 4 > MOST_BYTES and len(encoded := whole.encode("utf-8", "replace")) > MOST_BYTES:
        return encoded[:MOST_BYTES].decode("utf-8", "ignore")
    return whole


class SearchTextField(models.TextField):
    """`search_text` of the row, made whenever the ORM writes it; the loader's own SQL makes it likewise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"default": "", "editable": False}
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> str:
        names = getattr(type(model_instance), "SEARCHED", None)
        if names is None:  # a model as a migration knows it
            return getattr(model_instance, self.attname)
        told = search_text(type(model_instance), {name: getattr(model_instance, name) for name in names})
        setattr(model_instance, self.attname, told)
        return told


@SearchTextField.register_lookup
class Holds(Lookup):
    """The text stands somewhere in the column, byte for byte; quicker than LIKE, and without its signs."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, told = self.process_lhs(compiler, connection)
        wanted, given = self.process_rhs(compiler, connection)
        return f"instr({column}, {wanted}) > 0", (*told, *given)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, told = self.process_lhs(compiler, connection)
        wanted, given = self.process_rhs(compiler, connection)
        return f"strpos({column}, {wanted}) > 0", (*told, *given)


class TooManyWords(ValueError):
    """More words than a search takes."""


def words_of(typed: str) -> list[str]:
    """The folded words of what somebody typed; none when it says nothing. Raises TooManyWords."""
    words = folded(typed.replace("\x00", " ")[:LONGEST]).split()
    if len(words) > MOST_WORDS:
        raise TooManyWords(gettext_lazy("At most 8 words can be looked for."))
    return words


def holding(rows: QuerySet, words: Sequence[str]) -> QuerySet:
    """The rows that hold every word, in whatever order."""
    for word in words:
        rows = rows.filter(search_text__holds=word)
    return rows


def narrowed(
    rows: QuerySet, words: Sequence[str], model: type[models.Model], link: str = ""
) -> tuple[QuerySet, list[Any]]:
    """`rows` that hold every word; and the keys that were found, more than MANY of them cut off there.

    model: whose search_text is looked through; link: the foreign key of `rows` that leads there, if they are others.

    The narrow index of that column is read through for the keys. Where so many are found that fetching them does not
    pay, the rows are walked in their own order instead, which soon meets enough of them for a page.
    """
    texts = model._default_manager.using(rows.db).order_by()
    hits = list(holding(texts, words).values_list("pk", flat=True)[: MANY + 1])
    if len(hits) <= MANY:
        return rows.filter(**{f"{link or 'pk'}__in": hits}), hits
    if link:
        return rows.filter(Exists(holding(texts.filter(pk=OuterRef(link)), words))), hits
    return holding(rows, words), hits


def found(rows: QuerySet, words: Sequence[str], model: type[models.Model], link: str = "") -> QuerySet:
    """As `narrowed`, and those first whose code is exactly the one word."""
    if not words:
        return rows
    rows, hits = narrowed(rows, words, model, link)
    if len(words) > 1 or not hits:
        return rows
    whole = holding(model._default_manager.using(rows.db).order_by(), [f"{LINE}{words[0]}{LINE}"])
    if len(hits) <= MANY:
        whole = whole.filter(pk__in=hits)
    exact = list(whole.values_list("pk", flat=True)[:MOST_EXACT])
    if not exact or len(exact) == len(hits):
        return rows
    is_exact = When(**{f"{link or 'pk'}__in": exact}, then=Value(0))
    usual = rows.query.order_by or rows.model._meta.ordering or ("pk",)
    return rows.order_by(Case(is_exact, default=Value(1), output_field=IntegerField()), *usual)


# --- Tables that keep no such column ----------------------------------------------------------------------

_SIGNS = "[\u0640\u064b-\u065f\u0670]*"  # tatweel, vowel signs, dagger alef
_DIGITS = [f"{n}{chr(0x0660 + n)}{chr(0x06F0 + n)}" for n in range(10)]
_CLASSES = {letter: f"[{letters}]" for letters in (*ALIKE, *_DIGITS) for letter in letters}


def pattern(word: str) -> str:
    """A word as a regular expression, as Python and PostgreSQL read alike, that meets the text however it is spelt."""
    letters = folded(word)
    is_arabic = any("\u0600" <= letter <= "\u06ff" for letter in letters)
    return (_SIGNS if is_arabic else "").join(_CLASSES.get(letter) or _literal(letter) for letter in letters)


def _literal(letter: str) -> str:
    is_plain = letter.isalnum() or letter == "_" or not letter.isascii()
    return letter if is_plain else f"\\{letter}"
