"""How many rows of each entity are still at the source."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Subquery

from inventory.models import Organization

from .processors import registry


def live_counts(
    organizations: Iterable[Organization], names: Iterable[str] | None = None
) -> dict[tuple[int, str], int]:
    """By the organisation's key and the entity, how many rows are still at the source; one query.

    names: of these entities only; each that is counted costs a walk over an index.
    """
    return counts_of([each.pk for each in organizations], registry.names() if names is None else list(names))


def counts_of(keys: list[int], names: list[str]) -> dict[tuple[int, str], int]:
    def count(model) -> Subquery:
        live = model.objects.filter(organization=OuterRef("pk"), removed_at=None).order_by()
        return Subquery(live.values("organization").annotate(count=Count("*")).values("count"))

    models = list({registry.get(name).model for name in names})
    columns = {f"live_{model._meta.model_name}": count(model) for model in models}
    asked = Organization.objects.filter(pk__in=keys).order_by().annotate(**columns)
    counts = {key: dict(zip(models, found, strict=True)) for key, *found in asked.values_list("pk", *columns)}
    return {(key, name): counts[key][registry.get(name).model] or 0 for key in counts for name in names}
