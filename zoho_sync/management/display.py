"""How runs are shown while they go: bars on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from .. import status
from ..models import SyncRun
from .figures import STYLES, clock, label
from .plain import Screen, printable

LINE_SECONDS = 5  # at most one line of progress in so long
Status = SyncRun.Status


class View(Protocol):
    """`update` is called twice a second; between `pause` and `resume` the terminal belongs to a question."""

    def update(self, runs: Sequence[SyncRun]) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


def view_for(screen: Screen, *, is_quiet: bool) -> View:
    if is_quiet:
        return Silence()
    return Bars(screen) if screen.is_terminal and not screen.is_dumb_terminal else Lines(screen)


class Silence:
    """Shows nothing."""

    def update(self, runs: Sequence[SyncRun]) -> None:
        pass

    def pause(self) -> None:
        pass

    resume = pause


class Bars:
    """A bar for each run."""

    def __init__(self, screen: Screen):
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[state]}", markup=False, style="cyan"),
            TextColumn("{task.fields[figures]}", markup=False),
            console=screen,
            refresh_per_second=4,
        )
        self._bars: dict[int, TaskID] = {}

    def update(self, runs: Sequence[SyncRun]) -> None:
        for run in runs:
            if run.pk not in self._bars:
                self._bars[run.pk] = self._progress.add_task(
                    label(run.entity), total=None, state="", figures=""
                )
            done, total = run.progress_done, run.progress_total
            if run.status == Status.SUCCEEDED:
                done = total = done or 1  # about how many there would be was only about
            self._progress.update(
                self._bars[run.pk],
                completed=done,
                total=total,
                state=run.get_status_display(),
                figures=figures(run),
            )

    def pause(self) -> None:
        self._progress.stop()

    def resume(self) -> None:
        self._progress.start()


class Lines:
    """A line when something is new, at most one in LINE_SECONDS; a change of state does not wait."""

    def __init__(self, screen: Screen):
        self._screen = screen
        self._said_at = float("-inf")
        self._states: dict[int, str] = {}
        self._last = ""

    def update(self, runs: Sequence[SyncRun]) -> None:
        for run in runs:
            if self._states.get(run.pk) != run.status:
                self._states[run.pk] = run.status
                if run.status != Status.RUNNING:
                    self._screen.say(_line(run), STYLES.get(run.status, ""))
        if time.monotonic() - self._said_at < LINE_SECONDS:
            return
        line = " · ".join(_line(run) for run in runs if run.status == Status.RUNNING)
        if line and line != self._last:
            self._screen.say(line)
            self._said_at, self._last = time.monotonic(), line

    def pause(self) -> None:
        pass

    resume = pause


def _line(run: SyncRun) -> str:
    state = _("%(entity)s (run %(id)s): %(state)s") % {
        "entity": label(run.entity),
        "id": run.pk,
        "state": run.get_status_display(),
    }
    return ", ".join(part for part in (state, figures(run)) if part)


def figures(run: SyncRun) -> str:
    """Such as: 400 of about 2,200, 18%, 95 rows/s, 0:19 left, 3 calls."""
    if not (run.progress_done or run.calls_count or run.is_ended or run.status == Status.PAUSED):
        return ""
    if run.status == Status.PAUSED:
        until = _("until %(time)s") % {"time": clock(run.paused_until)} if run.paused_until else ""
        return ", ".join(part for part in (until, printable(run.message)) if part)
    progress = status.run_progress(run)
    parts = [f"{progress.done:,}"]
    if progress.total and not run.is_ended:
        parts = [
            _("%(done)s of about %(total)s") % {"done": f"{progress.done:,}", "total": f"{progress.total:,}"}
        ]
        if progress.percent is not None:
            parts.append(f"{progress.percent:.0f}%")
    if not run.is_ended:
        if progress.rows_per_second:
            parts.append(_("%(count)s rows/s") % {"count": f"{progress.rows_per_second:,.0f}"})
        if progress.seconds_left is not None:
            parts.append(_("%(time)s left") % {"time": _minutes(progress.seconds_left)})
    parts.append(ngettext("%(n)s call", "%(n)s calls", run.calls_count) % {"n": f"{run.calls_count:,}"})
    return ", ".join(parts)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
