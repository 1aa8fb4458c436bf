"""Putting a delivery into the inbox, with the ring that belongs to it: together, or not at all.

In SQL, because every delivery does it. While the bell is rung, one journey to the database stores a delivery: it goes
in only if the bell is rung, looked at under the lock that the drain needs for answering it. Else it is stored and the
bell rung in a transaction.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction

from ..models import WebhookDelivery, WebhookInbox
from ..zoho.statements import Statement, together
from . import doorbell

REPEATED_WITHIN = timedelta(minutes=10)
_TABLE, _BELL = WebhookDelivery._meta.db_table, WebhookInbox._meta.db_table
_FIELDS = [
    field for field in WebhookDelivery._meta.concrete_fields if field.name not in ("id", "is_duplicate")
]


def deposit(row: WebhookDelivery, *, rings: bool) -> None:
    """Store `row`, which learns its key and whether it repeats another one. rings: it waits for being read."""
    columns = _columns(row)
    if not rings:
        _learn(row, together(_insert(columns, row)))
        return
    lock = doorbell.sharing(row.organization_id)
    if found := together(*lock, _insert(columns, row, only_if_rung=True)):
        _learn(row, found)
        return
    with transaction.atomic():
        _learn(row, together(*lock, _insert(columns, row)))
        doorbell.ring(row.organization_id)


def _columns(row: WebhookDelivery) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _FIELDS]


def _insert(columns: list[Any], row: WebhookDelivery, *, only_if_rung: bool = False) -> Statement:
    since = connection.ops.adapt_datetimefield_value(row.received_at - REPEATED_WITHIN)
    values = [*columns, row.content_hash, row.organization_id, since]
    return _statement(only_if_rung), [*values, row.organization_id] if only_if_rung else values


@cache
def _statement(only_if_rung: bool) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in _FIELDS)
    marks = ", ".join(["%s"] * len(_FIELDS))
    repeated = f"EXISTS (SELECT 1 FROM {_TABLE} WHERE content_hash = %s AND organization_id = %s AND received_at > %s)"  # noqa: S608
    rung = f" WHERE EXISTS (SELECT 1 FROM {_BELL} WHERE organization_id = %s AND rung_at IS NOT NULL)"  # noqa: S608
    return (
        f"INSERT INTO {_TABLE} ({names}, is_duplicate) SELECT {marks}, {repeated}"
        + (rung if only_if_rung else "")
        + " RETURNING id, is_duplicate"
    )


def _learn(row: WebhookDelivery, found: list[tuple[Any, ...]]) -> None:
    [(row.pk, is_duplicate)] = found
    row.is_duplicate = bool(is_duplicate)
    row._state.adding = False
