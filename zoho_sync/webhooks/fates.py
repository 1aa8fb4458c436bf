"""What became of the records that a run of hints was about, read from what the run left: rows, failures, its cursor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from inventory.models import PriceList, PriceListItem, Product, StockLevel, Warehouse

from ..loader import UNKNOWN
from ..models import RecordError, SyncRun, WebhookDelivery
from ..phases.documents import place_of
from ..processors import registry
from ..sentences import Sentence, unpack
from ..sentences import sentence as _
from ..subjects import SUBJECTS

Result = WebhookDelivery.Result
_LINKED = {Warehouse._meta.verbose_name_raw: "warehouses", Product._meta.verbose_name_raw: "products"}
_PARTS = {Product: (StockLevel, "product"), PriceList: (PriceListItem, "price_list")}


@dataclass(frozen=True)
class Fate:
    """One of the three: how it was applied (result), why it failed (problem), or what keeps it waiting (held)."""

    result: str = ""
    problem: str = ""
    held: str = ""
    reason: str = ""  # beside a result, where there is something to say
    items: tuple[str, ...] = ()  # in the lines of its document, as Zoho told them


@dataclass
class Fates:
    """Of one run that came through. deliveries: those that it works for; all lookups are made for them together."""

    run: SyncRun
    deliveries: list[WebhookDelivery]
    _known: dict[tuple, Fate] = field(default_factory=dict)

    def of(self, delivery: WebhookDelivery) -> Fate:
        """Hints of one record that name the same items share their fate."""
        key = (delivery.subject, delivery.record_id, tuple(delivery.item_ids))
        if key not in self._known:
            subject = SUBJECTS.get(delivery.subject)
            is_document = subject is not None and subject.is_document
            self._known[key] = self._of_document(delivery) if is_document else self._of_record(delivery)
        return self._known[key]

    def _of_record(self, delivery: WebhookDelivery) -> Fate:
        ids = named_by(delivery)
        fate = self._trouble(ids)
        if fate is not None:
            return fate
        results = [self._result(each) for each in ids]
        for result in (Result.CHANGED, Result.REMOVED, Result.UNCHANGED, Result.LEFT_OUT, Result.UNKNOWN):
            if result in results:
                return Fate(result, reason=self._why_left_out if result == Result.LEFT_OUT else "")
        return Fate(Result.UNKNOWN)

    def _of_document(self, delivery: WebhookDelivery) -> Fate:
        told = self._documents.get(place_of(delivery.subject, delivery.record_id), {})
        problem = told.get("problem") or self._of_the_document(delivery)
        problem = unpack(problem) if isinstance(problem, dict) else problem
        # What the credentials may not read is no reason to try again, where the items are known without it.
        if problem and not (told.get("is_scope") and delivery.item_ids):
            return Fate(problem=problem)
        items = tuple(told.get("items", ()))
        ids = tuple(dict.fromkeys((*delivery.item_ids, *items)))
        fate = self._trouble(ids)
        if fate is not None:
            return fate
        is_changed = not self._written.isdisjoint(ids) or delivery.record_id in self._written_documents
        if told.get("gone") and not (is_changed and delivery.item_ids):
            return Fate(Result.REMOVED)
        return Fate(Result.CHANGED if is_changed else Result.UNCHANGED, reason=problem or "", items=items)

    def _of_the_document(self, delivery: WebhookDelivery) -> str:
        """Why the document itself could not be kept; "" when it could."""
        subject = SUBJECTS[delivery.subject]
        return self._document_problems.get((subject.mirror, delivery.record_id), "")

    def _trouble(self, ids: Iterable[str]) -> Fate | None:
        for each in ids:
            if each in self._problems:
                return Fate(problem=self._problems[each])
        if not self._held.isdisjoint(ids):
            return Fate(held=_("Run %(id)s waits for a person's decision.") % {"id": self.run.pk})
        return None

    def _result(self, external_id: str) -> str:
        if external_id in self._written:
            return Result.CHANGED
        if external_id in self._rows:
            return Result.REMOVED if self._rows[external_id] else Result.UNCHANGED
        if external_id in self._unknown or not self._why_left_out:
            return Result.UNKNOWN
        return Result.LEFT_OUT

    # --- What the run left -----------------------------------------------------------------------------

    @cached_property
    def _documents(self) -> dict[str, dict]:
        return self.run.cursor.get("named", {})

    @cached_property
    def _ids(self) -> list[str]:
        """Every record that this run was to read."""
        told = {each for delivery in self.deliveries for each in named_by(delivery)}
        return sorted(told.union(*(found.get("items", ()) for found in self._documents.values())))

    @cached_property
    def _unknown(self) -> set[str]:
        return set(self.run.cursor.get("unknown", ()))

    @cached_property
    def _held(self) -> set[str]:
        is_held = self.run.status == SyncRun.Status.QUARANTINED
        return set(self.run.cursor.get("held", ())) if is_held else set()

    @cached_property
    def _rows(self) -> dict[str, bool]:
        """{external id: has it a tombstone?} of those that are mirrored, or were."""
        rows = self._model.objects.filter(
            organization=self.run.organization_id, external_id__among=self._ids
        ).order_by()
        return {
            found: removed is not None for found, removed in rows.values_list("external_id", "removed_at")
        }

    @cached_property
    def _written(self) -> set[str]:
        """Live records of which this run has written something: themselves, or what belongs to them."""
        organization, cause = self.run.organization_id, self.run.cause
        rows = self._model.objects.filter(
            organization=organization,
            cause=cause,
            external_id__among=self._ids,
            removed_at__unsought__isnull=True,
        ).order_by()
        found = set(rows.values_list("external_id", flat=True))
        if self._model in _PARTS:
            part, parent = _PARTS[self._model]
            # Found by way of the parents: by their own organisation SQLite would look through all parts of it.
            of_these = {
                f"{parent}__organization": organization,
                f"{parent}__external_id__among": self._ids,
                f"{parent}__removed_at__unsought__isnull": True,
            }
            parts = part.objects.filter(cause=cause, **of_these).order_by()
            found |= set(parts.values_list(f"{parent}__external_id", flat=True).distinct())
        return found

    @cached_property
    def _document_ids(self) -> dict[str, list[str]]:
        """{entity: ids} of the documents themselves."""
        found: dict[str, list[str]] = {}
        for delivery in self.deliveries:
            subject = SUBJECTS.get(delivery.subject)
            if subject is not None and subject.mirror and delivery.record_id:
                found.setdefault(subject.mirror, []).append(delivery.record_id)
        return found

    @cached_property
    def _written_documents(self) -> set[str]:
        """Documents of which this run has written something."""
        found: set[str] = set()
        for entity, ids in self._document_ids.items():
            rows = registry.get(entity).model.objects.filter(
                organization=self.run.organization_id, cause=self.run.cause, external_id__among=ids
            )
            found |= set(rows.order_by().values_list("external_id", flat=True))
        return found

    @cached_property
    def _document_problems(self) -> dict[tuple[str, str], str]:
        if not self._document_ids:
            return {}
        rows = self._errors.filter(entity__in=list(self._document_ids))
        return {
            (entity, key): reason
            for entity, key, reason in rows.order_by("pk").values_list("entity", "record_key", "reason")
        }

    @property
    def missing(self) -> dict[str, set[str]]:
        """{entity: ids} of what records linked to and could not be taken without."""
        found: dict[str, set[str]] = {}
        for _key, reason in self._failures:
            facts = (reason.facts or {}) if isinstance(reason, Sentence) else {}
            kind = facts.get("kind")
            entity = _LINKED.get(kind.msgid) if isinstance(kind, Sentence) else None
            if entity:
                found.setdefault(entity, set()).add(str(facts.get("id", "")))
        return found

    @cached_property
    def _problems(self) -> dict[str, str]:
        """{external id: why it could not be taken}. A part of a record (a price in its list) counts for the record."""
        wanted = set(self._ids)
        return {base: reason for key, reason in self._failures if (base := key.partition(":")[0]) in wanted}

    @cached_property
    def _failures(self) -> list[tuple[str, str]]:
        """(key, reason) of the entity's records that could not be taken since the run began."""
        errors = self._errors.filter(entity=self.run.entity)
        return list(errors.order_by("pk").values_list("record_key", "reason"))

    @property
    def _errors(self):
        return RecordError.objects.filter(
            organization=self.run.organization_id,
            last_seen_at__gte=self.run.started_at or self.run.created_at,
        ).exclude(status=RecordError.Status.RESOLVED)

    @cached_property
    def _why_left_out(self) -> str:
        """Why this entity's rules left records out; "" when they did not."""
        reasons = [reason for reason in self.run.skip_reasons if reason != UNKNOWN]
        if len(reasons) == 1:
            return _("Zoho's record is not mirrored: %(reason)s.") % {"reason": _(reasons[0])}
        return _("Zoho's record is not one of those that are mirrored.") if reasons else ""

    @cached_property
    def _model(self):
        return registry.get(self.run.entity).model


def named_by(delivery: WebhookDelivery) -> tuple[str, ...]:
    """The mirrored records that a delivery itself names: its own, or the items in its lines."""
    subject = SUBJECTS.get(delivery.subject)
    own = () if subject is None or subject.is_document or not delivery.record_id else (delivery.record_id,)
    return tuple(dict.fromkeys((*own, *delivery.item_ids)))
