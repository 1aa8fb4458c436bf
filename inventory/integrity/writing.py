"""What was found against what is known: rows that are new, changed, back, or gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import F

from ..models import Finding, FindingEvent, Organization
from .base import Check, Digests, Fact
from .births import insert
from .spool import Spool

BATCH = 500
State, What = Finding.State, FindingEvent.What
_TOLD = [
    "facts",
    "digest",
    "material",
    "label",
    "code",
    "search_text",
    "severity",
    "subject_kind",
    "subject_id",
]
_JUDGED = ["state", "reason", "until", "decided_by", "decided_at", "opened_at", "closed_at", "reopened_count"]


@dataclass(frozen=True)
class Counts:
    """found = opened + reopened + changed + those that are as they were. is_cut: there were more than the check
    may find, so that nothing was closed."""

    found: int
    opened: int
    reopened: int
    changed: int
    closed: int
    is_cut: bool


class Known:
    """The findings of one check that are not closed, by subject, and what was found beside them."""

    def __init__(self, check: Check, organization: Organization) -> None:
        self.check, self.organization = check, organization
        self.rows = Finding.objects.filter(organization=organization, check_key=check.key)
        there = self.rows.exclude(state=State.CLOSED).values_list("subject_key", "pk", "digest")
        self.unseen: dict[str, tuple[int, str]] = {key: (pk, digest) for key, pk, digest in there.iterator()}
        self.fresh, self.changed = Spool(), Spool()
        self.found, self.is_cut = 0, False

    def __enter__(self) -> Known:
        return self

    def __exit__(self, *_error: object) -> None:
        self.fresh.__exit__()
        self.changed.__exit__()


def read(known: Known, facts: Iterable[Fact]) -> None:
    """Sort what is found. Raises ValueError when a check names one subject twice."""
    told: set[str] = set()
    for fact in facts:
        if known.found == known.check.most:
            known.is_cut = True
            return
        if fact.key in told:
            raise ValueError(f"{known.check.key} names {fact.key} twice")
        told.add(fact.key)
        known.found += 1
        there = known.unseen.pop(fact.key, None)
        if there is None:
            known.fresh.put(fact)
        elif there[1] != Digests(known.check, fact).whole:
            known.changed.put(fact)


def write(known: Known, now: datetime, *, seen_before: datetime | None) -> Counts:
    """Inside a transaction that has locked the check. seen_before: the last good run, which saw what is gone now."""
    opened = reopened = 0
    for batch in known.fresh.batches(BATCH):
        closed = {
            row.subject_key: row for row in known.rows.filter(subject_key__in=[each.key for each in batch])
        }
        born = [fact for fact in batch if fact.key not in closed]
        insert(known.check, known.organization, born, now)
        opened += len(born)
        reopened += _bring_back(
            known, [(closed[each.key], each) for each in batch if each.key in closed], now
        )
    for batch in known.changed.batches(BATCH):
        rows = {
            row.subject_key: row for row in known.rows.filter(subject_key__in=[each.key for each in batch])
        }
        _change(known, [(rows[each.key], each) for each in batch if each.key in rows], now)
    gone = [] if known.is_cut else [pk for pk, _digest in known.unseen.values()]
    for keys in _batches(gone):
        _close(keys, now, seen_before)
    return Counts(known.found, opened, reopened, known.changed.count, len(gone), known.is_cut)


def expire(organization: Organization, now: datetime) -> int:
    """What was ignored until now is open again."""
    due = Finding.objects.filter(organization=organization, state=State.IGNORED, until__lte=now)
    keys = list(due.values_list("pk", flat=True))
    for batch in _batches(keys):
        rows = Finding.objects.filter(pk__in=batch, state=State.IGNORED, until__lte=now)
        if rows.update(state=State.OPEN, opened_at=now, reason="", until=None):
            _note(batch, What.EXPIRED, now)
    return len(keys)


def _tell(row: Finding, check: Check, fact: Fact) -> None:
    digests = Digests(check, fact)
    row.facts, row.label, row.code = fact.facts, fact.label[:500], fact.code[:255]
    row.subject_kind, row.subject_id, row.severity = fact.kind, fact.row, str(check.severity)
    row.digest, row.material = digests.whole, digests.material


def _bring_back(known: Known, pairs: Sequence[tuple[Finding, Fact]], now: datetime) -> int:
    """What was closed is true again; what was ignored until then stays so, if nothing that matters is another.
    Returns how many are open again."""
    events = []
    for row, fact in pairs:
        _tell(row, known.check, fact)
        lasts = row.until is None or row.until > now
        row.closed_at = None
        if row.state_before == State.IGNORED and lasts and row.material == row.decided_material:
            row.state, what = State.IGNORED, What.STILL_IGNORED
        else:
            what = What.RETURNED
            row.reopened_count += 1
            _open(row, now)
        events.append(FindingEvent(finding=row, what=what, at=now))
    _save([row for row, _fact in pairs])
    FindingEvent.objects.bulk_create(events)
    return sum(event.what == What.RETURNED for event in events)


def _change(known: Known, pairs: Sequence[tuple[Finding, Fact]], now: datetime) -> None:
    """The same subject, told otherwise now. What was ignored is open again if something that matters has changed."""
    events = []
    for row, fact in pairs:
        _tell(row, known.check, fact)
        if row.state == State.IGNORED and row.material != row.decided_material:
            _open(row, now)
            events.append(FindingEvent(finding=row, what=What.CHANGED, at=now))
    _save([row for row, _fact in pairs])
    FindingEvent.objects.bulk_create(events)


def _open(row: Finding, now: datetime) -> None:
    row.state, row.opened_at = State.OPEN, now
    row.reason, row.until, row.decided_by, row.decided_at = "", None, None, None


def _save(rows: Sequence[Finding]) -> None:
    for row in rows:
        Finding._meta.get_field("search_text").pre_save(row, False)
    Finding.objects.bulk_update(rows, [*_TOLD, *_JUDGED], batch_size=100)


def _close(keys: Sequence[int], now: datetime, seen_before: datetime | None) -> None:
    seen: Any = seen_before or F("last_seen_at")
    rows = Finding.objects.filter(pk__in=keys).exclude(state=State.CLOSED)
    rows.update(state=State.CLOSED, state_before=F("state"), closed_at=now, last_seen_at=seen)
    _note(keys, What.CLOSED, now)


def _note(keys: Iterable[int], what: str, now: datetime) -> None:
    FindingEvent.objects.bulk_create([FindingEvent(finding_id=key, what=what, at=now) for key in keys])


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    left = iter(keys)
    while batch := list(islice(left, BATCH)):
        yield batch
