"""How the last runs of each entity ended."""

from __future__ import annotations

from collections.abc import Collection

from .models import SyncRun
from .options import SyncMode
from .processors import registry

_SHOWN = [
    "pk",
    "organization_id",
    "entity",
    "mode",
    "status",
    "created_at",
    "finished_at",
    "fetched_count",
    "failed_count",
]  # the rest of a row may be large


def last_runs(organizations: Collection, count: int = 30) -> dict[tuple[int, str], list[SyncRun]]:
    """By the organisation's key and the entity, the oldest of them first; real-time runs, of which there may be one per
    webhook, are left out. One query, however many organisations and entities there are; each entity's runs are found
    by their index."""
    parts = [
        SyncRun.objects.filter(
            pk__in=SyncRun.objects.filter(organization=organization, entity=name)
            .exclude(mode=SyncMode.REALTIME)
            .order_by("-pk")
            .values("pk")[:count]
        )
        .order_by()
        .only(*_SHOWN)
        for organization in organizations
        for name in registry.names()
    ]
    found: dict[tuple[int, str], list[SyncRun]] = {}
    if parts:
        for run in sorted(parts[0].union(*parts[1:], all=True), key=lambda run: run.pk):
            found.setdefault((run.organization_id, run.entity), []).append(run)
    return found
