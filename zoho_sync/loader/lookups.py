"""The look-ups of every page, in SQL: for the ORM to build one of them takes three times as long as to run it.

All take a page's external ids as one parameter (among.py). Nothing here is converted: texts and keys only. The last
three write.
"""

# ruff: noqa: S608  (names of our own tables and columns)

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, models

from inventory.models import Product, StockCheck

from ..among import clause, live
from ..processors.base import Mapping


def keys(model: type[models.Model], organization_id: int, ids) -> dict[str, int]:
    """{external id: key} of those that are here, tombstones included."""
    return dict(
        _rows(
            f"SELECT external_id, id FROM {_table(model)} WHERE organization_id = %s AND ",
            organization_id,
            ids,
        )
    )


def present(model: type[models.Model], organization_id: int, ids, *, lock: bool) -> list[str]:
    """Those that are here; locked in the order of their keys until the transaction ends, where asked and possible."""
    end = " ORDER BY id FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    start = f"SELECT external_id FROM {_table(model)} WHERE organization_id = %s AND "
    return [external_id for (external_id,) in _rows(start, organization_id, ids, end=end)]


def live_hashes(model: type[models.Model], column: str, organization_id: int, ids) -> dict[str, str]:
    """{external id: what `column` says} of live rows."""
    is_live = _live("removed_at")
    start = f"SELECT external_id, {column} FROM {_table(model)} WHERE {is_live} AND organization_id = %s AND "
    return dict(_rows(start, organization_id, ids))


def stock_hashes(organization_id: int, ids) -> dict[str, str]:
    """{external id of a live product: hash of the detail that its stock was last read from}."""
    start = (
        f"SELECT product.external_id, checked.detail_hash FROM {_table(Product)} product "
        f"JOIN {_table(StockCheck)} checked ON checked.product_id = product.id "
        f"WHERE checked.detail_hash <> '' AND {_live('product.removed_at')} AND product.organization_id = %s AND "
    )
    return dict(_rows(start, organization_id, ids, column="product.external_id"))


def older_children(
    mapping: Mapping, organization_id: int, parent_ids, before: datetime
) -> list[tuple[str, str]]:
    """(external id, parent's external id) of live children that were written before that time.

    Found by way of the parents: by their own organisation SQLite would look through all of them.
    """
    parent = mapping.links[mapping.set_of].model
    moment = connection.ops.adapt_datetimefield_value(before)
    start = (
        f"SELECT child.external_id, parent.external_id FROM {_table(parent)} parent "
        f"JOIN {_table(mapping.model)} child ON child.{mapping.set_of}_id = parent.id "
        f"WHERE {_live('child.removed_at')} AND child.synced_at < %s AND parent.organization_id = %s AND "
    )
    return _rows(start, moment, organization_id, parent_ids, column="parent.external_id")


def verify(organization_id: int, ids, moment: datetime) -> None:
    """The stock of these products was seen to be what it was."""
    found, told = clause("external_id", list(ids), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(StockCheck)} SET verified_at = %s WHERE product_id IN "
            f"(SELECT id FROM {_table(Product)} WHERE organization_id = %s AND {found})",
            [connection.ops.adapt_datetimefield_value(moment), organization_id, told],
        )


def settle_details(
    model: type[models.Model], organization_id: int, ids, doubtful: tuple[datetime, datetime]
) -> None:
    """The details of these rows have been read, and were what they had been: they are due no more, unless a listing has
    shown a change meanwhile, which makes what is stored doubtful, or their last change lies in these times (early.py).
    """
    found, told = clause("external_id", list(ids), connection.vendor)
    times = [connection.ops.adapt_datetimefield_value(each) for each in doubtful]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(model)} SET detail_is_due = %s WHERE organization_id = %s AND detail_is_due "
            f"AND detail_hash <> '' AND (source_modified_at IS NULL OR source_modified_at <= %s "
            f"OR source_modified_at > %s) AND {found}",
            [False, organization_id, *times, told],
        )


def forget_details(model: type[models.Model], organization_id: int, ids) -> None:
    """The details that were read of these rows prove nothing any more."""
    found, told = clause("external_id", list(ids), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(model)} SET detail_hash = '' WHERE organization_id = %s AND detail_hash <> '' AND {found}",
            [organization_id, told],
        )


def _rows(start: str, *params: Any, column: str = "external_id", end: str = "") -> list[tuple[Any, ...]]:
    """The last parameter is the ids."""
    *others, ids = params
    found, told = clause(column, list(ids), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{start}{found}{end}", [*others, told])
        return cursor.fetchall()


def _live(column: str) -> str:
    return live(column, connection.vendor)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table
