"""The life of an alert: opened, worse, escalated, acknowledged, snoozed, resolved, reopened.

There is one open alert per cause, which a constraint sees to; every step is a compare-and-set and leaves an event in
the alert's history, in one transaction with the messages about it. Whoever comes second finds that there is nothing
left to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from zoho_sync.sentences import sentence as _

from .breaches import Breach
from .models import Alert, AlertEvent, AlertRule
from .telling import one_higher, record, tell, tell_end
from .troubles import Severity

State, What = Alert.State, AlertEvent.What
BACK_SOON = timedelta(hours=1)  # what comes back within it is the same alert
LONGEST_SNOOZE = timedelta(days=31)
_ORDER = list(Severity)


class AlertStateError(Exception):
    """This cannot be done with the alert as it is now; the text says why."""


class SenselessTime(ValueError):
    """A snooze cannot end then; the text says why."""


# --- What the watch does -----------------------------------------------------------------------------


def take(rule: AlertRule, breaches: Iterable[Breach], now: datetime) -> set[str]:
    """Everything that a rule has found bad at one look. Returns the fingerprints."""
    latest, times = {}, Counter[str]()
    for breach in breaches:
        latest[breach.fingerprint] = breach
        times[breach.fingerprint] += 1
    known = {
        alert.fingerprint: alert
        for alert in Alert.objects.filter(state=State.OPEN, fingerprint__in=latest).select_related("rule")
    }
    for fingerprint, breach in latest.items():
        alert = known.get(fingerprint)
        if alert is None:
            open_alert(rule, breach, now=now, times=times[fingerprint])
        else:
            _seen_again(alert, rule, breach, now, times[fingerprint])
    return set(latest)


def open_alert(
    rule: AlertRule | None, breach: Breach, *, now: datetime | None = None, times: int = 1
) -> Alert:
    """Open the alert of this cause, or the one that was resolved only lately, or count it to the one that is open.

    One that somebody has resolved by hand rests for as long as its rule wants a cause to be good.
    """
    now = now or timezone.now()
    former = (
        Alert.objects.filter(fingerprint=breach.fingerprint, state=State.RESOLVED).order_by("-pk").first()
    )
    if former is not None and _is_resting(former, rule.resolve_minutes if rule else 0, now):
        return former
    try:
        with transaction.atomic():
            if former is not None and _is_back_soon(former, now):
                return _back_again(former, rule, breach, now, times)
            return _new(rule, breach, now, times)
    except IntegrityError:  # somebody else has opened it in this moment
        alert = Alert.objects.select_related("rule").get(fingerprint=breach.fingerprint, state=State.OPEN)
        return _seen_again(alert, rule, breach, now, times)


def _is_resting(former: Alert, minutes: int, now: datetime) -> bool:
    if former.resolved_by_id is None or former.resolved_at is None:
        return False
    return now - former.resolved_at < timedelta(minutes=minutes)


def _is_back_soon(former: Alert, now: datetime) -> bool:
    lately = former.resolved_at is not None and now - former.resolved_at <= BACK_SOON
    return lately or (former.snoozed_until is not None and former.snoozed_until > now)


def _new(rule: AlertRule | None, breach: Breach, now: datetime, times: int) -> Alert:
    alert = Alert.objects.create(
        rule=rule,
        fingerprint=breach.fingerprint,
        severity=breach.severity,
        count=times,
        first_seen_at=now,
        last_seen_at=now,
        **breach.columns(),
    )
    tell(alert, record(alert, What.OPENED, now=now), now)
    return alert


def _back_again(former: Alert, rule: AlertRule | None, breach: Breach, now: datetime, times: int) -> Alert:
    """Raises IntegrityError when another one is open."""
    changed = Alert.objects.filter(pk=former.pk, state=State.RESOLVED).update(
        **_AFRESH,
        rule=rule,
        severity=breach.severity,
        count=F("count") + times,
        last_seen_at=now,
        reopened_count=F("reopened_count") + 1,
        **breach.columns(),
    )
    if not changed:
        raise IntegrityError("It was reopened by somebody else.")
    alert = Alert.objects.select_related("rule").get(pk=former.pk)
    tell(alert, record(alert, What.REOPENED, now=now), now)
    return alert


_AFRESH = {
    "state": State.OPEN,
    "good_since": None,
    "resolved_at": None,
    "resolved_by": None,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "note": "",
    "escalated_at": None,
}


def _seen_again(alert: Alert, rule: AlertRule | None, breach: Breach, now: datetime, times: int) -> Alert:
    """Of two rules about one cause the graver one has it, or they would take turns in raising and lowering it."""
    is_worse = _ORDER.index(breach.severity) > _ORDER.index(Severity(alert.severity))
    is_mine = is_worse or alert.rule_id is None or (rule is not None and alert.rule_id == rule.pk)
    columns = breach.columns() if is_mine else {}
    changes = {name: value for name, value in columns.items() if value != getattr(alert, name)}
    if is_mine:
        changes |= {"severity": breach.severity, "rule": rule}
    rows = Alert.objects.filter(pk=alert.pk, state=State.OPEN)
    with transaction.atomic():
        if is_worse:
            rows = rows.filter(severity=alert.severity)
        changed = rows.update(**changes, count=F("count") + times, last_seen_at=now, good_since=None)
        if changed and is_worse:
            alert = Alert.objects.select_related("rule").get(pk=alert.pk)
            tell(alert, record(alert, What.WORSENED, now=now), now)
    return alert


def good(alert: Alert, now: datetime) -> bool:
    """It was judged to be good. Returns whether that resolves it: it has to stay good for as long as its rule says."""
    minutes = alert.rule.resolve_minutes if alert.rule else 0
    if alert.good_since is None:
        alert.good_since = now
        Alert.objects.filter(pk=alert.pk, state=State.OPEN, good_since=None).update(good_since=now)
    if now - alert.good_since < timedelta(minutes=minutes):
        return False
    return _end(alert, now)


def give_up(alert: Alert, now: datetime) -> bool:
    """Nobody judges it any more: its rule was switched off or removed."""
    return _end(alert, now, note=_("Its rule was switched off or removed."))


def _end(alert: Alert, now: datetime, *, by=None, note: str = "") -> bool:
    ended = {"state": State.RESOLVED, "resolved_at": now, "resolved_by": by}
    if by is not None:
        ended["snoozed_until"] = None  # who says that it is over wants to hear of it when it is not
    with transaction.atomic():
        changed = Alert.objects.filter(pk=alert.pk, state=State.OPEN).update(**ended)
        if changed:
            alert.state, alert.resolved_at = State.RESOLVED, now
            tell_end(alert, record(alert, What.RESOLVED, now=now, by=by, note=note), now)
    return bool(changed)


def escalate(now: datetime) -> int:
    """Once, one severity higher, what nobody has acknowledged so long after it was told."""
    waiting = Alert.objects.filter(
        state=State.OPEN,
        acknowledged_at=None,
        escalated_at=None,
        good_since=None,
        told_at__isnull=False,
        rule__escalate_minutes__isnull=False,
    ).select_related("rule")
    count = 0
    for alert in waiting:
        minutes = alert.rule.escalate_minutes if alert.rule else None
        is_due = minutes is not None and alert.told_at and now - alert.told_at >= timedelta(minutes=minutes)
        with transaction.atomic():
            rows = Alert.objects.filter(
                pk=alert.pk, state=State.OPEN, acknowledged_at=None, escalated_at=None
            )
            if is_due and rows.update(escalated_at=now):
                event = record(alert, What.ESCALATED, now=now, severity=one_higher(alert.severity))
                tell(alert, event, now)
                count += 1
    return count


def wake(now: datetime) -> int:
    """Snoozes that are over: people are told if it is still bad; what is good just now wakes when it is bad again."""
    count = 0
    due = Alert.objects.filter(state=State.OPEN, snoozed_until__lte=now, good_since=None)
    for alert in due.select_related("rule"):
        with transaction.atomic():
            if Alert.objects.filter(pk=alert.pk, snoozed_until=alert.snoozed_until).update(
                snoozed_until=None
            ):
                alert.snoozed_until = None
                tell(alert, record(alert, What.WOKEN, now=now), now)
                count += 1
    return count


# --- What people do ----------------------------------------------------------------------------------


def acknowledge(alert: Alert, user, note: str = "") -> AlertEvent:
    """Somebody has it in hand: it is escalated no more. Raises AlertStateError."""
    now = timezone.now()
    with transaction.atomic():
        changed = Alert.objects.filter(pk=alert.pk, state=State.OPEN, acknowledged_at=None).update(
            acknowledged_at=now, acknowledged_by=user, note=note
        )
        _refuse_unless(changed, alert, _("It is acknowledged already."))
        return record(alert, What.ACKNOWLEDGED, now=now, by=user, note=note)


def snooze(alert: Alert, until: datetime, user, note: str = "") -> AlertEvent:
    """Nobody is told anything of it until then. Raises AlertStateError and SenselessTime."""
    now = timezone.now()
    if not now < until <= now + LONGEST_SNOOZE:
        raise SenselessTime(_("A time within the next 31 days is expected."))
    with transaction.atomic():
        changed = Alert.objects.filter(pk=alert.pk, state=State.OPEN).update(snoozed_until=until)
        _refuse_unless(changed, alert)
        return record(alert, What.SNOOZED, now=now, by=user, note=note, until=until)


def resolve(alert: Alert, user, note: str = "") -> None:
    """By hand. If the cause is still there, it is opened again after as many minutes as its rule wants it to be good.

    Raises AlertStateError.
    """
    _refuse_unless(_end(alert, timezone.now(), by=user, note=note), alert)


def reopen(alert: Alert, user, note: str = "") -> AlertEvent:
    """It was not over after all. Raises AlertStateError when it is open, or a newer one of its cause is."""
    now = timezone.now()
    try:
        with transaction.atomic():
            changed = Alert.objects.filter(pk=alert.pk, state=State.RESOLVED).update(
                **_AFRESH, snoozed_until=None, reopened_count=F("reopened_count") + 1
            )
            if not changed:
                raise AlertStateError(_("It is open already."))
            alert.refresh_from_db()
            event = record(alert, What.REOPENED, now=now, by=user, note=note)
            tell(alert, event, now)
    except IntegrityError as error:
        raise AlertStateError(_("A newer alert of the same cause is open already.")) from error
    return event


def _refuse_unless(changed: int | bool, alert: Alert, otherwise: str = "") -> None:
    """Say what it is that came in between."""
    if not changed:
        is_open = Alert.objects.filter(pk=alert.pk, state=State.OPEN).exists()
        raise AlertStateError(otherwise if is_open and otherwise else _("It is resolved already."))
