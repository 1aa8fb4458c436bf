"""What writing a row would change, and which columns of its table that may touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

from ..processors.base import Row

KEY = ("organization_id", "external_id")
ROW_COLUMNS = frozenset({"payload", "payload_hash"})
DETAIL_COLUMNS = frozenset({"detail_payload", "detail_hash", "detail_at"})
_BOOKKEEPING = frozenset(
    {"synced_at", "cause", "edited_at", "removed_at", "removed_reason", "detail_is_due", "search_text"}
)


@dataclass(slots=True)
class Change:
    """One row that will be written. stored: its columns before, None when it is new."""

    row: Row
    stored: dict[str, Any] | None
    _diff: dict[str, tuple[Any, Any]] | None = None

    @property
    def diff(self) -> dict[str, tuple[Any, Any]]:
        """{name: (before, after)}. Of a new row it is made when asked for: a first load never asks."""
        if self._diff is None:
            self._diff = {name: (None, value) for name, value in self.row.values.items()}
        return self._diff

    @property
    def is_new(self) -> bool:
        return self.stored is None

    @property
    def is_back(self) -> bool:
        return self.stored is not None and self.stored["removed_at"] is not None


@cache
def source_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Attnames that the source owns."""
    ours = {"id", *KEY, *ROW_COLUMNS, *DETAIL_COLUMNS, *_BOOKKEEPING, *model.LOCAL_FIELDS}
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in ours)


@cache
def all_columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)
