"""What pages and programs ask of reports: an answer at once, or one from the queue where there is much to read."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from . import kept
from .base import Report
from .parameters import Parameters
from .reckoning import Answer, UnknownOrder, checked_order, compute

__all__ = ["Answer", "Found", "UnknownOrder", "answer", "ask_again", "check_order", "compute", "state"]

THERE, WAITS, FAILED = "there", "waits", "failed"


@dataclass(frozen=True)
class Found:
    """answer: None while it is being reckoned, or where that failed. is_kept: reckoned in the queue, and kept.
    is_renewed: a newer one is being reckoned."""

    answer: Answer | None
    is_kept: bool = False
    is_renewed: bool = False
    is_failed: bool = False

    @property
    def state(self) -> str:
        return THERE if self.answer is not None else FAILED if self.is_failed else WAITS


def check_order(report: Report, asked: Parameters, order: str, *, money: bool) -> None:
    """Raises UnknownOrder."""
    checked_order(report, report.columns(asked), order, money=money)


def answer(report: Report, asked: Parameters, order: str = "", *, money: bool = True) -> Found:
    """The answer, or that a worker is on it: what is kept is renewed when it is old. money: may whoever asks see
    amounts. Raises UnknownOrder."""
    order = checked_order(report, report.columns(asked), order, money=money)
    if _is_light(report, asked):
        return Found(compute(report, asked, order))
    found, waits = kept.find(report, asked, order), kept.is_pending(report, asked, order)
    if found is not None and found.is_fresh:
        return Found(found.answer, is_kept=True, is_renewed=waits)
    if waits:
        return Found(found.answer if found else None, is_kept=True, is_renewed=True)
    if found is None and kept.has_failed(report, asked, order):
        return Found(None, is_kept=True, is_failed=True)
    kept.ask(report, asked, order)
    return Found(found.answer if found else None, is_kept=True, is_renewed=True)


def state(report: Report, asked: Parameters, order: str = "", *, money: bool = True) -> str:
    """As `Found.state`, without reckoning anything; for a page that waits."""
    order = checked_order(report, report.columns(asked), order, money=money)
    if kept.is_pending(report, asked, order):
        return WAITS
    if kept.find(report, asked, order) is not None:
        return THERE
    return FAILED if kept.has_failed(report, asked, order) else THERE


def ask_again(report: Report, asked: Parameters, order: str = "", *, money: bool = True) -> None:
    """Let a worker reckon it anew, unless one is on it. Raises UnknownOrder."""
    order = checked_order(report, report.columns(asked), order, money=money)
    if not _is_light(report, asked) and not kept.is_pending(report, asked, order):
        kept.ask(report, asked, order)


def _is_light(report: Report, asked: Parameters) -> bool:
    """Is it read within a page's time?"""
    return report.weight(asked) <= settings.REPORTS["ROWS_AT_ONCE"]
