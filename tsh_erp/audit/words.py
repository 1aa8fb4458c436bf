"""Lines in the reader's own words: which table, which column, and a value as it would stand on a page."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.admin import cells
from inventory.admin.pages import plain_json

from .models import AuditLine

MOODS = {
    AuditLine.What.DELETED: "bad", AuditLine.What.REVOKED: "bad", AuditLine.What.RESTORED: "bad",
    AuditLine.What.REJECTED: "warn", AuditLine.What.CANCELLED: "warn", AuditLine.What.ADDED: "good",
    AuditLine.What.APPROVED: "good",
}  # fmt: skip
OTHERS: dict[str, Any] = {  # what is told of a row and is no column of its own
    "second_factor": gettext_lazy("second factor"),
    "recovery_codes": gettext_lazy("recovery codes"),
    # and columns that have no name for people
    "organization": gettext_lazy("organisation"),
    "client_secret": gettext_lazy("client secret"),
    "refresh_token": gettext_lazy("refresh token"),
    "func": gettext_lazy("what it starts"),
    "args": gettext_lazy("with what"),
    "repeats": gettext_lazy("how often still"),
    "schedule_type": gettext_lazy("rhythm"),
    "minutes": gettext_lazy("minutes"),
}


def model_of(table: str) -> Any | None:
    """None for a table of another release."""
    try:
        return apps.get_model(table)
    except (LookupError, ValueError):
        return None


def table_name(table: str) -> str:
    model = model_of(table)
    return capfirst(str(model._meta.verbose_name)) if model else table


def column_name(table: str, name: str) -> str:
    if name in OTHERS:
        return str(OTHERS[name])
    column = _column(table, name)
    return str(getattr(column, "verbose_name", "") or name)


def what_tag(what: str) -> object:
    known = dict(AuditLine.What.choices)
    return cells.tag(known.get(what, what), MOODS.get(what, "quiet"))  # type: ignore[call-overload]


def who(line: AuditLine) -> object:
    return cells.words(line.user_name) if line.user_name else _("nobody signed in")


def door(line: AuditLine) -> str:
    told = str(line.get_door_display())
    return f"{told}: {line.door_name}" if line.door_name else told


def object_link(line: AuditLine) -> object:
    """Its page, unless it is gone for certain."""
    name, model = cells.words(line.object_name or line.object_id), model_of(line.table)
    if not line.object_id or line.what == AuditLine.What.DELETED or model is None:
        return name
    if model not in admin.site._registry:
        return name
    try:
        args = [line.object_id]
        return cells.link(
            reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=args), name
        )
    except NoReverseMatch:
        return name


def rows(line: AuditLine) -> list[list[object]]:
    """[column, before, after] of everything that the line tells of."""
    told: list[list[object]] = []
    for name, pair in line.changes.items():
        title = cells.words(column_name(line.table, name))
        if pair is None:
            told.append([title, "", cells.tag(_("secret: changed, not kept"), "warn")])
        else:
            told.append([title, *(_value(line.table, name, each) for each in pair)])
    return told


def _value(table: str, name: str, value: Any) -> object:
    if value in (None, "", [], {}):
        return ""
    column = _column(table, name)
    if isinstance(value, bool):
        return cells.yes_no(value)
    choices = dict(getattr(column, "flatchoices", None) or ())
    if isinstance(value, str | int) and value in choices:
        return cells.words(choices[value])
    if isinstance(column, models.DateTimeField) and isinstance(value, str):
        moment = column.to_python(value)
        return cells.moment(moment)
    if isinstance(value, list | dict):
        return cells.stacked(*plain_json(value))
    return cells.words(value)


def _column(table: str, name: str) -> Any | None:
    model = model_of(table)
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def in_plain_text(table: str, changes: dict[str, Any]) -> str:
    """For a file: "name: before → after", one to a line."""
    told = []
    for name, pair in changes.items():
        before, after = ("", _("secret: changed, not kept")) if pair is None else map(_text, pair)
        told.append(f"{column_name(table, name)}: {before} → {after}")
    return "\n".join(told)


def _text(value: Any) -> str:
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
