"""Which tables are written out, and of which columns their rows consist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

# Of the catalogue's app, but nothing that a company owns: journals, kept answers and how people like their lists.
_INNER = {
    "RowChange", "KeptReport", "KeptRows", "CheckState", "SavedView", "ChosenColumns", "ChosenPriceList",
}  # fmt: skip
_OURS_ALONE = {"search_text", "payload_hash", "detail_hash"}  # made of the other columns
RAW = {"payload", "detail_payload"}  # too long for a cell, and JSON: in the JSON lines only
_NAMES = ("external_id", "username")  # by which a row is known elsewhere


@dataclass(frozen=True)
class Column:
    """name: in the files. path: in the ORM. meaning: for people, in the language of the moment."""

    name: str
    path: str
    kind: str
    meaning: str
    is_raw: bool = False
    is_json: bool = False


def entities() -> list[type[models.Model]]:
    """In the order of their names."""
    found = [model for model in apps.get_app_config("inventory").get_models() if model.__name__ not in _INNER]
    return sorted(found, key=file_name)


def file_name(model: type[models.Model]) -> str:
    """sales_order_line of SalesOrderLine."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()


def columns(model: type[models.Model]) -> list[Column]:
    return [column for field in _fields(model) for column in _of(model, field)]


def _fields(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.concrete_fields:
        if field.name not in _OURS_ALONE:
            yield field


def _of(model: type[models.Model], field: Any) -> Iterator[Column]:
    label = str(field.verbose_name)
    yield Column(
        name=field.attname,
        path=field.attname,
        kind=_kind(field),
        meaning=_meaning(field, label),
        is_raw=field.name in RAW,
        is_json=isinstance(field, models.JSONField),
    )
    if field.is_relation:
        there = {each.name for each in field.related_model._meta.concrete_fields}
        own = {each.name for each in model._meta.concrete_fields}
        for name in _NAMES:
            if name in there and f"{field.name}_{name}" not in own:
                yield Column(
                    name=f"{field.name}_{name}",
                    path=f"{field.name}__{name}",
                    kind=_("text"),
                    meaning=_("%(label)s: how it is known where it comes from") % {"label": label},
                )


def _kind(field: Any) -> str:
    if field.is_relation:
        return _("number, the id in %(file)s") % {"file": file_name(field.related_model)}
    kinds: list[tuple[type, str]] = [
        (models.JSONField, _("JSON")),
        (models.BooleanField, _("true or false")),
        (models.DateTimeField, _("time")),
        (models.DateField, _("day")),
        (models.DecimalField, _("decimal number")),
        (models.FloatField, _("decimal number")),
        (models.IntegerField, _("number")),
    ]
    return next((told for kind, told in kinds if isinstance(field, kind)), _("text"))


def _meaning(field: Any, label: str) -> str:
    parts = [label, str(field.help_text)]
    if field.choices:
        parts.append("; ".join(f"{value} = {told}" for value, told in field.flatchoices))
    return ". ".join(part.rstrip(".") for part in parts if part)
