"""What runs cost in calls, as the last ones of their kind really did; counted from the mirror where there were none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil
from statistics import median

from django.db.models import QuerySet, Subquery

from .estimates import estimate_calls
from .models import RecordError, SyncCheckpoint, SyncRun
from .options import MAX_BATCH, Priority, SyncMode, SyncOptions
from .processors import registry
from .processors.base import Details
from .sentences import Sentence

LOOKED_AT = 10  # runs of a kind
_FAR_ENOUGH = 10_000  # runs back; a kind that was not seen among them is as good as new


def expected_calls(organization, entity: str, mode: str) -> int:
    """About how many calls a usual run of this entity and mode makes; at least 1."""
    has_usual = not registry.get(entity).has_own_budget
    usual = usual_calls(organization, entity, mode) if has_usual else None
    return usual if usual is not None else estimate_calls(organization, entity, mode)


def usual_of_all(organization, names: Iterable[str] | None = None) -> dict[tuple[str, str], int]:
    """By entity and mode, what their usual runs cost, of those that a schedule may start; one query.

    names: of these entities only; each is looked up for itself.
    """
    return _usual(
        organization,
        [
            (name, mode)
            for name in (registry.names() if names is None else names)
            if not registry.get(name).has_own_budget  # what was due on other days says nothing of today
            for mode in (SyncMode.FULL, SyncMode.INCREMENTAL)
        ],
    )


def usual_calls(organization, entity: str, mode: str) -> int | None:
    """The median of the last good runs that read all of what their mode reads; None: there were none."""
    return _usual(organization, [(entity, mode)]).get((entity, mode))


def _usual(organization, kinds: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    newest = Subquery(SyncRun.objects.order_by("-pk").values("pk")[:1])
    good = SyncRun.objects.filter(
        organization=organization,
        status__in=[SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL],
        is_dry=False,
        pk__gt=newest - _FAR_ENOUGH,
    ).order_by("-pk")
    parts = [
        SyncRun.objects.filter(pk__in=good.filter(entity=entity, mode=mode).values("pk")[:50])
        .order_by()
        .values_list("pk", "entity", "mode", "options", "calls_count")
        for entity, mode in kinds
    ]
    made: dict[tuple[str, str], list[int]] = {}
    if not parts:
        return {}
    for _pk, entity, mode, options, calls in sorted(
        parts[0].union(*parts[1:], all=True), key=lambda row: -row[0]
    ):
        if _is_usual(options):
            made.setdefault((entity, mode), []).append(calls)
    return {kind: max(1, round(median(calls[:LOOKED_AT]))) for kind, calls in made.items()}


def calls_of(organization, options: SyncOptions) -> int:
    """About how many calls exactly this run makes; at least 1."""
    if options.mode is SyncMode.REALTIME:
        # Documents are asked for one by one, and name the records to be read after them.
        return calls_of_ids(options.entity, max(1, len(options.ids))) + len(options.documents)
    if _is_usual(options.as_json()):
        return expected_calls(organization, options.entity, options.mode)
    return estimate_calls(organization, options.entity, options.mode, options.batch_size)


def calls_of_ids(entity: str, count: int) -> int:
    """For so many chosen records: bulk details take many ids a call, others one; an entity without details is read as
    a whole, and one whose details are always read is listed first."""
    processor = registry.get(entity)
    if processor.details is Details.BULK:
        return ceil(count / MAX_BATCH)
    if processor.has_own_budget:
        return count  # a picture is a call
    if processor.details is Details.EACH:
        return count + int(processor.reads_every_detail)
    return 1


def retryable(errors: QuerySet) -> QuerySet:
    """Of these failures, those that wait and can be asked for again."""
    return errors.filter(status=RecordError.Status.WAITING).exclude(external_id="")


def calls_of_retry(errors: QuerySet) -> tuple[int, int]:
    """(how many of these failures can be retried, about how many calls that makes). One query."""
    ids: dict[tuple[int, str], set[str]] = defaultdict(set)
    count = 0
    for owner, entity, external_id in retryable(errors).values_list("organization", "entity", "external_id"):
        ids[owner, entity].add(external_id.partition(":")[0])
        count += 1
    calls = (
        calls_of_ids(entity, len(found))
        for (_owner, entity), found in ids.items()
        if entity in registry.names()
    )
    return count, sum(calls)


def calls_of_approval(run: SyncRun) -> int | None:
    """About how many calls it takes to ask for everything that a quarantined run found missing; None: not known."""
    facts = (run.message.facts or {}) if isinstance(run.message, Sentence) else {}
    told = str(facts.get("missing") or facts.get("count") or "").replace(",", "")
    if not told.isdecimal():
        return None
    return int(told) if "missing" in facts else calls_of_ids(run.entity, int(told))


def is_known(organization, entity: str) -> bool:
    """Was the entity ever read to its end? Until then nobody can say what it costs."""
    found = SyncCheckpoint.objects.filter(organization=organization, entity=entity).first()
    return found is not None and (found.full_at is not None or found.incremental_at is not None)


def priority_of(entity: str, mode: str) -> Priority:
    """Which part of the budget such a run may spend."""
    if mode == SyncMode.REALTIME:
        return Priority.NORMAL if registry.get(entity).has_own_budget else Priority.REALTIME
    return registry.get(entity).priority


def _is_usual(options: dict) -> bool:
    """Nothing was left out, and nothing asked for in other portions than usual."""
    parts = ("active_only", "with_stock_only", "low_stock", "warehouses", "since")
    return not any(options.get(name) for name in parts) and options.get("batch_size", MAX_BATCH) == MAX_BATCH
