"""Links whose other side came later: a customer that names a price list, a line that names a product not here yet."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from inventory.models import Organization

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
    there = model.objects.filter(organization=work.organization)
    tables = []
    for table, name in awaiting(model):
        wanted = f"{name}_external_id"
        rows = table.objects.filter(organization=work.organization, **{name: None}).exclude(**{wanted: ""})
        tables.append((rows.filter(**{f"{wanted}__in": there.values("external_id")}), name))
    if not tables:
        return 0
    # Mostly nothing waits, and one question tells that of all tables.
    mine = Organization.objects.filter(pk=work.organization.pk)
    any_waits = mine.values_list(*(Exists(rows) for rows, _name in tables)).get()
    made = 0
    for (rows, name), waits in zip(tables, any_waits, strict=True):
        if waits:
            found = there.filter(external_id=OuterRef(f"{name}_external_id")).values("pk")[:1]
            made += rows.update(**{name: Subquery(found)})
    return made
