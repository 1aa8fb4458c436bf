"""From hints to runs: what waits in the inbox is gathered by record, and read anew by one real-time run per entity.

One run of hints at a time per organisation and entity. What comes meanwhile waits for the next one, which is created
after it: a record that changed while it was being read is read again, and however its hints arrive, Zoho's state wins.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from inventory.models import Organization

from .. import connections
from ..errors import NotConnected
from ..models import OAuthToken, RateBucket, SyncRun, WebhookDelivery
from ..options import Priority, SyncMode, SyncOptions, Trigger
from ..sentences import said
from ..sentences import sentence as _
from ..starts import start_run
from ..subjects import SUBJECTS, Subject
from ..zoho import budget
from . import doorbell, settling
from .fates import named_by
from .relevance import IDENTIFIER, useless

log = logging.getLogger(__name__)

Status = WebhookDelivery.Status
MOST_RECORDS = {"products": 500}  # in one run, where many are read by one call
MOST_ONE_BY_ONE = 50
MOST_DOCUMENTS = 50  # in one run: each is a call
FEWER = 8  # after a run that failed as a whole: its records go in so many parts
WINDOW = 20_000  # deliveries looked at by one drain
REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=5)  # while no call may be made
_COLUMNS = ("pk", "organization_id", "subject", "entity", "record_id", "item_ids", "attempts_count", "run_id",
            "received_at", "replayed_at")  # fmt: skip


@dataclass
class _Record:
    """What is to be read because of all the hints about one record. failed_runs: those that last read for a hint."""

    is_due: bool = False
    failed_runs: set[int] = field(default_factory=set)
    ids: dict[str, None] = field(default_factory=dict)
    document: tuple[str, str] | None = None
    keys: list[int] = field(default_factory=list)

    def add(self, subject: Subject, hint: WebhookDelivery, *, is_due: bool) -> None:
        self.is_due = self.is_due or is_due
        if hint.run_id is not None:
            self.failed_runs.add(hint.run_id)
        self.keys.append(hint.pk)
        self.ids |= dict.fromkeys(each for each in named_by(hint) if IDENTIFIER.fullmatch(each))
        if subject.is_document and hint.record_id:
            self.document = (subject.name, hint.record_id)


def drain(organization_id: int) -> list[SyncRun]:
    """Start the runs that read what the waiting deliveries hint at; none while no call may be made."""
    organization = Organization.objects.get(pk=organization_id)
    doorbell.answer(organization.pk)
    obstacle = _obstacle(organization)
    with transaction.atomic():
        # One drain at a time; it must not hold up those who bring deliveries, so not the doorbell's row.
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        now = timezone.now()
        if obstacle is not None:
            _hold(organization, *obstacle, now)
            return []
        found = _gather(organization, _busy_entities(organization), now)
        return [
            _start(organization, entity, records)
            for entity, records in found.items()
            if any(each.is_due for each in records.values())
        ]


# --- What waits ----------------------------------------------------------------------------------------


def _gather(organization: Organization, busy: set[str], now: datetime) -> dict[str, dict[tuple, _Record]]:
    """{entity: {record: what waits about it}}, oldest first. What hints at nothing of ours is ignored on the way.

    busy: entities that have to wait. Hints that rest after a failure come along with a due one of the same record: it
    is read once for all of them.
    """
    found: dict[str, dict[tuple, _Record]] = defaultdict(dict)
    unfit: dict[str, list[WebhookDelivery]] = defaultdict(list)
    due = settling.waiting(organization.pk, now)
    resting = WebhookDelivery.objects.filter(
        organization__unsought=organization, status__in=WebhookDelivery.WAITING, next_attempt_at__gt=now
    )
    for rows, is_due in ((due, True), (resting, False)):
        for hint in rows.exclude(entity__in=busy).only(*_COLUMNS).order_by("pk")[:WINDOW]:
            subject = SUBJECTS.get(hint.subject)
            reason = useless(subject, hint.record_id, hint.item_ids)
            if subject is None or reason:
                unfit[reason].append(hint)
                continue
            if subject.entity in busy:
                continue
            key = (subject.name, hint.record_id, *([] if hint.record_id else hint.item_ids))
            found[subject.entity].setdefault(key, _Record()).add(subject, hint, is_due=is_due)
    for reason, hints in unfit.items():
        settling.ignore(hints, reason)
    return found


def _busy_entities(organization: Organization) -> set[str]:
    """Entities of which a run of hints is under way. One that a person paused, or must decide on, holds up nothing."""
    runs = SyncRun.objects.filter(
        organization__unsought=organization, trigger=Trigger.WEBHOOK, status__in=SyncRun.ACTIVE
    )
    rests = Q(status=SyncRun.Status.PAUSED, paused_until=None)
    return set(runs.exclude(rests).values_list("entity", flat=True))


# --- One run -------------------------------------------------------------------------------------------


def _start(organization: Organization, entity: str, records: dict[tuple, _Record]) -> SyncRun:
    chosen = _chosen(entity, list(records.values()))
    documents = [each.document for each in chosen if each.document]
    ids = dict.fromkeys(external_id for each in chosen for external_id in each.ids)
    ids |= _formerly_named(organization, documents)
    options = SyncOptions(entity=entity, mode=SyncMode.REALTIME, ids=tuple(ids), documents=tuple(documents))
    run = start_run(options, trigger=Trigger.WEBHOOK, organization=organization)
    keys = sorted(key for each in chosen for key in each.keys)
    for some in settling.chunks(keys):
        WebhookDelivery.objects.filter(pk__in=some, status__in=WebhookDelivery.WAITING).update(
            status=Status.PROCESSING, entity=entity, run=run, attempts_count=F("attempts_count") + 1,
            next_attempt_at=None, reason="", result="",
        )  # fmt: skip
    log.info("run %s of %s: %s deliveries about %s records", run.pk, entity, len(keys), len(chosen))
    return run


def _chosen(entity: str, records: list[_Record]) -> list[_Record]:
    """The oldest record that is due, with others like it, at most so many as one run may read.

    Of those whose run failed as a whole an eighth go together, in the end each alone: a record that no run survives
    cannot take others along for ever.
    """
    due = [each for each in records if each.is_due]
    shares = _shares(due)
    usual = MOST_RECORDS.get(entity, MOST_ONE_BY_ONE)

    def share(record: _Record) -> int:
        return min([usual, *(shares[run_id] for run_id in record.failed_runs if run_id in shares)])

    most = share(due[0])
    chosen: list[_Record] = []
    ids: set[str] = set()
    documents = 0
    for each in due:
        if share(each) != most:
            continue
        if chosen and (
            len(chosen) >= most
            or len(ids | each.ids.keys()) > most
            or documents + bool(each.document) > MOST_DOCUMENTS
        ):
            break
        chosen.append(each)
        ids |= each.ids.keys()
        documents += bool(each.document)
    return chosen


def _shares(records: list[_Record]) -> dict[int, int]:
    """{run that failed as a whole: how many of its records may go together now}."""
    run_ids = set().union(*(each.failed_runs for each in records))
    failed = SyncRun.objects.filter(pk__in=run_ids, status=SyncRun.Status.FAILED)
    sizes = {
        run_id: len(told["ids"]) + len(told["documents"])
        for run_id, told in failed.values_list("pk", "options")
    }
    return {run_id: max(1, size // FEWER) for run_id, size in sizes.items()}


def _formerly_named(organization: Organization, documents: Iterable[tuple[str, str]]) -> dict[str, None]:
    """Items that earlier deliveries of these documents named: a line that was taken out has moved stock too."""
    ids_of: dict[str, list[str]] = defaultdict(list)
    for kind, external_id in documents:
        ids_of[kind].append(external_id)
    found: dict[str, None] = {}
    for kind, ids in ids_of.items():
        rows = WebhookDelivery.objects.filter(
            organization=organization, subject=kind, record_id__among=ids
        ).order_by()
        for named in rows.values_list("item_ids", flat=True).distinct():
            found |= dict.fromkeys(each for each in named if IDENTIFIER.fullmatch(each))
    return found


# --- When no call may be made --------------------------------------------------------------------------


def _obstacle(organization: Organization) -> tuple[timedelta, str] | None:
    """Why nothing can be asked of Zoho now and for how long to leave it at that; None when it can."""
    now = timezone.now()
    try:
        connections.organization_for(organization.external_id)
    except NotConnected as error:
        return REST, said(error)
    token = OAuthToken.objects.filter(organization=organization).only("state", "state_message").first()
    if token is not None and token.state == OAuthToken.State.REFUSED:
        return REST, token.state_message or _("Zoho refuses the token; connect again.")
    bucket = RateBucket.objects.filter(organization=organization).first()
    if bucket and bucket.blocked_until and bucket.blocked_until > now:
        words = {"code": bucket.blocked_code, "reason": bucket.blocked_reason}
        rest = min(bucket.blocked_until - now, LONGEST_REST)
        return rest, _("Zoho asked for silence (code %(code)s): %(reason)s") % words
    if budget.budget_left(organization, Priority.REALTIME) <= 0:
        rest = min(budget.next_day(organization) - now, LONGEST_REST)
        return rest, _("Today's calls to Zoho are spent, the reserve among them.")
    return None


def _hold(organization: Organization, rest: timedelta, reason: str, now: datetime) -> None:
    """Nobody is rung for these until then. Attempts are not counted: there was none."""
    due = settling.waiting(organization.pk, now)
    held = due.filter(status=Status.RECEIVED).update(next_attempt_at=now + rest, reason=reason)
    held += due.update(next_attempt_at=now + rest)
    if held:
        log.info("organisation %s: %s deliveries wait: %s", organization, held, reason)
