"""Values as a line keeps them: plain, bounded, and never a secret's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Field

LONGEST = 4000  # characters of one value
MOST_NAMES = 500


def plain(value: Any) -> Any:
    """What JSON can hold: a time in ISO 8601, a decimal as text; what is too long ends in "…"."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False, default=str)
        return json.loads(text) if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    text = str(value).replace("\0", "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def of_column(column: Field, value: Any) -> Any:
    """The value of one column; of a link the name of what it points to, and its key."""
    if value is None or column.remote_field is None:
        return plain(value)
    related: Any = column.related_model
    row = related._base_manager.filter(pk=value).first()
    return f"{row} (#{value})" if row is not None else f"#{value}"


def names(model: Any, keys: Iterable[Any]) -> list[str]:
    """Of rows that are in a set, in alphabetical order."""
    rows = model._base_manager.filter(pk__in=list(keys)[:MOST_NAMES])
    if model is Permission:
        found = rows.values_list("content_type__app_label", "codename")
        return sorted(f"{app}.{codename}" for app, codename in found)
    return sorted(str(row) for row in rows)
