"""One look at the rules: each that is due is judged, and its alerts follow. A rule that raises stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError

from . import alerts, windows
from .breaches import Breach, breach_of
from .causes import CAUSES, Facts, gather
from .models import Alert, AlertRule
from .rules import lasting

log = logging.getLogger(__name__)

_SLACK = timedelta(seconds=2)  # a round that begins a moment early still counts as the next


@dataclass(frozen=True)
class Judgement:
    """breaches: what is bad. good: fingerprints that are good; None: all others. value: for the rule's page."""

    breaches: tuple[Breach, ...] = ()
    good: frozenset[str] | None = None
    value: float | None = None


class Round:
    """The facts are gathered when the first rule asks, and once. renew: called between two rules."""

    def __init__(self, now: datetime, renew: Callable[[], None] = lambda: None):
        self.now = now
        self._renew = renew
        self._facts: Facts | None = None
        self.problems: dict[str, str] = {}  # of rules, by name

    def facts(self) -> Facts:
        if self._facts is None:
            self._facts = gather()
        return self._facts

    def judge_all(self) -> int:
        """Judge whatever is due. Returns how many rules. Raises DatabaseError or InterfaceError."""
        due = [rule for rule in AlertRule.objects.filter(is_on=True) if is_due(rule, self.now)]
        for rule in due:
            self._judge(rule)
            self._renew()
        for alert in Alert.objects.filter(state=Alert.State.OPEN).exclude(rule__is_on=True):
            alerts.give_up(alert, self.now)
        return len(due)

    def _judge(self, rule: AlertRule) -> None:
        try:
            judgement = judge(rule, self.facts, self.now)
            problem = ""
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:
            judgement, problem = None, f"{type(error).__name__}: {error}"[:1000]
            if problem != rule.problem:
                log.exception("rule %s cannot be judged", rule.name)
        if judgement is None:
            AlertRule.objects.filter(pk=rule.pk).update(judged_at=self.now, problem=problem)
            self.problems[rule.name] = problem
        else:
            follow(rule, judgement, self.now)


def is_due(rule: AlertRule, now: datetime) -> bool:
    return rule.judged_at is None or now - rule.judged_at >= interval(rule) - _SLACK


def interval(rule: AlertRule) -> timedelta:
    """How often it is sensible to judge it."""
    if rule.source == AlertRule.Source.METRIC:
        return timedelta(seconds=windows.EVERY_SECONDS)
    cause = CAUSES.get(rule.subject)
    return timedelta(seconds=cause.every_seconds if cause else 3600)


def judge(rule: AlertRule, facts: Callable[[], Facts], now: datetime) -> Judgement:
    """What the rule says now; nothing is changed. Raises LookupError for a cause or a figure that there is not."""
    if rule.source == AlertRule.Source.METRIC:
        return Judgement(*windows.judge(rule, now))
    found = CAUSES[rule.subject].ask(facts(), rule.threshold)
    chosen = [each for each in found if not rule.entity or each.entity == rule.entity]
    return Judgement(tuple(breach_of(each, rule.severity) for each in chosen), None, len(chosen))


def follow(rule: AlertRule, judgement: Judgement, now: datetime) -> None:
    """Open, count and resolve what the judgement says. What is open already need not last anew."""
    bad: dict[str, datetime | None] = {each.fingerprint: each.since for each in judgement.breaches}
    mine = Alert.objects.filter(state=Alert.State.OPEN, rule=rule).select_related("rule")
    is_open = {alert.fingerprint: alert for alert in mine}
    long_enough, since = lasting(bad, rule.breached_since, rule.for_minutes, now)
    alerts.take(
        rule,
        [each for each in judgement.breaches if each.fingerprint in long_enough | set(is_open)],
        now,
    )
    for fingerprint, alert in is_open.items():
        if fingerprint not in bad and (judgement.good is None or fingerprint in judgement.good):
            alerts.good(alert, now)
    AlertRule.objects.filter(pk=rule.pk).update(
        judged_at=now, last_value=judgement.value, breached_since=since, problem=""
    )


def would_say(rule: AlertRule, now: datetime) -> tuple[Judgement, list[str]]:
    """What it would say at this moment: the judgement, and the fingerprints that have lasted long enough."""
    judgement = judge(rule, gather, now)
    bad = {each.fingerprint: each.since for each in judgement.breaches}
    return judgement, sorted(lasting(bad, rule.breached_since, rule.for_minutes, now)[0])


def fingerprints(breaches: Iterable[Breach]) -> set[str]:
    return {each.fingerprint for each in breaches}
