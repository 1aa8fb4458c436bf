"""What everybody who works on a run needs to know of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings

from inventory.models import Organization, PriceList, PriceListItem

from . import planned
from .errors import RecordRejected
from .models import RecordError, SyncCheckpoint, SyncRun
from .options import Priority, SyncMode, SyncOptions
from .processors import registry
from .processors.base import Kind, Processor
from .sentences import sentence as _
from .zoho.budget import today


@dataclass(frozen=True, slots=True)
class Page:
    """Some records as they came, and where to go on once they are in.

    rows: raw JSON texts. ids: theirs, where they have been read already; "" where there is none.
    asked_at: when the request was sent, by the one clock of all hosts, so that an answer that overtook a newer one is
        known.
    there_at: Zoho's own time when it was sent, or a little earlier; None where Zoho did not tell.
    cursor: the run's next place. missing: (id, reason) of what was asked for and not answered.
    gone: ids that are proven gone (404, 1002, unless gone_reason says otherwise).
    doubtful: ids of which Zoho cannot say whether they are.
    totals: list rows that only tell stock totals. named: documents that were read, and the items in their lines.
    planned: keys of planned changes that are to be applied. entity: whose records they are, where not the run's own.
    is_again: its records have been counted when they were listed; only what goes wrong with them is counted.
    """

    number: int
    rows: list[bytes]
    kind: Kind
    asked_at: datetime
    cursor: dict
    missing: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    totals: bool = False
    named: dict | None = None
    ids: Sequence[str] = ()
    planned: tuple[int, ...] = ()
    gone_reason: str = ""
    entity: str = ""
    is_again: bool = False
    there_at: datetime | None = None


@dataclass
class Tally:
    """What became of the units of a page; fetched is their sum."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    stale: int = 0
    failed: int = 0
    removed: int = 0
    skip_reasons: Counter = field(default_factory=Counter)

    def of_known(self) -> Tally:
        """What is counted of records that were counted before: what could not be taken, and what has gone."""
        return Tally(failed=self.failed, removed=self.removed)

    @property
    def fetched(self) -> int:
        return self.created + self.updated + self.unchanged + self.skipped + self.stale + self.failed


@dataclass
class Work:
    """One run being worked on, with what does not change while it lasts.

    is_kept: what is read is stored, so that parts whose bytes are here already need not be gone through. False where
    every figure is wanted, to be compared.
    """

    run: SyncRun
    processor: Processor
    options: SyncOptions
    is_kept: bool = False
    keys: dict[type, dict[str, int]] = field(
        default_factory=dict
    )  # of tables with few rows: external id → key
    partial: dict[type, bool] = field(default_factory=dict)  # tables, see loader/omitted.py
    _others: dict[str, Work] = field(default_factory=dict, init=False)  # by entity

    def on(self, entity: str) -> Work:
        """The same run as it works on a page of another entity's records; "" is its own."""
        if entity in ("", self.processor.entity):
            return self
        if entity not in self._others:
            self._others[entity] = replace(self, processor=registry.get(entity))
        return self._others[entity]

    @cached_property
    def organization(self) -> Organization:
        return self.run.organization

    @cached_property
    def checkpoint(self) -> SyncCheckpoint:
        found, _created = SyncCheckpoint.objects.get_or_create(
            organization=self.organization, entity=self.processor.entity
        )
        return found

    @cached_property
    def is_first_load(self) -> bool:
        """True until the entity has had a good run: what appears now did not change, it was there before."""
        return self.checkpoint.full_at is None and self.checkpoint.incremental_at is None

    @cached_property
    def has_waiting_errors(self) -> bool:
        return (
            RecordError.objects.filter(organization=self.organization, entity=self.processor.entity)
            .exclude(status=RecordError.Status.RESOLVED)
            .exists()
        )

    @cached_property
    def oldest_day(self) -> date | None:
        """The first day of the documents that are mirrored; None: all are. What is still open is kept in any case."""
        days = settings.ZOHO["DOCUMENT_DAYS"]
        if not days or self.processor.lane != "documents" or "date" not in self.processor.mapping.fields:
            return None
        return today(self.organization) - timedelta(days=days)

    @property
    def priority(self) -> Priority:
        if self.options.mode is SyncMode.REALTIME:
            is_urgent = not self.processor.has_own_budget
            return Priority.REALTIME if is_urgent else Priority.NORMAL
        return self.processor.priority

    @property
    def is_approved(self) -> bool:
        """A person has approved the removals of this run."""
        return bool(self.run.cursor.get("approved"))

    def price_list_currency(self, external_id: str) -> str:
        """The currency of a list that is here already. Raises RecordRejected: a price without currency is no price."""
        currency = self._price_list(external_id).currency_code or self.organization.currency_code
        if not currency:
            raise RecordRejected(_("the currency of price list %(id)s is not known") % {"id": external_id})
        return currency

    def price_hashes(self, external_id: str, currency: str) -> dict[str, str]:
        """{external id of a live price of this list in this currency: its record's fingerprint}."""
        if not self.is_kept:
            return {}
        rows = PriceListItem.objects.live().filter(
            price_list__organization=self.organization,
            price_list__external_id=external_id,
            currency_code=currency,
        )
        return dict(rows.order_by().values_list("external_id", "payload_hash"))

    def price_list_kind(self, external_id: str) -> str:
        return self._price_list(external_id).kind

    def _price_list(self, external_id: str) -> PriceList:
        found = PriceList.objects.filter(organization=self.organization, external_id=external_id).first()
        if found is None and self.run.is_dry:
            found = planned.row_of(self.run, PriceList, external_id)
        if found is None:
            raise RecordRejected(
                _("price list %(id)s is not here yet; sync price lists, then retry") % {"id": external_id}
            )
        return found
