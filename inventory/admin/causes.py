"""Who brought a figure, in words: "run 118", "webhook 12:03".

A row keeps its cause as the text that its writer gave it. Who writes also knows what it means and where it leads, and
says so here (`told_by`); a cause that nobody explains is shown as it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from . import cells

May = Callable[[str], bool]
Teller = Callable[[Collection[str], May], Mapping[str, object]]
_tellers: list[Teller] = []


def told_by(teller: Teller) -> None:
    """teller: from causes to cells, those that it knows; asked once for all causes of a page.

    It is told what the reader may see, and links to nothing else.
    """
    _tellers.append(teller)


class Causes:
    """The causes of one page, explained together."""

    def __init__(self, causes: Iterable[str], may: May) -> None:
        wanted = {cause for cause in causes if cause}
        self._cells: dict[str, object] = {}
        for teller in _tellers:
            if wanted:
                self._cells |= teller(wanted, may)

    def __call__(self, cause: str) -> object:
        return self._cells.get(cause) or cells.ltr(cause)
