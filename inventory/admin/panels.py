"""The blocks that a page is built of: each is plain values, its template draws it.

A cell is text, a number, or HTML made by `cells`; a template escapes whatever `cells` did not make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = object


@dataclass(frozen=True, kw_only=True)
class Banner:
    """One sentence across the page. mood: good, busy, warn or bad.

    refused: why its button cannot be pressed; it is shown all the same.
    """

    template = "admin/panels/banner.html"
    text: Cell
    mood: str = "warn"
    url: str = ""
    action: str = ""
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and values beside each other, read-only."""

    template = "admin/panels/facts.html"
    title: str
    pairs: Sequence[tuple[str, Cell]]
    note: Cell = ""
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under headers. `numeric`: places of the columns that hold figures, aligned to the end."""

    template = "admin/panels/table.html"
    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = frozenset()
    empty: str = ""
    note: Cell = ""
    more_url: str = ""
    more: str = ""
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Text exactly as it came, folded until somebody asks."""

    template = "admin/panels/raw.html"
    title: str
    text: str
    note: Cell = ""
    folded: bool = True


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with its name, for a row of tiles. mood colours it; url makes it a link to the very rows."""

    name: str
    value: Cell
    note: Cell = ""
    mood: str = ""
    url: str = ""
    key: str = ""  # which value of a live page's JSON refreshes it


@dataclass(frozen=True, kw_only=True)
class Figures:
    template = "admin/panels/figures.html"
    tiles: Sequence[Figure]
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Custom:
    """A block with a template and values of its own."""

    template: str
    values: dict = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a live page, which is replaced by itself when it has changed. id: letters, digits and hyphens."""

    id: str
    panels: Sequence[object]
    is_half: bool = False  # beside another one where there is room
