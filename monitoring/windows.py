"""Figures over a window, judged by a rule: one breach for each entity, subject, API or organisation that is bad."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from zoho_sync import status
from zoho_sync.sentences import Sentence, lasting
from zoho_sync.sentences import sentence as _

from .breaches import MOST_CHARACTERS, Breach
from .figures import FIGURES, RUNS, TIMED, Figure, Statistic
from .metrics import reading
from .models import AlertRule
from .rules import Verdict, Window
from .rules import judge as judge_window
from .troubles import Severity

EVERY_SECONDS = 30  # a bucket is a minute wide, and is filled every few seconds
Labels = Mapping[str, str]


def judge(rule: AlertRule, now: datetime) -> tuple[tuple[Breach, ...], frozenset[str], float | None]:
    """Breaches, fingerprints that are good, and the worst figure. Raises LookupError for a figure that there is not."""
    figure = FIGURES[rule.subject]
    breaches, good, values = [], set(), []
    for labels, window in windows(figure, rule, now):
        verdict, value = judge_window(rule, window)
        if value is not None:
            values.append(value)
        if verdict is Verdict.BAD:
            breaches.append(_breach(figure, rule, labels, value))
        elif verdict is Verdict.GOOD:
            good.add(fingerprint(rule, labels))
    worst = max if rule.comparison == AlertRule.Comparison.ABOVE else min
    return tuple(breaches), frozenset(good), worst(values, default=None)


def fingerprint(rule: AlertRule, labels: Labels) -> str:
    """Of one figure of one rule."""
    return ":".join(["figure", str(rule.pk), *(labels[name] for name in sorted(labels))])[:MOST_CHARACTERS]


# --- Windows -----------------------------------------------------------------------------------------


def windows(figure: Figure, rule: AlertRule, now: datetime) -> Iterable[tuple[Labels, Window]]:
    """What was observed within the rule's minutes, for each thing that is judged by itself."""
    if figure.is_gauge:
        return _of_gauge(figure, rule, now)
    return _of_times(figure, rule, now) if figure.statistics == TIMED else _of_counts(figure, rule, now)


def _of_counts(figure: Figure, rule: AlertRule, now: datetime) -> Iterable[tuple[Labels, Window]]:
    label, is_failure = figure.failed or ("", bool)
    is_share = rule.statistic == Statistic.SHARE
    since, chosen = now - timedelta(minutes=rule.window_minutes), _chosen(figure, rule)
    counts: dict[str, int] = {}
    totals: dict[str, float] = {}
    failed: dict[str, float] = {}
    for value in reading.by_label(figure.name, label, since=since, until=now, **chosen):
        if figure.begun and (value in figure.begun) is is_share:
            continue
        parts = reading.by_label(figure.name, figure.by, since=since, until=now, **chosen, **{label: value})
        for name, point in parts.items():
            counts[name] = counts.get(name, 0) + point.count
            totals[name] = totals.get(name, 0.0) + point.total
            failed[name] = failed.get(name, 0.0) + (point.total if is_failure(value) else 0.0)
    for name, total in totals.items():
        yield {figure.by: name}, Window(count=counts[name], total=total, failed=failed[name])


def _of_times(figure: Figure, rule: AlertRule, now: datetime) -> Iterable[tuple[Labels, Window]]:
    since, chosen = now - timedelta(minutes=rule.window_minutes), _chosen(figure, rule)
    for name, point in reading.by_label(figure.name, figure.by, since=since, until=now, **chosen).items():
        one: Any = {**chosen, figure.by: name}
        p95 = reading.percentile(figure.name, 0.95, minutes=rule.window_minutes, now=now, **one)
        yield {figure.by: name}, Window(count=point.count, p95=p95)


def _of_gauge(figure: Figure, rule: AlertRule, now: datetime) -> Iterable[tuple[Labels, Window]]:
    for pairs in reading.latest(figure.name, within_minutes=rule.window_minutes, now=now):
        labels = dict(pairs)
        if rule.entity and labels.get("entity") != rule.entity:
            continue
        point = reading.window(figure.name, minutes=rule.window_minutes, now=now, **labels)
        if point is not None:
            yield (
                labels,
                Window(count=point.count, highest=point.high, lowest=point.low, last=point.last),
            )


def _chosen(figure: Figure, rule: AlertRule) -> dict[str, str]:
    return {"entity": rule.entity} if rule.entity and figure.has_entity else {}


# --- Words -------------------------------------------------------------------------------------------


def _breach(figure: Figure, rule: AlertRule, labels: Labels, value: float | None) -> Breach:
    is_above = rule.comparison == AlertRule.Comparison.ABOVE
    message = _(
        "%(what)s (%(statistic)s, %(minutes)s min): %(value)s. Less than %(threshold)s is too little."
    )
    if is_above:
        message = _(
            "%(what)s (%(statistic)s, %(minutes)s min): %(value)s. More than %(threshold)s is too much."
        )
    entity = labels.get("entity", "")
    return Breach(
        fingerprint=fingerprint(rule, labels),
        severity=Severity(rule.severity),
        title=_(rule.name) if rule.code else rule.name,
        message=message
        % {
            "what": _what(figure, labels),
            "statistic": lasting(Statistic(rule.statistic).label),
            "minutes": rule.window_minutes,
            "value": f"{round(value or 0.0, 2):g}",
            "threshold": f"{rule.threshold:g}",
        },
        what_to_do=lasting(figure.advice),
        organization=labels.get("organization", ""),
        entity=entity,
        page=f"{reverse(figure.page)}?entity={entity}"
        if entity and figure.page == RUNS
        else reverse(figure.page),
        value=value,
    )


def _what(figure: Figure, labels: Labels) -> Sentence:
    """“Runs, Products”"""
    parts: list[str] = [_words_of(name, labels[name]) for name in sorted(labels) if labels[name]]
    told: Sentence = lasting(figure.words)
    for part in parts:
        told = _("%(first)s, %(second)s") % {"first": told, "second": part}
    return told


def _words_of(label: str, value: str) -> str:
    if label == "entity":
        return status.label_of(value)
    return status.subject_label(value) if label == "subject" else value
