"""Functions that tell rows, made for just the columns that are asked for.

A page has thousands of values; a loop over columns that decides for each value what to do with it takes several times
as long as the database. So the decisions are taken once and written down as one Python expression, as the standard
library does for dataclasses. Nothing that a visitor sends becomes part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Turn = Callable[[Any], Any]


@dataclass(frozen=True)
class Parts:
    """A value that is nothing but its arguments under these names. needs_first: it is null where the first one is."""

    names: tuple[str, ...]
    needs_first: bool = False


Make = Callable[..., Any] | Parts | None
Made = tuple[str, Make, Sequence[int]]


def maker(
    turns: Sequence[Turn | None], columns: Sequence[Made], *, named: bool
) -> Callable[[Sequence[tuple[Any, ...]]], list[Any]]:
    """A function from the driver's tuples to dictionaries (named) or to tuples.

    turns: for each place of a tuple, from the driver's value to the told one, None: they are the same. What is not
    known stays None, and no turn is asked. columns: each with its name, what makes its value (a function, the names of
    its parts, or None: the value as it is) and the places of its arguments.
    """
    known: dict[str, Any] = {}

    def value(place: int) -> str:
        turn = turns[place]
        if turn is None:
            return f"v{place}"
        known[f"t{place}"] = turn
        return f"(None if v{place} is None else t{place}(v{place}))"

    def told(number: int, make: Make, places: Sequence[int]) -> str:
        if make is None:
            return value(places[0])
        if isinstance(make, Parts):
            texts = map(value, places)
            row = ", ".join(f"{name!r}: {text}" for name, text in zip(make.names, texts, strict=True))
            return f"(None if v{places[0]} is None else {{{row}}})" if make.needs_first else f"{{{row}}}"
        known[f"m{number}"] = make
        return f"m{number}({', '.join(map(value, places))})"

    values = [told(number, make, places) for number, (_name, make, places) in enumerate(columns)]
    arguments = "".join(f"v{place}, " for place in range(len(turns)))
    if not named:
        row = "(" + "".join(f"{text}, " for text in values) + ")"
        return eval(f"lambda rows: [{row} for ({arguments}) in rows]", known)  # noqa: S307 (see above)
    # A copy has room for all names from the start, so that filling it takes half the time of a literal.
    known["blank"] = dict.fromkeys(name for name, *_ in columns)
    lines = [f"row[{name!r}] = {text}" for (name, *_), text in zip(columns, values, strict=True)]
    body = "\n        ".join(["row = blank.copy()", *lines, "told.append(row)"])
    source = (
        f"def made(rows):\n    told = []\n    for ({arguments}) in rows:\n        {body}\n    return told\n"
    )
    exec(source, known)  # noqa: S102 (see above)
    return known["made"]
