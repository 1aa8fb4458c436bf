"""What runs have changed and dry runs plan: one row per record, every field before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin, plain_json
from inventory.admin.panels import Facts, Table

from ..models import PlannedChange, RunChange
from ..models.changes import Changed
from .change_names import TABLES

ACTION_MOODS: dict[str, str] = {
    PlannedChange.Action.CREATE: "good",
    PlannedChange.Action.UPDATE: "busy",
    PlannedChange.Action.RESTORE: "good",
    PlannedChange.Action.REMOVE: "bad",
}
FIELDS_IN_LIST = 3
MOST_FOUND = 500


def action_tag(change: Changed) -> object:
    return cells.tag(change.get_action_display(), ACTION_MOODS.get(change.action, "quiet"))


def table_name(table: str) -> str:
    """The table's name in words."""
    for model in apps.get_app_config("inventory").get_models():
        if table in (model._meta.model_name, model._meta.db_table):
            return str(model._meta.verbose_name)
    return table


def column_name(table: str, field: str) -> str:
    """The column's name in words; the bare name where the table or column is not known here."""
    column = column_of(table, field)
    return field if column is None else str(column.verbose_name)


LAST = ("source_modified_at", "source_created_at")  # they change with everything else, and say little


def column_of(table: str, field: str) -> models.Field | None:
    """The mirrored column, by its name or its key's; None where it is not known here (any more)."""
    for model in apps.get_app_config("inventory").get_models():
        if table in (model._meta.model_name, model._meta.db_table):
            for column in model._meta.concrete_fields:
                if field in (column.name, column.attname):
                    return column
    return None


def value_cell(value: object, column: models.Field | None = None) -> object:
    """A value as a plan keeps it, shown as the column's are shown elsewhere."""
    if value in (None, "", [], {}):
        return cells.UNKNOWN
    if isinstance(value, bool):
        return cells.yes_no(value)
    if isinstance(value, dict | list):
        return cells.joined(plain_json(value))
    text = str(value)
    with suppress(ValueError, ArithmeticError):
        if isinstance(column, models.DecimalField):
            return cells.number(Decimal(text))
        if isinstance(column, models.DateTimeField):
            return cells.moment(datetime.fromisoformat(text))
    return cells.words(text if len(text) <= 200 else f"{text[:200]}…")


def change_rows(change: Changed) -> list[list[object]]:
    """[field, before, after] per changed field."""
    pairs = change.changes.items() if isinstance(change.changes, dict) else ()
    told = [(field, both) for field, both in pairs if isinstance(both, list) and len(both) == 2]
    told.sort(key=lambda each: each[0] in LAST)
    rows = []
    for field, (before, after) in told:
        column = column_of(change.table, field)
        name = str(column.verbose_name) if column is not None else field
        rows.append([name, value_cell(before, column), value_cell(after, column)])
    return rows


def in_short(change: Changed) -> object:
    """The first fields, each before and after."""
    rows = change_rows(change)
    shown = [cells.joined([name, before, "→", after], " ") for name, before, after in rows[:FIELDS_IN_LIST]]
    return cells.stacked(*shown, "…" if len(rows) > FIELDS_IN_LIST else "")


STATE_MOODS: dict[str, str] = {
    PlannedChange.State.PLANNED: "quiet",
    PlannedChange.State.APPLIED: "good",
    PlannedChange.State.SAME: "good",
    PlannedChange.State.REFUSED: "bad",
}


def change_state(change: PlannedChange) -> object:
    return cells.tag(change.get_state_display(), STATE_MOODS.get(change.state, "quiet"))


class TableFilter(admin.SimpleListFilter):
    """The tables there are, not those that the rows name: to ask them all takes longer than the list."""

    title = gettext_lazy("table")
    parameter_name = "table"

    def lookups(self, request, model_admin):
        return [(name, table_name(name)) for name in TABLES]

    def queryset(self, request, queryset):
        return queryset.filter(table=self.value()) if self.value() else queryset


class ChangedAdmin(PageAdmin):
    """What the lists of planned and of real changes share."""

    list_filter: Sequence[Any] = ("action", TableFilter)
    list_select_related = ("run",)
    search_fields = ("external_id",)  # for the box; `get_search_results` says how
    search_help_text = gettext_lazy("Part of the name, or the external id")

    def get_search_results(self, request, queryset, search_term):
        """Each by an index of its own: a plan of everything has half a million rows."""
        words = search_term.strip()
        if not words:
            return queryset, False
        named = queryset.exclude(label="").filter(label__icontains=words).order_by()
        keys = [*queryset.filter(external_id=words).order_by().values_list("pk", flat=True)[:MOST_FOUND]]
        keys += named.values_list("pk", flat=True)[:MOST_FOUND]
        return queryset.filter(pk__in=keys), False

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=gettext_lazy("record"), ordering="label")
    def record(self, change) -> object:
        return cells.words(change.label) if change.label else cells.ltr(change.external_id)

    @display(description=gettext_lazy("action"), ordering="action")
    def action_cell(self, change) -> object:
        return action_tag(change)

    @display(description=gettext_lazy("table"), ordering="table")
    def table_cell(self, change) -> object:
        return table_name(change.table)

    @display(description=gettext_lazy("before and after"))
    def fields_cell(self, change) -> object:
        return in_short(change)

    @display(description=gettext_lazy("run"))
    def run_cell(self, change) -> object:
        return cells.link_to(change.run, cells.ltr(f"#{change.run_id}"))

    def page_title(self, obj: Changed) -> str:
        return obj.label or obj.external_id

    def facts(self, obj: Any) -> list[tuple[str, object]]:
        return [
            (_("record"), cells.words(obj.label)),
            (_("external id"), cells.ltr(obj.external_id)),
            (_("table"), table_name(obj.table)),
            (_("action"), action_tag(obj)),
            (_("run"), cells.link_to(obj.run, cells.ltr(f"#{obj.run_id}"))),
        ]

    def get_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        yield Facts(title=str(self.opts.verbose_name).capitalize(), pairs=self.facts(obj))
        yield Table(
            title=_("Fields"),
            headers=[_("field"), _("before"), _("after")],
            rows=change_rows(obj),
            empty=_("No field is named."),
        )


@admin.register(RunChange)
class RunChangeAdmin(ChangedAdmin):
    when_empty = gettext_lazy("A run leaves a line here for each row that it has changed. Start a sync.")
    list_display = ("record", "action_cell", "table_cell", "fields_cell", "run_cell")


@admin.register(PlannedChange)
class PlannedChangeAdmin(ChangedAdmin):
    when_empty = gettext_lazy(
        "Only a dry run leaves a plan. Start a sync, and tick “Dry run” on the page that asks."
    )
    heavy_fields = ("raw",)
    list_display = ("record", "action_cell", "state_cell", "table_cell", "fields_cell", "run_cell")
    list_filter = ("state", "action", TableFilter)

    @display(description=gettext_lazy("state"), ordering="state")
    def state_cell(self, change) -> object:
        return cells.stacked(change_state(change), cells.words(change.reason) if change.reason else "")

    def facts(self, obj: PlannedChange) -> list[tuple[str, object]]:
        told = [
            *super().facts(obj),
            (_("state"), change_state(obj)),
            (_("read at"), cells.moment(obj.asked_at)),
        ]
        if obj.applied_by_id:
            told.append((_("applied by"), cells.link_to(obj.applied_by, cells.ltr(f"#{obj.applied_by_id}"))))
        if obj.reason:
            told.append((_("reason"), cells.words(obj.reason)))
        return told
