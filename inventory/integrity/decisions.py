"""What people decide about findings: one, or many at once. Each writes its history; nothing else may change a state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import acts
from ..models import Finding, FindingEvent

State, What = Finding.State, FindingEvent.What
LONGEST_NOTE = 1000
BATCH = 500


class DecisionError(Exception):
    """The decision has no meaning now. The text is for people."""


class SenselessDecision(DecisionError):
    """What was said along with it cannot be. field: "reason", "until" or "owner"."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def accept(keys: Collection[int], user: Any, note: str = "") -> int:
    """True and known: not counted as new any more. Returns how many were open or ignored; raises DecisionError if none
    was."""
    told = {"reason": note[:LONGEST_NOTE], "until": None}
    return _decide(keys, (State.OPEN, State.IGNORED), State.ACCEPTED, What.ACCEPTED, user, note, told)


def ignore(
    keys: Collection[int], user: Any, reason: str, until: datetime | None = None, now: datetime | None = None
) -> int:
    """Of no matter, for this reason, until then or until what matters of the facts changes."""
    if not reason.strip():
        raise SenselessDecision("reason", _("Say why it is of no matter; others will ask."))
    if until is not None and until <= (now or timezone.now()):
        raise SenselessDecision("until", _("That time is past."))
    told = {"reason": reason.strip()[:LONGEST_NOTE], "until": until, "decided_material": F("material")}
    return _decide(
        keys, (State.OPEN, State.ACCEPTED), State.IGNORED, What.IGNORED, user, reason.strip(), told
    )


def reopen(keys: Collection[int], user: Any, note: str = "") -> int:
    """Accepted or ignored ones are open again. What is closed opens by itself when it is true again."""
    told = {"reason": "", "until": None, "opened_at": timezone.now()}
    return _decide(keys, (State.ACCEPTED, State.IGNORED), State.OPEN, What.REOPENED, user, note, told)


def assign(keys: Collection[int], user: Any, owner: Any | None, note: str = "") -> int:
    """owner: who looks after them from now on; None: nobody. Raises SenselessDecision for who may not see findings."""
    if owner is not None and not may_own(owner):
        raise SenselessDecision("owner", _("%(name)s may not decide about findings.") % {"name": owner})
    told = note.strip() or (owner.get_username() if owner else _("nobody"))
    same = Q(owner=owner) if owner else Q(owner=None)
    done = 0
    with transaction.atomic():
        for batch in _batches(keys):
            rows = Finding.objects.select_for_update().filter(pk__in=batch).exclude(state=State.CLOSED)
            former = dict(rows.exclude(same).order_by("pk").values_list("pk", "owner"))
            found = list(former)
            Finding.objects.filter(pk__in=found).update(owner=owner)
            names = {each.pk: each.get_username() for each in _people(former.values())}
            name = owner.get_username() if owner else None
            changes = {key: {"owner": (names.get(former[key]), name)} for key in found}
            acts.tell(Finding, What.ASSIGNED, changes, user=user, note=note)
            done += _note(found, What.ASSIGNED, user, told)
    if not done:
        raise DecisionError(_("Nothing was assigned: it is closed, or belongs to the same person already."))
    return done


def may_own(user: Any) -> bool:
    return user.is_active and user.has_perm("inventory.decide_finding")


def owners() -> list[Any]:
    """Who may be given findings, by name."""
    people: Any = get_user_model()._default_manager
    return list(people.with_perm("inventory.decide_finding").order_by("username"))


def _people(keys: Iterable[int | None]) -> Iterable[Any]:
    return get_user_model()._default_manager.filter(pk__in={key for key in keys if key is not None})


def _decide(
    keys: Collection[int], of: Collection[str], to: str, what: str, user: Any, note: str, told: dict[str, Any]
) -> int:
    now, done = timezone.now(), 0
    with transaction.atomic():
        for batch in _batches(keys):
            rows = Finding.objects.select_for_update().filter(pk__in=batch, state__in=of)
            former = dict(rows.order_by("pk").values_list("pk", "state"))
            found = list(former)
            Finding.objects.filter(pk__in=found).update(state=to, decided_by=user, decided_at=now, **told)
            ends = {"until": (None, told["until"])} if told["until"] else {}
            changes = {key: {"state": (former[key], str(to)), **ends} for key in found}
            acts.tell(Finding, what, changes, user=user, note=note)
            done += _note(found, what, user, note)
    if not done:
        states = dict(State.choices)
        names = _(", ").join(str(states[each]) for each in of)
        raise DecisionError(
            _("Nothing was changed: that is for findings in these states only: %(states)s.")
            % {"states": names}
        )
    return done


def _note(keys: Collection[int], what: str, user: Any, note: str) -> int:
    now = timezone.now()
    FindingEvent.objects.bulk_create(
        [FindingEvent(finding_id=key, what=what, at=now, by=user, note=note[:LONGEST_NOTE]) for key in keys]
    )
    return len(keys)


def _batches(keys: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(keys)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))
