"""Pages of mirrored rows: the source's fields are read-only, staff's own are a form, tombstones are plain to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..mirror import Detailed
from . import cells
from .causes import Causes
from .columns import moment, text
from .kept import KeptLists
from .pages import PageAdmin
from .panels import Banner, Custom, Facts, Raw
from .word_search import WordSearch


class PresenceFilter(admin.SimpleListFilter):
    """Rows that are still at the source, unless somebody asks for the others."""

    title = gettext_lazy("presence")
    parameter_name = "presence"

    def lookups(self, request, model_admin):
        return [("removed", _("Removed")), ("all", _("All"))]

    def choices(self, changelist):
        chosen = self.value()
        yield {
            "selected": chosen is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("At the source"),
        }
        for value, title in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.removed() if self.value() == "removed" else queryset.live()


class MirrorAdmin(KeptLists, WordSearch, PageAdmin):
    """A mirrored table. Staff edit the columns in the model's LOCAL_FIELDS and nothing else.

    sections: (title, column names) of what the source says; columns named nowhere are not shown.
    A model without an admin of its own gets this one, with all its columns in one section.
    """

    list_display: Sequence[Any] = ("label", "code", "age", "presence")
    list_filter: Sequence[Any] = (PresenceFilter,)
    search_fields: Sequence[str] = ("external_id",)
    sections: Sequence[tuple[Any, Sequence[str]]] = ()
    plain = {
        "label": text("external_id"),
        "code": text("external_id"),
        "age": moment("synced_at"),
        "presence": text("removed_at", make=lambda removed_at: _("removed") if removed_at else ""),
    }

    def __init__(self, model: Any, admin_site: admin.AdminSite) -> None:
        self.local_fields = model.LOCAL_FIELDS
        self.heavy_fields = ("payload", "detail_payload") if issubclass(model, Detailed) else ("payload",)
        super().__init__(model, admin_site)

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> list:
        if not self.local_fields:
            return []
        return [(gettext_lazy("Ours: a sync never touches these"), {"fields": list(self.local_fields)})]

    def save_model(self, request: HttpRequest, obj: Any, form, change: bool) -> None:
        """Writes the edited local columns and `edited_at`, and no other: a sync may be writing the row just now."""
        ours = [name for name in form.changed_data if name in self.local_fields]
        if ours:
            obj.edited_at = timezone.now()
            obj.save(update_fields=[*ours, "edited_at"])

    # --- Lists -----------------------------------------------------------------------------------

    @display(description=gettext_lazy("record"))
    def label(self, row) -> object:
        return cells.words(str(row))

    @display(description=gettext_lazy("external id"), ordering="external_id")
    def code(self, row) -> object:
        return cells.ltr(row.external_id)

    @display(description=gettext_lazy("last written"), ordering="synced_at")
    def age(self, row) -> object:
        return cells.age(row.synced_at)

    @display(description=gettext_lazy("presence"))
    def presence(self, row) -> object:
        return removed_tag(row)

    # --- One row's page --------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        if obj.is_removed:
            told = format_html(
                _("This record left the source. It was found out on {when}. {why} {meaning}"),
                when=cells.moment(obj.removed_at),
                why=cells.words(reason_in_words(obj)) if obj.removed_reason else "",
                meaning=_(
                    "It is kept with its history, counts nowhere, and comes back with a sync if it returns."
                ),
            )
            yield Banner(text=told, mood="bad")

    def get_lower_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        yield Custom(template="admin/panels/owner.html")
        for title, names in self.get_sections():
            yield Facts(title=title, pairs=[self.pair(obj, name) for name in names])
        yield self.origin(request, obj)
        yield from raw_panels(obj)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["media"] = context["media"] + Media(css={"all": ["tsh/records.css"]})
        return super().render_change_form(request, context, add, change, form_url, obj)

    def causes(self, request: HttpRequest, obj: Any) -> Causes:
        """Who brought what the page shows, in words; asked for once for a page."""
        known = getattr(request, "record_causes", None)
        if known is None or known[0] != (type(obj), obj.pk):
            told = Causes([obj.cause, *self.further_causes(request, obj)], request.user.has_perm)
            known = request.record_causes = ((type(obj), obj.pk), told)
        return known[1]

    def further_causes(self, request: HttpRequest, obj: Any) -> Iterable[str]:
        """Those that the page shows beside the row's own."""
        return ()

    def get_sections(self) -> Sequence[tuple[Any, Sequence[str]]]:
        if self.sections:
            return self.sections
        hidden = {
            "id",
            "payload",
            "payload_hash",
            "detail_payload",
            "detail_hash",
            "detail_at",
            "detail_is_due",
            "removed_reason",
            "search_text",
            *ORIGIN,
            *self.local_fields,
        }
        names = [column.name for column in self.model._meta.concrete_fields if column.name not in hidden]
        return [(_("What the source says"), names)]

    def origin(self, request: HttpRequest, obj: Any) -> Facts:
        pairs = [self.pair(obj, name) for name in ORIGIN if name != "cause"]
        pairs.append((_("brought by"), self.causes(request, obj)(obj.cause)))
        if obj.removed_reason:
            pairs.append((_("why it is gone"), cells.words(reason_in_words(obj))))
        if isinstance(obj, Detailed):
            read = cells.moment(obj.detail_at) if obj.detail_at else _("not yet")
            pairs.append((_("detail read"), read))
        return Facts(title=_("Where it comes from"), pairs=pairs)


MOST_RAW = 50_000  # characters on a page
ORIGIN = (
    "organization",
    "external_id",
    "source_created_at",
    "source_modified_at",
    "synced_at",
    "cause",
    "edited_at",
    "removed_at",
)


def reason_in_words(row) -> str:
    """Why the row is gone, in the reader's language where we have it; the reason is kept as it was first said."""
    return _(row.removed_reason) if row.removed_reason else ""


def removed_tag(row) -> object:
    """ "removed" with its reason when pointed at; empty for a live row."""
    if not row.is_removed:
        return ""
    return cells.tag(_("removed"), "bad")


def raw_panels(obj: Any) -> Iterable[Raw]:
    """The record as it last came, from the listing and from the detail call."""
    if obj.payload:
        yield raw_panel(_("Raw record, from the listing"), obj.payload)
    if getattr(obj, "detail_payload", ""):
        yield raw_panel(_("Raw record, in detail"), obj.detail_payload)


def raw_panel(title: str, raw: str) -> Raw:
    """Folded; of a record as long as a price list's only the beginning, and it says so."""
    shown = cells.pretty_json(raw, MOST_RAW)
    if len(raw) <= MOST_RAW:
        return Raw(title=title, text=shown)
    note = _("The first %(shown)s of %(all)s characters; the whole record is in the database.")
    told = {"shown": cells.decimal_text(MOST_RAW), "all": cells.decimal_text(len(raw))}
    return Raw(title=title, text=shown, note=note % told)
