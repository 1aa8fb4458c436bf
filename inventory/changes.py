"""What has changed since: an exact answer, although writers commit in another order than they write.

Triggers note every write with a version (triggers.py). On PostgreSQL it is the writing transaction's number (xid8):
a reader asks first below which number every transaction has ended (the snapshot's xmin), then reads. What it did not
see was still being written and has that number or a higher one, so whoever goes on from there misses nothing; at worst
a row is told twice. On SQLite there is one writer at a time and the version counts up, so that the newest visible one
is such a number. Clocks have no part in it, and no writer waits for another.
"""

from __future__ import annotations

import hashlib
import re
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import F, Min, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from .models import Organization, RowChange

CHECKPOINT = "^[0-9a-f]{8}-[0-9a-f]{1,15}$"
_CHECKPOINT = re.compile(r"([0-9a-f]{8})-([0-9a-f]{1,15})\Z")
_RESTORED = "restored"  # a kind of its own: nobody's row, it says when the database got another past
_BATCH = 5000  # entries deleted in one statement, so that the write lock is never held for long
_JOURNAL, _ORGANIZATIONS = RowChange._meta.db_table, Organization._meta.db_table
_LIFE: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


class ForeignCheckpoint(ValueError):
    """Another database gave it out, or this one before it was restored: what has changed since cannot be told."""


@dataclass(frozen=True)
class Horizon:
    """How far the changes of one kind are known. Whoever has seen all that was visible when this was made, and goes on
    from `version`, misses nothing.

    newest: version and number of the last entry. is_settled: nothing before it can still appear, so that as long as
    `newest` stays nothing has changed. lineage: names the database in its present life.
    """

    kind: str
    lineage: str
    version: int
    newest: tuple[int, int]
    is_settled: bool

    @property
    def checkpoint(self) -> str:
        return f"{self.lineage}-{self.version:x}"

    def since(self, checkpoint: str) -> int:
        """The version to go on from. Raises ValueError for what is no checkpoint, ForeignCheckpoint if not ours."""
        found = _CHECKPOINT.match(checkpoint)
        if found is None:
            raise ValueError("no checkpoint")
        version = int(found[2], 16)
        if found[1] != self.lineage or version > self.version:
            raise ForeignCheckpoint("not of this database")
        return version


def is_checkpoint(text: str) -> bool:
    return _CHECKPOINT.match(text) is not None


@dataclass(frozen=True)
class Entry:
    """Place in the journal, and the row that has to be read again."""

    version: int
    number: int
    row_id: int


def horizon(kind: str) -> Horizon:
    """To be asked before the rows are read."""
    is_postgresql = connection.vendor == "postgresql"
    settled = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint" if is_postgresql else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT newest.version, newest.id, {settled}, (SELECT min(created_at) FROM {_ORGANIZATIONS}), "  # noqa: S608
            f"(SELECT max(noted_at) FROM {_JOURNAL} WHERE kind = '{_RESTORED}') "
            f"FROM (SELECT 1) once LEFT JOIN (SELECT version, id FROM {_JOURNAL} WHERE kind = %(kind)s "
            "ORDER BY version DESC, id DESC LIMIT 1) newest ON true",
            {"kind": kind},
        )
        version, number, limit, born_at, restored_at = cursor.fetchone()
    life = f"{_life()} {born_at}" + (f" {restored_at}" if restored_at else "")
    newest = (version or 0, number or 0)
    following = newest[0] + 1
    # Not further than the newest entry, although that would be right: a quiet table keeps its checkpoint.
    return Horizon(
        kind=kind,
        lineage=hashlib.blake2b(life.encode(), digest_size=4).hexdigest(),
        version=following if limit is None else min(following, limit),
        newest=newest,
        is_settled=limit is None or newest[0] < limit,
    )


def entries(kind: str, since: int, after: tuple[int, int] | None, at_most: int) -> list[Entry]:
    """The journal from version `since` on, or after that (version, number), in order."""
    rows = RowChange.objects.filter(kind=kind, version__gte=since)
    if after is not None:
        version, number = after
        rows = rows.filter(version__gte=version).exclude(version=version, pk__lte=number)
    found = rows.order_by("version", "pk").values_list("version", "pk", "row_id")[:at_most]
    return [Entry(*each) for each in found]


def rows_since(kind: str, version: int) -> models.QuerySet:
    """Keys of the rows with an entry of that version or a later one."""
    return RowChange.objects.filter(kind=kind, version__gte=version).order_by().values("row_id")


def noted_since(kind: str, moment: datetime) -> models.QuerySet:
    """Keys of the rows that were noted at that time or later, by the database's clock."""
    return RowChange.objects.filter(kind=kind, noted_at__gte=moment).order_by().values("row_id")


def first_noted(kind: str, keys: Iterable[int]) -> dict[int, datetime]:
    """{key: since when the row is known}. It looks through the kind's whole journal."""
    rows = RowChange.objects.filter(kind=kind, row_id__in=list(keys)).order_by()
    return dict(rows.values_list("row_id").annotate(Min("noted_at")))


def compact(at_most: int = _BATCH) -> int:
    """Delete entries of rows that have a later one: whoever would find them finds that. Returns how many.

    Kept are a row's highest version and its last time (whoever began first may have written last), and its first
    entry, which says since when the row is known.
    """
    row = [F("kind"), F("row_id")]
    places = {
        "by_version": Window(RowNumber(), partition_by=row, order_by=[F("version").desc(), F("pk").desc()]),
        "by_time": Window(RowNumber(), partition_by=row, order_by=[F("noted_at").desc(), F("pk").desc()]),
        "by_age": Window(RowNumber(), partition_by=row, order_by=[F("noted_at").asc(), F("pk").asc()]),
    }
    superseded = (
        RowChange.objects.annotate(**places).filter(**{f"{name}__gt": 1 for name in places}).order_by("pk")
    )
    keys = list(superseded.values_list("pk", flat=True)[:at_most])
    RowChange.objects.filter(pk__in=keys).delete()
    return len(keys)


def begin_anew(using: Any) -> None:
    """The rows were all replaced, as by a restored backup: checkpoints given out before are foreign from now on."""
    RowChange.objects.using(using.alias).create(kind=_RESTORED, row_id=0, version=0, noted_at=timezone.now())


def _life() -> str:
    """What is another when the database is restored elsewhere, so that its transactions count anew: the server's
    identity and its line of history. Asked once per connection."""
    if connection.vendor != "postgresql":
        return ""
    connection.ensure_connection()
    known = _LIFE.get(connection.connection)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), current_database() "
                "FROM pg_control_system()"
            )
            known = _LIFE[connection.connection] = " ".join(map(str, cursor.fetchone()))
    return known
