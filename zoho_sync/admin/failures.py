from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner, Facts, Raw

from .. import services
from ..models import RecordError
from ..options import Trigger
from .confirm import Question, ask
from .outcome import attempt, tell_started
from .runs import EntityFilter
from .words import entity_name, state_tag


def selection(request: HttpRequest, rows: QuerySet) -> list[tuple[str, str]]:
    """What the confirming form sends along, so that it means the very rows that were chosen."""
    if request.POST.get("select_across") == "1":
        return [(ACTION_CHECKBOX_NAME, str(pk)) for pk in rows.values_list("pk", flat=True)[:1]] + [
            ("select_across", "1")
        ]
    return [(ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]


@admin.register(RecordError)
class RecordErrorAdmin(PageAdmin):
    """Records that could not be taken. Nothing here is edited: a retry reads the record again from the source."""

    heavy_fields = ("payload",)
    list_display = ("record", "entity_cell", "reason_cell", "state", "seen", "last_seen", "run_cell")
    list_filter = ("status", EntityFilter)
    list_select_related = ("run",)
    search_fields = ("external_id", "record_key", "reason")
    search_help_text = gettext_lazy("External id or reason")
    actions = ("retry", "ignore")
    actions_detail = ("retry_one", "ignore_one")

    def has_retry_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("zoho_sync.retry_recorderror")

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("record"), ordering="external_id")
    def record(self, error) -> object:
        return cells.ltr(error.external_id or error.record_key)

    @display(description=gettext_lazy("entity"), ordering="entity")
    def entity_cell(self, error) -> object:
        return entity_name(error.entity)

    @display(description=gettext_lazy("reason"))
    def reason_cell(self, error) -> object:
        return cells.words(error.reason)

    @display(description=gettext_lazy("state"), ordering="status")
    def state(self, error) -> object:
        return state_tag(error)

    @display(description=gettext_lazy("seen"), ordering="seen_count")
    def seen(self, error) -> object:
        return cells.number(error.seen_count)

    @display(description=gettext_lazy("last seen"), ordering="last_seen_at")
    def last_seen(self, error) -> object:
        return cells.age(error.last_seen_at)

    @display(description=gettext_lazy("run"))
    def run_cell(self, error) -> object:
        return cells.link_to(error.run, cells.ltr(f"#{error.run_id}"))

    # --- One failure -----------------------------------------------------------------------------

    def page_title(self, obj: RecordError) -> str:
        return f"{entity_name(obj.entity)}: {obj.record_key}"

    def get_panels(self, request: HttpRequest, obj: RecordError) -> Iterable[object]:
        yield Banner(text=cells.words(obj.reason), mood="bad")
        yield Facts(
            title=_("Failure"),
            pairs=[
                (_("entity"), entity_name(obj.entity)),
                (_("record"), cells.ltr(obj.record_key)),
                (_("external id"), cells.ltr(obj.external_id)),
                (_("state"), state_tag(obj)),
                (_("run"), cells.link_to(obj.run, cells.ltr(f"#{obj.run_id}"))),
                (_("seen"), cells.number(obj.seen_count)),
                (_("first seen"), cells.moment(obj.first_seen_at)),
                (_("last seen"), cells.moment(obj.last_seen_at)),
                (_("resolved at"), cells.moment(obj.resolved_at)),
            ],
            note=_(
                "The last good version of this record, if there is one, is still in its table. Mend the record at "
                "the source, then press Retry; or press Ignore if it is of no use."
            ),
        )
        if obj.payload:
            yield Raw(title=_("Raw record"), text=cells.pretty_json(obj.payload), folded=False)

    # --- Buttons ---------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Retry: read them again from the source"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if request.POST.get("confirmed") != "yes":
            return self._ask_selected(request, queryset, "retry", _("Retry failures"), RETRY_MEANING)
        self._retry(request, queryset)
        return None

    @admin.action(description=gettext_lazy("Ignore"), permissions=["retry"])
    def ignore(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if request.POST.get("confirmed") != "yes":
            return self._ask_selected(request, queryset, "ignore", _("Ignore failures"), IGNORE_MEANING)
        self._ignore(request, queryset)
        return None

    @action(description=gettext_lazy("Retry"), permissions=["retry"], icon="replay")
    def retry_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, self._retry, _("Retry"), RETRY_MEANING)

    @action(description=gettext_lazy("Ignore"), permissions=["retry"], icon="notifications_off")
    def ignore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, self._ignore, _("Ignore"), IGNORE_MEANING)

    def _one(self, request, object_id, verb, name: str, meaning) -> HttpResponse:
        chosen = RecordError.objects.filter(pk=object_id)
        page = reverse("admin:zoho_sync_recorderror_change", args=[object_id])
        if request.method != "POST":
            return ask(request, Question(title=name, sentences=[meaning], submit=name, cancel_url=page))
        verb(request, chosen)
        return redirect(page)

    def _ask_selected(self, request, queryset, verb: str, title: str, meaning) -> HttpResponse:
        question = Question(
            title=title,
            sentences=[meaning],
            facts=[(_("records"), cells.number(queryset.count()))],
            hidden=[("action", verb), ("confirmed", "yes"), *selection(request, queryset)],
            submit=title,
            cancel_url=request.get_full_path(),
        )
        return ask(request, question)

    def _retry(self, request: HttpRequest, queryset: QuerySet) -> None:
        runs = attempt(
            request, lambda: services.retry_errors(queryset, trigger=Trigger.RETRY, user=request.user)
        )
        if runs:
            tell_started(request, runs)

    def _ignore(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = services.ignore_errors(queryset, user=request.user)
        told = ngettext("%(count)s failure is ignored.", "%(count)s failures are ignored.", count)
        messages.success(request, told % {"count": count})


RETRY_MEANING = gettext_lazy("Each record is read again from the source, now.")
IGNORE_MEANING = gettext_lazy(
    "They leave the list of what waits. The next failure of the same record brings it back."
)
