"""What became of each unit that is counted: several rows of one unit count once, by the most telling of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..work import Tally

_UNCHANGED, _STALE, _UPDATED, _CREATED, _FAILED = range(5)


class Outcomes:
    def __init__(self) -> None:
        self._units: dict[str, int] = {}
        self._left_out: dict[str, str] = {}  # unit: why

    def _note(self, unit: str, outcome: int) -> None:
        if unit and self._units.get(unit, -1) < outcome:
            self._units[unit] = outcome

    def unchanged(self, unit: str) -> None:
        self._note(unit, _UNCHANGED)

    def all_unchanged(self, units: Iterable[str]) -> None:
        """Many at once, as of most pages all are; it tells the least, so that what is noted of one stands."""
        self._units = {**dict.fromkeys(units, _UNCHANGED), **self._units}
        self._units.pop("", None)

    def stale(self, unit: str) -> None:
        self._note(unit, _STALE)

    def updated(self, unit: str) -> None:
        self._note(unit, _UPDATED)

    def created(self, unit: str) -> None:
        self._note(unit, _CREATED)

    def failed(self, unit: str) -> None:
        self._note(unit, _FAILED)

    def left_out(self, unit: str, reason: str) -> None:
        """On purpose. Counts only where nothing else became of the unit."""
        self._left_out[unit] = reason

    @property
    def shortened_units(self) -> set[str]:
        """Of which at least a row was left out."""
        return set(self._left_out)

    @property
    def left_out_units(self) -> set[str]:
        return self._left_out.keys() - self._units.keys()

    @property
    def good_units(self) -> set[str]:
        return {unit for unit, outcome in self._units.items() if outcome != _FAILED}

    @property
    def stale_units(self) -> set[str]:
        return {unit for unit, outcome in self._units.items() if outcome == _STALE}

    def tally(self) -> Tally:
        counts = [0] * 5
        for outcome in self._units.values():
            counts[outcome] += 1
        return Tally(
            unchanged=counts[_UNCHANGED],
            stale=counts[_STALE],
            updated=counts[_UPDATED],
            created=counts[_CREATED],
            failed=counts[_FAILED],
            skipped=len(self.left_out_units),
            skip_reasons=Counter(self._left_out[unit] for unit in self.left_out_units),
        )
