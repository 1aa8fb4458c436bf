from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.emptiness import Nothing
from inventory.admin.pages import PageAdmin

from .. import services
from ..models import RecordError, SyncRun
from ..options import Trigger
from ..processors import registry
from . import run_buttons, run_page, run_tabs
from .again import again_page, apply_page
from .confirm import Question, ask
from .outcome import attempt, run_url, tell_started
from .starts import may_start, start_entity, start_page
from .words import about_calls, entity_name, mode_name, run_title, state_tag, who

Status = SyncRun.Status


class EntityFilter(admin.SimpleListFilter):
    title = gettext_lazy("entity")
    parameter_name = "entity"

    def lookups(self, request, model_admin):
        return [(name, entity_name(name)) for name in registry.names()]

    def queryset(self, request, queryset):
        return queryset.filter(entity=self.value()) if self.value() else queryset


@admin.register(SyncRun)
class SyncRunAdmin(PageAdmin):
    """Runs. The buttons of a run lead to a page that asks; only its form changes anything."""

    heavy_fields = ("cursor", "skip_reasons", "summary", "phases")
    list_display = (
        "number",
        "entity_cell",
        "state",
        "progress",
        "rows",
        "calls",
        "who_cell",
        "asked",
        "took",
    )
    list_filter = ("status", EntityFilter, "mode", "trigger", "is_dry")
    list_select_related = ("organization", "requested_by")
    actions_list = ("start",)
    actions_detail = (
        "apply", "cancel", "pause", "resume", "retry_failures", "again_dry", "approve", "reject",
    )  # fmt: skip
    has_bar = True

    def has_start_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return may_start(request)

    def has_approve_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("zoho_sync.approve_syncrun")

    def has_retry_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("zoho_sync.retry_recorderror")

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("start/", wrap(start_page), name="zoho_sync_syncrun_start"),
            path("start/<str:entity>/<str:mode>/", wrap(start_entity), name="zoho_sync_syncrun_start_entity"),
            path("<int:run_id>/live/", wrap(self.live), name="zoho_sync_syncrun_live"),
            *super().get_urls(),
        ]

    def nothing_yet(self, request: HttpRequest) -> Nothing:
        if not may_start(request):
            return Nothing(text=_("No run was started yet. Ask an operator to start the first sync."))
        text = _("No run was started yet. Start a sync; before it begins, you are told what it costs.")
        return Nothing(text=text, url=reverse("admin:zoho_sync_syncrun_start"), action=_("Start a sync"))

    def live(self, request: HttpRequest, run_id: int) -> JsonResponse:
        """What the open page of a run asks for every few seconds."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse(run_page.live_values(get_object_or_404(SyncRun, pk=run_id)))

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("run"), ordering="pk")
    def number(self, run) -> object:
        return cells.ltr(f"#{run.pk}")

    @display(description=gettext_lazy("entity"), ordering="entity")
    def entity_cell(self, run) -> object:
        dry = cells.tag(_("dry run"), "busy") if run.is_dry else ""
        return cells.stacked(entity_name(run.entity), mode_name(run), dry)

    @display(description=gettext_lazy("state"), ordering="status")
    def state(self, run) -> object:
        return state_tag(run)

    @display(description=gettext_lazy("done"))
    def progress(self, run) -> object:
        return run_page.done_of_total(run)

    @display(description=gettext_lazy("new / changed / failed"))
    def rows(self, run) -> object:
        counts = (run.created_count, run.updated_count, run.failed_count)
        return cells.ltr(" / ".join(cells.decimal_text(count) for count in counts))

    @display(description=gettext_lazy("calls"), ordering="calls_count")
    def calls(self, run) -> object:
        return cells.number(run.calls_count)

    @display(description=gettext_lazy("started by"))
    def who_cell(self, run) -> object:
        return who(run)

    @display(description=gettext_lazy("asked at"), ordering="created_at")
    def asked(self, run) -> object:
        return cells.age(run.created_at)

    @display(description=gettext_lazy("took"))
    def took(self, run) -> object:
        return cells.duration(run_page.seconds_taken(run))

    # --- One run ---------------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: SyncRun) -> Iterable[object]:
        yield from run_page.panels(obj)

    def get_lower_panels(self, request: HttpRequest, obj: SyncRun) -> Iterable[object]:
        yield from run_tabs.panels(request, obj)

    def page_title(self, obj: SyncRun) -> str:
        return run_title(obj)

    def button_words(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        run = run_buttons.row(object_id)
        return run_buttons.words(run, request) if run else {}

    def refusals(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        run = run_buttons.row(object_id)
        return run_buttons.refusals(run) if run else {}

    # --- Buttons ---------------------------------------------------------------------------------

    @action(description=gettext_lazy("Start a sync"), permissions=["start"], icon="sync")
    def start(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:zoho_sync_syncrun_start")

    @action(description=gettext_lazy("Cancel this run"), permissions=["start"], icon="stop_circle")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        what = _("The worker stops after the page in hand. What is in stays in.")
        return self._decide(request, object_id, services.cancel_run, _("Cancel this run"), what, danger=True)

    @action(description=gettext_lazy("Pause this run"), permissions=["start"], icon="pause_circle")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        what = _("The run rests until somebody resumes it.")
        return self._decide(request, object_id, services.pause_run, _("Pause this run"), what)

    @action(description=gettext_lazy("Resume this run"), permissions=["start"], icon="play_circle")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        what = _("The run goes on where it stopped; no page is read twice.")
        return self._decide(request, object_id, services.resume_run, _("Resume this run"), what)

    @action(description=gettext_lazy("Approve the removals"), permissions=["approve"], icon="check_circle")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        what = _(
            "Every missing record is asked for once more by its id. Those that are gone are marked as removed; they "
            "can come back by a later sync."
        )
        words = run_buttons.approve_words(get_object_or_404(SyncRun, pk=object_id))
        return self._decide(request, object_id, services.approve_run, words, what, danger=True)

    @action(description=gettext_lazy("Reject the removals"), permissions=["approve"], icon="cancel")
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        what = _("No row is removed. What the run created and updated stays.")
        return self._decide(request, object_id, services.reject_run, _("Reject the removals"), what)

    @action(description=gettext_lazy("Retry failures"), permissions=["retry"], icon="replay")
    def retry_failures(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = get_object_or_404(SyncRun, pk=object_id)
        errors = services.retryable(RecordError.objects.filter(run=run))
        if request.method != "POST":
            count, calls = services.calls_of_retry(errors)
            words = run_buttons.retry_words(count)
            return ask(
                request,
                Question(
                    title=f"{run_title(run)}: {words}",
                    sentences=[_("The failed records are read again from the source, now.")],
                    facts=[(_("records"), cells.number(count)), (_("cost"), about_calls(calls))],
                    submit=words,
                    cancel_url=run_url(run.pk),
                ),
            )
        runs = attempt(
            request, lambda: services.retry_errors(errors, trigger=Trigger.RETRY, user=request.user)
        )
        if runs:
            tell_started(request, runs)
        return redirect(run_url(run.pk))

    @action(
        description=gettext_lazy("Apply exactly this plan, no call"), permissions=["start"], icon="task_alt"
    )
    def apply(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return apply_page(request, get_object_or_404(SyncRun, pk=object_id))

    @action(description=gettext_lazy("Run again as a dry run"), permissions=["start"], icon="preview")
    def again_dry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return again_page(request, get_object_or_404(SyncRun, pk=object_id))

    def _decide(
        self, request, object_id, verb, name: str, meaning: str, danger: bool = False
    ) -> HttpResponse:
        """GET asks, POST decides and tells the run's new state."""
        run = get_object_or_404(SyncRun, pk=object_id)
        if request.method != "POST":
            question = Question(
                title=f"{run_title(run)}: {name}",
                sentences=[meaning],
                facts=[(_("state"), state_tag(run)), (_("done"), run_page.done_of_total(run))],
                submit=name,
                cancel_url=run_url(run.pk),
                danger=danger,
            )
            return ask(request, question)
        changed = attempt(request, lambda: verb(run, user=request.user))
        if changed:
            told = _("Run %(number)s is now: %(state)s.")
            self.message_user(request, told % {"number": run.pk, "state": changed.get_status_display()})
        return redirect(run_url(run.pk))
