"""The audit trail's pages: to read and to take out. Nobody adds, changes or deletes here, and no right lets him."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from inventory.admin import cells
from inventory.admin.columns import moment, text
from inventory.admin.filters import ChangedFilter
from inventory.admin.kept import KeptLists
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Facts, Table

from . import tables, words
from .models import AuditLine


class WhenFilter(ChangedFilter):
    title = gettext_lazy("when")
    parameter_name = "when"
    column = "at"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        month = timezone.now() - timedelta(days=30)
        return [*super().get_choices(), ("month", _("In the last 30 days"), Q(at__gte=month))]


class TableFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "table"
    DECIDED = (
        "zoho_sync.syncrun", "zoho_sync.recorderror", "zoho_sync.webhookdelivery", "inventory.finding",
        "inventory.checkstate", "monitoring.alert",
    )  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: object) -> list:
        named = {*self.DECIDED, *(model._meta.label_lower for model, _how in tables.told())}
        return sorted(((each, words.table_name(each)) for each in named), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(table=self.value()) if self.value() else queryset


@admin.register(AuditLine)
class AuditLineAdmin(KeptLists, PageAdmin):  # type: ignore[misc]
    when_empty = gettext_lazy("Nobody has changed or decided anything yet.")
    list_display = ("what_cell", "object_cell", "who_cell", "door_cell", "changes_cell", "at_cell")
    list_display_links = ("what_cell",)
    list_filter = (WhenFilter, "what", TableFilter, "door")
    list_select_related = False
    more_columns = ("address", "note", "object_id", "user_id", "request_id")
    lead = ()
    currency = ""
    plain = {
        "what_cell": text("what", make=lambda what: str(dict(AuditLine.What.choices).get(what, what))),
        "object_cell": text(
            "table", "object_id", "object_name", make=lambda *told: " ".join(map(str, filter(None, told)))
        ),
        "who_cell": text("user_name"),
        "door_cell": text("door", "door_name", "address", make=lambda *told: " ".join(filter(None, told))),
        "changes_cell": text("table", "changes", make=words.in_plain_text),
        "at_cell": moment("at"),
    }
    search_fields = (
        "user_name__iexact", "object_name", "address", "door_name", "note", "object_id__exact", "request_id__exact",
    )  # fmt: skip
    search_help_text = gettext_lazy("User's name, object, address, token or command, number, request")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("what"), ordering="what")
    def what_cell(self, line: AuditLine) -> object:
        return words.what_tag(line.what)

    @display(description=gettext_lazy("object"), ordering="table")
    def object_cell(self, line: AuditLine) -> object:
        return cells.stacked(words.object_link(line), words.table_name(line.table))

    @display(description=gettext_lazy("who"), ordering="user_name")
    def who_cell(self, line: AuditLine) -> object:
        return words.who(line)

    @display(description=gettext_lazy("from where"))
    def door_cell(self, line: AuditLine) -> object:
        return cells.stacked(words.door(line), cells.ltr(line.address) if line.address else "")

    @display(description=gettext_lazy("before and after"))
    def changes_cell(self, line: AuditLine) -> object:
        names = [words.column_name(line.table, name) for name in line.changes]
        return cells.joined([cells.words(each) for each in names[:6]] + (["…"] if len(names) > 6 else []))

    @display(description=gettext_lazy("when"), ordering="at")
    def at_cell(self, line: AuditLine) -> object:
        return cells.age(line.at)

    # --- One line --------------------------------------------------------------------------------

    def page_title(self, obj: AuditLine) -> str:
        return f"{words.table_name(obj.table)}: {obj.object_name or obj.object_id} · {obj.get_what_display()}"

    def get_panels(self, request: HttpRequest, obj: AuditLine) -> Iterable[object]:
        pairs = [
            (_("what"), words.what_tag(obj.what)),
            (_("kind"), words.table_name(obj.table)),
            (_("object"), words.object_link(obj)),
            (_("number"), cells.ltr(obj.object_id)),
            (_("who"), words.who(obj)),
            (_("door"), words.door(obj)),
            (_("from where"), cells.ltr(obj.address)),
            (_("when"), cells.moment(obj.at)),
        ]
        if obj.note:
            pairs.append((_("note"), cells.paragraphs(obj.note)))
        if obj.request_id:
            same = f"{self.list_url()}?q={obj.request_id}"
            pairs.append((_("request"), cells.link(same, _("See all that it changed"))))
        note = _("Nobody can change or delete this line; the database refuses it.")
        yield Facts(title=_("Line of the audit trail"), pairs=pairs, note=note)
        yield Table(
            title=_("Before and after"),
            headers=[_("field"), _("before"), _("after")],
            rows=words.rows(obj),
            empty=_("No value changed with it."),
        )
