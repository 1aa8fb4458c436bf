"""Plans of dry runs: one row per record, every field before and after."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Facts, Table

from ..models import PlannedChange

ACTION_MOODS: dict[str, str] = {
    PlannedChange.Action.CREATE: "good",
    PlannedChange.Action.UPDATE: "busy",
    PlannedChange.Action.RESTORE: "good",
    PlannedChange.Action.REMOVE: "bad",
}
FIELDS_IN_LIST = 3


def action_tag(change: PlannedChange) -> object:
    return cells.tag(change.get_action_display(), ACTION_MOODS.get(change.action, "quiet"))


def field_name(change: PlannedChange, field: str) -> str:
    """The column's name in words; the bare name where the table or column is not known here."""
    for model in apps.get_app_config("inventory").get_models():
        if change.table in (model._meta.model_name, model._meta.db_table):
            known = {column.name: column.verbose_name for column in model._meta.concrete_fields}
            return str(known.get(field, field))
    return field


def value_cell(value: object) -> object:
    if value is None or value == "":
        return cells.UNKNOWN
    if isinstance(value, bool):
        return cells.yes_no(value)
    text = str(value)
    return cells.words(text if len(text) <= 200 else f"{text[:200]}…")


def change_rows(change: PlannedChange) -> list[list[object]]:
    """[field, before, after] per changed field."""
    pairs = change.changes.items() if isinstance(change.changes, dict) else ()
    return [
        [field_name(change, field), value_cell(both[0]), value_cell(both[1])]
        for field, both in pairs
        if isinstance(both, list) and len(both) == 2
    ]


def change_cells(change: PlannedChange) -> list[list[object]]:
    """Rows of [record, action, field, before, after]; the record is named once."""
    record = cells.stacked(cells.link_to(change, cells.words(change.label or change.external_id)))
    rows = change_rows(change) or [["", "", ""]]
    return [
        [record if place == 0 else "", action_tag(change) if place == 0 else "", *row]
        for place, row in enumerate(rows)
    ]


@admin.register(PlannedChange)
class PlannedChangeAdmin(PageAdmin):
    list_display = ("record", "action_cell", "table_cell", "fields_cell", "run_cell")
    list_filter = ("action", "table")
    list_select_related = ("run",)
    search_fields = ("label", "external_id")

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=gettext_lazy("record"), ordering="label")
    def record(self, change) -> object:
        return cells.words(change.label or change.external_id)

    @display(description=gettext_lazy("action"), ordering="action")
    def action_cell(self, change) -> object:
        return action_tag(change)

    @display(description=gettext_lazy("table"), ordering="table")
    def table_cell(self, change) -> object:
        return cells.ltr(change.table)

    @display(description=gettext_lazy("before and after"))
    def fields_cell(self, change) -> object:
        rows = change_rows(change)
        shown = [
            cells.joined([name, before, "→", after], " ") for name, before, after in rows[:FIELDS_IN_LIST]
        ]
        return cells.stacked(*shown, "…" if len(rows) > FIELDS_IN_LIST else "")

    @display(description=gettext_lazy("run"))
    def run_cell(self, change) -> object:
        return cells.link_to(change.run, cells.ltr(f"#{change.run_id}"))

    def page_title(self, obj: PlannedChange) -> str:
        return obj.label or obj.external_id

    def get_panels(self, request: HttpRequest, obj: PlannedChange) -> Iterable[object]:
        yield Facts(
            title=_("What would change"),
            pairs=[
                (_("record"), cells.words(obj.label)),
                (_("external id"), cells.ltr(obj.external_id)),
                (_("action"), action_tag(obj)),
                (_("run"), cells.link_to(obj.run, cells.ltr(f"#{obj.run_id}"))),
            ],
        )
        yield Table(
            title=_("Fields"),
            headers=[_("field"), _("before"), _("after")],
            rows=change_rows(obj),
            empty=_("No field is named."),
        )
