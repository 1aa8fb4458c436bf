"""Every cause says what it means for stock and prices, and what was tried."""

from __future__ import annotations

from monitoring.causes import CAUSES
from monitoring.causes.explained import EXPLAINED


def test_every_cause_is_explained_and_nothing_else():
    assert sorted(EXPLAINED) == sorted(CAUSES)


def test_both_parts_are_told():
    silent = [
        word
        for word, told in EXPLAINED.items()
        if not str(told.meaning).strip() or not str(told.tried).strip()
    ]
    assert silent == []
