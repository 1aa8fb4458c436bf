"""The audit of self-repair: what was put right without anybody's asking, in words. Nothing here can be changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Facts

from ..models import Repair


@admin.register(Repair)
class RepairAdmin(PageAdmin):
    when_empty = gettext_lazy("Nothing had to be put right yet. That is as it should be.")
    list_display = ("what_cell", "kind_cell", "worked_cell", "count_cell", "run_cell", "at_cell")
    list_display_links = ("what_cell",)
    list_filter = ("kind", "worked")
    list_select_related = ("run", "organization")

    @display(description=gettext_lazy("what was done"))
    def what_cell(self, repair) -> object:
        return cells.words(repair.what)

    @display(description=gettext_lazy("kind"), ordering="kind")
    def kind_cell(self, repair) -> object:
        return repair.get_kind_display()

    @display(description=gettext_lazy("worked"), ordering="worked")
    def worked_cell(self, repair) -> object:
        return worked_tag(repair)

    @display(description=gettext_lazy("concerned"))
    def count_cell(self, repair) -> object:
        return cells.number(repair.count)

    @display(description=gettext_lazy("run"))
    def run_cell(self, repair) -> object:
        return cells.link_to(repair.run, cells.ltr(f"#{repair.run_id}"))

    @display(description=gettext_lazy("at"), ordering="at")
    def at_cell(self, repair) -> object:
        return cells.age(repair.at)

    def page_title(self, obj: Repair) -> str:
        return str(obj.get_kind_display())

    def get_panels(self, request: HttpRequest, obj: Repair) -> Iterable[object]:
        yield Facts(
            title=_("Repair"),
            pairs=[
                (_("what was done"), cells.paragraphs(obj.what)),
                (_("kind"), obj.get_kind_display()),
                (_("worked"), worked_tag(obj)),
                (_("at"), cells.moment(obj.at)),
                (_("concerned"), cells.number(obj.count)),
                (_("run"), cells.link_to(obj.run, cells.ltr(f"#{obj.run_id}"))),
                (_("organisation"), cells.link_to(obj.organization)),
            ],
            note=_(
                "A line of the audit of self-repair: it was done by the program, every few minutes, without anybody's "
                "asking. Where it did not work, somebody should look."
            ),
        )


def worked_tag(repair: Repair) -> object:
    return cells.tag(_("Yes"), "good") if repair.worked else cells.tag(_("No"), "bad")
