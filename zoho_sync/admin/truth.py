"""Truth: how much of the mirror is right, which records have drifted, and every comparison that was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.emptiness import Nothing
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Facts, Table

from ..models import TruthCheck
from . import truth_page, truth_verbs
from .outcome import run_link
from .runs import EntityFilter
from .starts import may_start
from .truth_words import difference_rows, own_page, verdict_tag
from .words import about_calls, entity_name, state_tag, with_cost


@admin.register(TruthCheck)
class TruthCheckAdmin(PageAdmin):
    list_display = ("record_cell", "entity_cell", "verdict_cell", "fields_cell", "checked_cell")
    list_filter = ("verdict", EntityFilter)
    list_select_related = ("refresh_run",)
    search_fields = ("label", "external_id")
    actions_detail = ("refresh_one",)

    def get_urls(self) -> list:
        return [*truth_page.urls(self), *truth_verbs.urls(self), *super().get_urls()]

    def has_refresh_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return may_start(request) and self.has_view_permission(request)

    @action(
        description=gettext_lazy("Refresh this record from Zoho"),
        permissions=["refresh"],
        icon="cloud_download",
    )
    def refresh_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        back = reverse("admin:zoho_sync_truthcheck_truth")
        return truth_verbs.refresh_check(request, object_id, back) or redirect(back)

    def nothing_yet(self, request: HttpRequest) -> Nothing:
        text = _("No record has been compared with Zoho yet. Every hour some are, once schedules are set up.")
        page = reverse("admin:zoho_sync_truthcheck_truth")
        return Nothing(text=text, url=page, action=_("See the page Truth"))

    def button_words(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        return {"refresh_one": with_cost(_("Refresh this record from Zoho"), about_calls(1))}

    @display(description=gettext_lazy("record"), ordering="label")
    def record_cell(self, check) -> object:
        return cells.stacked(cells.words(check.label or check.external_id), cells.ltr(check.external_id))

    @display(description=gettext_lazy("entity"), ordering="entity")
    def entity_cell(self, check) -> object:
        return entity_name(check.entity)

    @display(description=gettext_lazy("verdict"), ordering="verdict")
    def verdict_cell(self, check) -> object:
        return verdict_tag(check)

    @display(description=gettext_lazy("reason"))
    def fields_cell(self, check) -> object:
        return cells.words(check.reason)

    @display(description=gettext_lazy("compared at"), ordering="checked_at")
    def checked_cell(self, check) -> object:
        return cells.moment(check.checked_at)

    def page_title(self, obj: TruthCheck) -> str:
        return obj.label or obj.external_id

    def get_panels(self, request: HttpRequest, obj: TruthCheck) -> Iterable[object]:
        yield Facts(
            title=_("Comparison"),
            pairs=[
                (_("record"), own_page(obj)),
                (_("entity"), entity_name(obj.entity)),
                (_("external id"), cells.ltr(obj.external_id)),
                (_("compared at"), cells.moment(obj.checked_at)),
                (_("verdict"), verdict_tag(obj)),
                (_("reason"), cells.words(obj.reason)),
                (_("equal again at"), cells.moment(obj.mended_at)),
                (
                    _("refreshed by"),
                    cells.inline(run_link(obj.refresh_run.pk), state_tag(obj.refresh_run))
                    if obj.refresh_run
                    else cells.UNKNOWN,
                ),
            ],
        )
        yield Table(
            title=_("Differences"),
            headers=[_("field"), _("here"), _("in Zoho")],
            rows=difference_rows(obj),
            empty=_("Every field was the same."),
        )
