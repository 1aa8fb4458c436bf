"""The charts: which figures each shows, in which words, and what there is to show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..metrics.catalogue import BOUNDS
from .observed import Observed

Text = str | Promise
Values = list[float | None]


@dataclass(frozen=True)
class Line:
    """One series of a chart. mood gives its colour and texture: good, busy, warn, bad or quiet."""

    label: Text
    mood: str
    values: Callable[[Observed], Values]


@dataclass(frozen=True)
class Plan:
    """What a chart is made of. metrics: what it reads. is_bars: stacked bars of sums, else lines of levels.

    unit: "" for numbers, "s" for seconds. needs: permissions beside that for metrics. note: what it tells, in words.
    """

    id: str
    title: Text
    metrics: tuple[str, ...]
    lines: tuple[Line, ...]
    note: Text
    is_bars: bool = False
    unit: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    label: str
    mood: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """Values at hand. series: of equal length, one value per start; None: not known."""

    id: str
    title: str
    note: str
    is_bars: bool
    unit: str
    starts: Sequence[datetime]
    series: Sequence[Series]

    @property
    def has_data(self) -> bool:
        return any(value is not None for each in self.series for value in each.values)


def _sum(name: str, label: str, *values: str) -> Callable[[Observed], Values]:
    return lambda seen: seen.added(name, label, values)


def _high(name: str) -> Callable[[Observed], Values]:
    return lambda seen: seen.highest(name)


def _calls(is_of: Callable[[int], bool]) -> Callable[[Observed], Values]:
    def values(seen: Observed) -> Values:
        told = {each.labels.get("status", "") for each in seen.sums.get("calls", ())}
        return seen.added("calls", "status", {each for each in told if each.isdigit() and is_of(int(each))})

    return values


def _share(name: str, q: float) -> Callable[[Observed], Values]:
    return lambda seen: [quantile(counted, q) for counted in seen.counted(name)]


def quantile(counted: Mapping[str, float], q: float) -> float | None:
    """What so large a share is at most, from how many fell up to each bound and above the one before.

    counted: {"0.5": 3, "1": 2, "+Inf": 0}; bounds up to which nothing fell may be missing. None when nothing was
    counted. What lies above the last bound is told as that bound: more is not known.
    """
    bounds = sorted((float(bound or "inf"), count) for bound, count in counted.items() if count)
    wanted, passed = q * sum(count for _bound, count in bounds), 0.0
    for bound, count in bounds:
        if passed + count >= wanted:
            if bound == float("inf"):
                return float(BOUNDS[-1])
            below = max((each for each in BOUNDS if each < bound), default=0.0)
            return below + (bound - below) * (wanted - passed) / count
        passed += count
    return None


PLANS: tuple[Plan, ...] = (
    Plan(
        "calls",
        _("Calls to Zoho"),
        ("calls",),
        (
            Line(_("answered"), "good", _calls(lambda status: 200 <= status < 400)),
            Line(_("slowed down (429)"), "warn", _calls(lambda status: status == 429)),
            Line(
                _("refused or failed"),
                "bad",
                _calls(lambda status: not 200 <= status < 400 and status != 429),
            ),
        ),
        _("How many calls were made, by what came back."),
        is_bars=True,
    ),
    Plan(
        "rows",
        _("Records read"),
        ("rows",),
        (
            Line(_("created or updated"), "busy", _sum("rows", "result", "created", "updated", "removed")),
            Line(_("unchanged"), "quiet", _sum("rows", "result", "unchanged", "skipped", "stale")),
            Line(_("failed"), "bad", _sum("rows", "result", "failed")),
        ),
        _("What the runs did with the records that they read."),
        is_bars=True,
    ),
    Plan(
        "webhooks",
        _("Webhooks"),
        ("webhooks",),
        (
            Line(_("applied"), "good", _sum("webhooks", "state", "applied")),
            Line(_("ignored"), "quiet", _sum("webhooks", "state", "ignored")),
            Line(_("failed"), "warn", _sum("webhooks", "state", "failed")),
            Line(_("given up"), "bad", _sum("webhooks", "state", "dead")),
        ),
        _("What became of the deliveries."),
        is_bars=True,
        needs=("zoho_sync.view_webhookdelivery",),
    ),
    Plan(
        "webhook-seconds",
        _("From webhook to mirror"),
        ("webhook_seconds",),
        (
            Line(_("half are at most"), "good", _share("webhook_seconds", 0.5)),
            Line(_("95 of 100 are at most"), "busy", _share("webhook_seconds", 0.95)),
        ),
        _("How long it took from the arrival of a delivery until the mirror had it."),
        unit="s",
        needs=("zoho_sync.view_webhookdelivery",),
    ),
    Plan(
        "response-seconds",
        _("Response time of Zoho"),
        ("call_seconds",),
        (Line(_("95 of 100 are at most"), "busy", _share("call_seconds", 0.95)),),
        _("How long Zoho took to answer."),
        unit="s",
    ),
    Plan(
        "queue",
        _("Jobs in the queue"),
        ("queue_jobs",),
        (Line(_("most at once"), "busy", _high("queue_jobs")),),
        _("Jobs that waited for a worker."),
    ),
    Plan(
        "budget",
        _("Calls used of the day"),
        ("budget_used",),
        (Line(_("used"), "busy", _high("budget_used")),),
        _("Begins anew with each day of the organisation."),
        needs=("zoho_sync.view_oauthtoken",),
    ),
    Plan(
        "failures",
        _("Failures waiting"),
        ("failures_waiting",),
        (Line(_("records"), "warn", _high("failures_waiting")),),
        _("Records that could not be taken and wait for somebody."),
        needs=("zoho_sync.view_recorderror",),
    ),
)


def plans_for(may: Callable[[str], bool]) -> list[Plan]:
    """may: has the visitor this permission?"""
    if not may("monitoring.view_metricsample"):
        return []
    return [plan for plan in PLANS if all(may(each) for each in plan.needs)]


def metrics_of(plans: Collection[Plan]) -> set[str]:
    return {name for plan in plans for name in plan.metrics}


def charts(plans: Collection[Plan], seen: Observed) -> list[Chart]:
    """In the language of the moment."""
    return [chart(plan, seen) for plan in plans]


def chart(plan: Plan, seen: Observed) -> Chart:
    there = any(seen.has(name) for name in plan.metrics)
    series = [
        Series(str(line.label), line.mood, line.values(seen) if there else [None] * len(seen.starts))
        for line in plan.lines
    ]
    return Chart(plan.id, str(plan.title), str(plan.note), plan.is_bars, plan.unit, seen.starts, series)
