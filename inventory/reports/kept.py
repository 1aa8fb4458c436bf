"""Answers that a worker reckons, kept for a while: whoever asks the same meanwhile gets them at once.

A question is the report's key, every parameter, the company's day and the order. Rows lie in pieces, so that a page
reads one of them and a file all, one after the other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, overload

from django.db import transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from ..jobs import enqueue
from ..models import KeptReport, KeptRows
from . import registry
from .base import REFERENCES, Column, Note, Report, Row, Total
from .parameters import Parameters
from .reckoning import Answer, compute

PIECE = 1000  # rows
FRESH, PATIENCE, KEPT = timedelta(hours=1), timedelta(minutes=15), timedelta(days=2)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    answer: Answer

    @property
    def is_fresh(self) -> bool:
        return self.answer.computed_at > timezone.now() - FRESH


def question_of(asked: Parameters, order: str) -> dict[str, Any]:
    return {"parameters": asked.canonical, "today": asked.today.isoformat(), "order": order}


def digest_of(report: Report, asked: Parameters, order: str) -> str:
    told = json.dumps([report.key, question_of(asked, order)], sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=32).hexdigest()


def find(report: Report, asked: Parameters, order: str) -> Kept | None:
    """The newest answer to this very question that can still be told; its columns may have gone since."""
    rows = KeptReport.objects.filter(digest=digest_of(report, asked, order), computed_at__isnull=False)
    row = rows.filter(asked_at__gt=timezone.now() - KEPT).order_by("-pk").first()
    columns = list(report.columns(asked))
    if row is None or row.computed_at is None or row.found["columns"] != [column.name for column in columns]:
        return None
    kinds = {column.name: column.kind for column in columns}
    totals = [
        Total(
            {name: _value(kinds[name], value) for name, value in each["group"].items()},
            each["rows"],
            {name: _value(kinds[name], value) for name, value in each["values"].items()},
            each["left_out"],
        )
        for each in row.found["totals"]
    ]
    notes = [Note(**each) for each in row.found["notes"]]
    return Kept(Answer(columns, order, KeptList(row, columns), totals, notes, row.computed_at))


def is_pending(report: Report, asked: Parameters, order: str) -> bool:
    """Is a worker on it, or about to be? After a while nobody believes that any more."""
    rows = _unfinished(report, asked, order).filter(failure="")
    return any((each.claimed_at or each.asked_at) > timezone.now() - PATIENCE for each in rows[:1])


def has_failed(report: Report, asked: Parameters, order: str) -> bool:
    """Did the last try of this hour fail?"""
    row = _unfinished(report, asked, order).filter(asked_at__gt=timezone.now() - FRESH).first()
    return row is not None and bool(row.failure)


def _unfinished(report: Report, asked: Parameters, order: str) -> Any:
    rows = KeptReport.objects.filter(digest=digest_of(report, asked, order), computed_at=None)
    return rows.defer("found").order_by("-pk")


def ask(report: Report, asked: Parameters, order: str) -> KeptReport:
    """Queue it."""
    with transaction.atomic():
        row = KeptReport.objects.create(
            report=report.key,
            question=question_of(asked, order),
            digest=digest_of(report, asked, order),
            asked_at=timezone.now(),
        )
        enqueue("inventory.reports.kept.reckon", row.pk)
    return row


def reckon(key: int) -> None:
    """A job: reckon the answer and keep it; and forget what is too old."""
    KeptReport.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    if KeptReport.objects.filter(pk=key, claimed_at=None).update(claimed_at=timezone.now()) != 1:
        return
    row = KeptReport.objects.get(pk=key)
    try:
        answer = _answer_of(row)
    except Exception as error:  # whatever it is, whoever waits is told
        logger.exception("report %s could not be reckoned: %s", row.report, row.question)
        KeptReport.objects.filter(pk=key).update(failure=type(error).__name__)
        return
    _keep(row, answer)


def _answer_of(row: KeptReport) -> Answer:
    report = registry.get(row.report)
    if report is None:
        raise LookupError(row.report)
    told: dict[str, Any] = row.question
    asked = report.parameters(MultiValueDict(told["parameters"]), today=date.fromisoformat(told["today"]))
    if not asked.is_valid():  # what it named has gone since
        raise ValueError(f"{row.report}: {asked.errors.as_json()}")
    return compute(report, asked, told["order"])


def _keep(row: KeptReport, answer: Answer) -> None:
    found = {
        "columns": [column.name for column in answer.columns],
        "count": answer.count,
        "notes": [note.as_json() for note in answer.notes],
        "totals": [
            {
                "group": {name: _plain(value) for name, value in total.group.items()},
                "rows": total.rows,
                "values": {name: _plain(value) for name, value in total.values.items()},
                "left_out": total.left_out,
            }
            for total in answer.totals
        ],
    }
    with transaction.atomic():
        for number, rows in enumerate(answer.batches(PIECE)):
            content = json.dumps([[_plain(value) for value in each] for each in rows], ensure_ascii=False)
            KeptRows.objects.create(report=row, number=number, content=zlib.compress(content.encode(), 1))
        KeptReport.objects.filter(pk=row.pk).update(found=found, computed_at=answer.computed_at)


class KeptList(Sequence):
    """The rows of a kept answer; the piece that was read last stays at hand."""

    def __init__(self, row: KeptReport, columns: Sequence[Column]):
        self._key, self._count = row.pk, row.found["count"]
        self._kinds = [column.kind for column in columns]
        self._number, self._piece = -1, []  # type: int, list[Row]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self._count))]
        if not -self._count <= place < self._count:
            raise IndexError(place)
        number, within = divmod(place % self._count, PIECE)
        return self._read(number)[within]

    def __iter__(self) -> Iterator[Row]:
        for number in range(-(-self._count // PIECE)):
            yield from self._read(number)

    def _read(self, number: int) -> list[Row]:
        if number != self._number:
            content = KeptRows.objects.values_list("content", flat=True).get(report=self._key, number=number)
            rows = json.loads(zlib.decompress(bytes(content)))
            self._piece = [
                tuple(_value(kind, value) for kind, value in zip(self._kinds, row, strict=True))
                for row in rows
            ]
            self._number = number
        return self._piece


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date | datetime) else value


def _value(kind: str, value: Any) -> Any:
    if value is None or kind in (*REFERENCES, "text", "count"):
        return value
    return date.fromisoformat(value) if kind == "date" else Decimal(value)
