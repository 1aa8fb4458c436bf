"""Every metric there is: what it tells, in which unit, under which labels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    COUNTER = "counter"  # told by the sum over some time
    GAUGE = "gauge"  # told by its last value
    HISTOGRAM = "histogram"  # told by how many observations were at most so much


@dataclass(frozen=True)
class Metric:
    """unit: "" for numbers of things, "seconds" or "calls". labels: names, of which each observation gives all."""

    name: str
    kind: Kind
    words: Any
    labels: tuple[str, ...] = ()
    unit: str = ""

    @cached_property
    def label_set(self) -> frozenset[str]:
        return frozenset(self.labels)


BOUNDS = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0),
    *(120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0),
)  # upper bounds of a histogram's buckets, in seconds; one more holds what is above them

_COUNTERS = [
    Metric("runs", Kind.COUNTER, _("Runs that ended, by entity and result"), ("entity", "result")),
    Metric("rows", Kind.COUNTER, _("Records read, by entity and what became of them"), ("entity", "result")),
    Metric("failures", Kind.COUNTER, _("Records that could not be taken, by entity"), ("entity",)),
    Metric(
        "calls",
        Kind.COUNTER,
        _("Calls of Zoho, by API, endpoint and HTTP status (0: no answer)"),
        ("api", "endpoint", "status"),
    ),
    Metric("webhooks", Kind.COUNTER, _("Webhook deliveries, by subject and state"), ("subject", "state")),
    Metric("token", Kind.COUNTER, _("What happened to the access token"), ("result",)),
    Metric(
        "truth_checks",
        Kind.COUNTER,
        _("Records compared with Zoho, by entity and verdict"),
        ("entity", "verdict"),
    ),
    Metric(
        "deliveries", Kind.COUNTER, _("Messages sent to people, by channel and result"), ("channel", "result")
    ),
]
_HISTOGRAMS = [
    Metric(
        "call_seconds", Kind.HISTOGRAM, _("Time that Zoho takes to answer"), ("api", "endpoint"), "seconds"
    ),
    Metric(
        "webhook_seconds",
        Kind.HISTOGRAM,
        _("Time from a webhook's arrival until it is in the mirror"),
        ("subject",),
        "seconds",
    ),
    Metric(
        "delivery_seconds",
        Kind.HISTOGRAM,
        _("Time to hand a message to its channel"),
        ("channel",),
        "seconds",
    ),
]
_OF_ENTITY, _OF_ORGANIZATION = ("organization", "entity"), ("organization",)
_GAUGES = [
    Metric("queue_jobs", Kind.GAUGE, _("Jobs in the queue")),
    Metric("queue_oldest_seconds", Kind.GAUGE, _("Age of the oldest job in the queue"), (), "seconds"),
    Metric("worker_silence_seconds", Kind.GAUGE, _("Since the last sign of life of a worker"), (), "seconds"),
    Metric("budget_left", Kind.GAUGE, _("Calls left today"), _OF_ORGANIZATION, "calls"),
    Metric("budget_used", Kind.GAUGE, _("Calls used today"), _OF_ORGANIZATION, "calls"),
    Metric("budget_forecast", Kind.GAUGE, _("Calls expected by the day's end"), _OF_ORGANIZATION, "calls"),
    Metric("token_age_seconds", Kind.GAUGE, _("Age of the access token"), _OF_ORGANIZATION, "seconds"),
    Metric("full_age_seconds", Kind.GAUGE, _("Since the last good full run began"), _OF_ENTITY, "seconds"),
    Metric(
        "incremental_age_seconds",
        Kind.GAUGE,
        _("Since the last good incremental run began"),
        _OF_ENTITY,
        "seconds",
    ),
    Metric(
        "stock_unverified_seconds",
        Kind.GAUGE,
        _("Since the stock figure that was verified longest ago"),
        _OF_ORGANIZATION,
        "seconds",
    ),
    Metric("failures_waiting", Kind.GAUGE, _("Records that wait for somebody"), _OF_ENTITY),
    Metric("inbox_waiting", Kind.GAUGE, _("Webhook deliveries that are not applied yet")),
    Metric("dead_letters", Kind.GAUGE, _("Webhook deliveries that are tried no more")),
]
METRICS: dict[str, Metric] = {each.name: each for each in (*_COUNTERS, *_HISTOGRAMS, *_GAUGES)}


def get(name: str) -> Metric:
    """Raises LookupError, naming what there is."""
    try:
        return METRICS[name]
    except KeyError:
        raise LookupError(f"There is no metric {name!r}; there are {', '.join(sorted(METRICS))}.") from None
