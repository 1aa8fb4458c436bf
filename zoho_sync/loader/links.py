"""Links whose other side came later: a customer that names a price list, a line that names a product not here yet."""

# ruff: noqa: S608  (names of our own tables and columns)

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from ..processors import registry
from ..processors.base import awaiting
from ..subjects import SUBJECTS
from ..work import Work


def resolve(work: Work) -> int:
    """After a run: link the rows that waited for one of its records, or for a document that a webhook told it to keep.
    Returns how many.

    The source's id of what a row waits for stands in `<link>_external_id`.
    """
    kept = (SUBJECTS[kind].mirror for kind, _id in work.options.documents)
    models = [work.processor.model, *(registry.get(entity).model for entity in dict.fromkeys(kept))]
    return sum(_resolve(work, model) for model in models)


def _resolve(work: Work, model: Any) -> int:
    tables = awaiting(model)
    if not tables:
        return 0
    with connection.cursor() as cursor:
        # Mostly nothing waits, and one question tells that of all tables.
        cursor.execute(_any_waits(model), [work.organization.pk] * len(tables))
        any_waits = cursor.fetchone()
    return sum(
        _link(work, model, table, name)
        for (table, name), waits in zip(tables, any_waits, strict=True)
        if waits
    )


def _link(work: Work, model: Any, table: Any, name: str) -> int:
    wanted = f"{name}_external_id"
    there = model.objects.filter(organization=work.organization)
    rows = table.objects.filter(organization=work.organization, **{name: None}).exclude(**{wanted: ""})
    rows = rows.filter(**{f"{wanted}__in": there.values("external_id")})
    found = there.filter(external_id=OuterRef(wanted)).values("pk")[:1]
    return rows.update(**{name: Subquery(found)})


@cache
def _any_waits(model: Any) -> str:
    """Of each table: does a row wait for one that is here? It takes an organisation's key for each.

    Looked for from those that wait, which are few and have an index of their own: asked for those whose id is among the
    records, SQLite makes a list of all records for each table (20,000 products: 130 ms, so 0.5). In SQL, as the ORM
    takes longer to build it than the database to answer.
    """
    there = model._meta.db_table
    questions = [
        f"EXISTS(SELECT 1 FROM {table._meta.db_table} waiting WHERE waiting.organization_id = %s "
        f"AND waiting.{name}_id IS NULL AND NOT (waiting.{name}_external_id = '') AND waiting.{name}_external_id > '' "
        f"AND EXISTS(SELECT 1 FROM {there} WHERE organization_id = waiting.organization_id "
        f"AND external_id = waiting.{name}_external_id))"
        for table, name in awaiting(model)
    ]
    return f"SELECT {', '.join(questions)}"
