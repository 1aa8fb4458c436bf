from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
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
from .explained import KindFilter, explanation_panel, kind_words
from .outcome import attempt, tell_started
from .runs import EntityFilter
from .words import about_calls, entity_name, state_tag, with_cost

Status = RecordError.Status


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

    when_empty = gettext_lazy(
        "No record waits: everything that was read could be taken. There is nothing to do."
    )
    heavy_fields = ("payload",)
    list_display = ("record", "entity_cell", "reason_cell", "state", "seen", "last_seen", "run_cell")
    list_filter = ("status", KindFilter, EntityFilter)
    list_select_related = ("run",)
    search_fields = ("external_id", "record_key", "reason")
    search_help_text = gettext_lazy("External id or reason")
    actions = ("retry", "ignore")
    actions_detail = ("retry_one", "ignore_one")
    has_bar = True

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
        return cells.stacked(kind_words(error.reason), cells.words(error.reason))

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
        is_over = obj.status in (Status.RESOLVED, Status.IGNORED)
        yield Banner(text=cells.words(obj.reason), mood="busy" if is_over else "bad")
        if explained := explanation_panel(obj.reason):
            yield explained
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
        )
        if obj.payload:
            yield Raw(title=_("Raw record"), text=cells.pretty_json(obj.payload), folded=False)

    # --- Buttons ---------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Retry: read them again from the source"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if request.POST.get("confirmed") != "yes":
            cost = [(_("cost"), _("one call for each record at most, fewer where many are read at a time"))]
            return self._ask_selected(request, queryset, "retry", _("Retry failures"), RETRY_MEANING, cost)
        self._retry(request, queryset)
        return None

    @admin.action(description=gettext_lazy("Ignore these failures"), permissions=["retry"])
    def ignore(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if request.POST.get("confirmed") != "yes":
            return self._ask_selected(request, queryset, "ignore", _("Ignore failures"), IGNORE_MEANING)
        self._ignore(request, queryset)
        return None

    @action(description=gettext_lazy("Retry this record"), permissions=["retry"], icon="replay")
    def retry_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, self._retry, retry_words(), RETRY_MEANING)

    @action(description=gettext_lazy("Ignore this failure"), permissions=["retry"], icon="notifications_off")
    def ignore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, self._ignore, _("Ignore this failure"), IGNORE_MEANING)

    def button_words(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        return {"retry_one": retry_words()}

    def refusals(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        """Retried is what waits and can be asked for; ignored is what is not over."""
        key = str(object_id)
        known = RecordError.objects.only("status", "external_id").filter(pk=key if key.isdecimal() else 0)
        error = known.first()
        if error is None:
            return {}
        refused = {}
        if error.status == Status.RESOLVED:
            refused["ignore_one"] = _("A later run has taken this record; there is nothing to ignore.")
        elif error.status == Status.IGNORED:
            refused["ignore_one"] = _("It is ignored already; the next failure of the record brings it back.")
        if error.status == Status.RETRYING:
            refused["retry_one"] = _("The record is being read again just now.")
        elif error.status != Status.WAITING:
            refused["retry_one"] = _("Only a failure that waits can be retried.")
        elif not error.external_id:
            refused["retry_one"] = _("The record has no id, so Zoho cannot be asked for it. Run a full sync.")
        return refused

    def _one(self, request, object_id, verb, name: str, meaning) -> HttpResponse:
        chosen = RecordError.objects.filter(pk=object_id)
        page = reverse("admin:zoho_sync_recorderror_change", args=[object_id])
        if request.method != "POST":
            return ask(request, Question(title=name, sentences=[meaning], submit=name, cancel_url=page))
        verb(request, chosen)
        return redirect(page)

    def _ask_selected(self, request, queryset, verb: str, title: str, meaning, cost=()) -> HttpResponse:
        question = Question(
            title=title,
            sentences=[meaning],
            facts=[(_("records"), cells.number(queryset.count())), *cost],
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
        url = f"{reverse('admin:zoho_sync_recorderror_changelist')}?status__exact={Status.IGNORED}"
        link = cells.link(url, _("See what is ignored"))
        messages.success(request, format_html("{} {}", told % {"count": count}, link))


def retry_words() -> str:
    return with_cost(_("Retry this record"), about_calls(1))


RETRY_MEANING = gettext_lazy("Each record is read again from the source, now.")
IGNORE_MEANING = gettext_lazy(
    "They leave the list of what waits. The next failure of the same record brings it back."
)
