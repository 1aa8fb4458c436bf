"""What waits for a person, in plain values: runs, records, and subjects of which no webhook comes any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import RecordError, SyncRun, WebhookExpectation
from .processors import registry
from .sentences import Sentence, lasting
from .subjects import SUBJECTS
from .webhooks.silence import is_over, last_seen, quiet_since

Status = SyncRun.Status


@dataclass(frozen=True)
class WaitingRuns:
    """Runs of one entity that only a person moves. state: quarantined, or paused without an end.

    organization: the source's id. last_run_id: the newest of them; since: when the first one came to rest, if known.
    """

    organization: str
    entity: str
    label: str
    state: str
    count: int
    last_run_id: int
    since: datetime | None


def waiting_runs() -> list[WaitingRuns]:
    """In the order of organisations and entities; one query."""
    waits = Q(status=Status.QUARANTINED) | Q(status=Status.PAUSED, paused_until=None)
    rows = (
        SyncRun.objects.filter(waits)
        .order_by("organization__external_id", "entity", "status")
        .values_list("organization__external_id", "entity", "status")
        .annotate(Count("pk"), Max("pk"), since=Min(Coalesce("finished_at", "beat_at", "created_at")))
    )
    return [
        WaitingRuns(organization, entity, label_of(entity), state, count, last, since)
        for organization, entity, state, count, last, since in rows
    ]


@dataclass(frozen=True)
class WaitingFailures:
    """Records of one entity that could not be taken. since: when the first of them was met first."""

    organization: str
    entity: str
    label: str
    count: int
    since: datetime


def waiting_failures() -> list[WaitingFailures]:
    """In the order of organisations and entities; one query."""
    rows = (
        RecordError.objects.filter(status=RecordError.Status.WAITING)
        .order_by("organization__external_id", "entity")
        .values_list("organization__external_id", "entity")
        .annotate(Count("pk"), Min("first_seen_at"))
    )
    return [
        WaitingFailures(organization, entity, label_of(entity), count, since)
        for organization, entity, count, since in rows
    ]


@dataclass(frozen=True)
class SilentSubject:
    """No webhook comes any more although one is expected; since: the last one, or the day from which it was."""

    organization: str
    subject: str
    label: str
    since: datetime


def silent_subjects() -> list[SilentSubject]:
    """Judged by now, so that it is true even while no sweep looks; two queries, and one for each expectation."""
    now = timezone.now()
    expected: Iterable[WebhookExpectation] = WebhookExpectation.objects.filter(
        is_expected=True
    ).select_related("organization")
    found = []
    for each in expected:
        since = quiet_since(each, last_seen(each.organization, each.subject))
        if is_over(each, since, now):
            label = subject_label(each.subject)
            found.append(SilentSubject(each.organization.external_id, each.subject, label, since))
    return found


def label_of(entity: str) -> Sentence:
    """The entity in words, also once stored; its bare name when no processor is called so any more."""
    return lasting(registry.get(entity).label if entity in registry.names() else entity)


def subject_label(subject: str) -> Sentence:
    """What a webhook is about, in words; its bare name when we do not know it."""
    return lasting(SUBJECTS[subject].label if subject in SUBJECTS else subject)


def entities() -> list[tuple[str, Sentence]]:
    """(name, in words) of each entity, in the order of the registry."""
    return [(name, label_of(name)) for name in registry.names()]
