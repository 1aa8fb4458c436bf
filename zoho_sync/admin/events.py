from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin, plain_json
from inventory.admin.panels import Facts

from ..models import Event
from .runs import EntityFilter
from .words import entity_name


@admin.register(Event)
class EventAdmin(PageAdmin):
    """What happened, in its order."""

    when_empty = gettext_lazy("Nothing has happened yet. Events come with the first run.")
    list_display = ("name_cell", "entity_cell", "run_cell", "facts_cell", "at_cell")
    list_filter = ("name", EntityFilter)
    list_select_related = ("run",)

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description=gettext_lazy("event"), ordering="name")
    def name_cell(self, event) -> object:
        return cells.ltr(event.name)

    @display(description=gettext_lazy("entity"), ordering="entity")
    def entity_cell(self, event) -> object:
        return entity_name(event.entity) if event.entity else cells.UNKNOWN

    @display(description=gettext_lazy("run"))
    def run_cell(self, event) -> object:
        return cells.link_to(event.run, cells.ltr(f"#{event.run_id}"))

    @display(description=gettext_lazy("facts"))
    def facts_cell(self, event) -> object:
        return cells.joined(plain_json(event.data), " · ")

    @display(description=gettext_lazy("at"), ordering="at")
    def at_cell(self, event) -> object:
        return cells.moment(event.at)

    def page_title(self, obj: Event) -> str:
        return obj.name

    def get_panels(self, request: HttpRequest, obj: Event) -> Iterable[object]:
        yield Facts(
            title=_("Event"),
            pairs=[
                (_("event"), cells.ltr(obj.name)),
                (_("at"), cells.moment(obj.at)),
                (_("entity"), entity_name(obj.entity) if obj.entity else cells.UNKNOWN),
                (_("run"), cells.link_to(obj.run, cells.ltr(f"#{obj.run_id}"))),
                (_("facts"), cells.stacked(*plain_json(obj.data))),
            ],
        )
