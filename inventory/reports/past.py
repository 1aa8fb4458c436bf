"""What figures were at a time, for all rows at once, from the history of changes; the rule is inventory.timeline's.

A figure was what the first change after that time found; without one it is what is stored. Nothing is known of a row
before the journal knows it, nor of changes before anything was kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_noop as _

from ..days import company_zone
from ..models import RowChange
from ..oddities import first_key_since
from .base import Note, counted
from .parameters import Parameters


def found_after(model: Any, moment: datetime, key: tuple[str, ...], **which: Any) -> dict[tuple, Any]:
    """{key: the value before the first change after that time}."""
    changes = model.objects.filter(pk__gte=first_key_since(model, moment), changed_at__gt=moment, **which)
    found: dict[tuple, Any] = {}
    columns = changes.order_by("changed_at", "pk").values_list("before", *key)
    for before, *parts in columns.iterator(chunk_size=5000):
        found.setdefault(tuple(parts), before)
    return found


def unknown_at(kind: str, asked: Parameters) -> set[int]:
    """Keys of the rows that were not known at the moment that is asked about; looked up once for each question."""
    known: set[int] | None = asked.__dict__.get("unknown_rows")
    if known is None:
        rows = RowChange.objects.filter(kind=kind).order_by().values_list("row_id")
        late = rows.annotate(first=Min("noted_at")).filter(first__gt=asked.value("at"))
        known = {key for key, _first in late.iterator(chunk_size=5000)}
        asked.__dict__["unknown_rows"] = known
    return known


def known_since(kind: str) -> datetime | None:
    return RowChange.objects.filter(kind=kind).aggregate(first=Min("noted_at"))["first"]


def notes(kind: str, unknown: int) -> Iterable[Note]:
    first = known_since(kind)
    if first is None:
        yield Note(_("Nothing is mirrored yet, so there is no history."), mood="warn")
        return
    facts = {"moment": first.astimezone(company_zone()).strftime("%Y-%m-%d %H:%M")}
    yield Note(_("History begins on %(moment)s; of the time before, nothing is known."), facts=facts)
    yield from counted(
        "%(count)s row was not known at that time and is left out.",
        "%(count)s rows were not known at that time and are left out.",
        unknown,
    )
