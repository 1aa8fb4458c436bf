"""Schedules of syncs: which entity, how, and when. Staff choose from lists; no callable can be named here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from croniter import croniter
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.models import Schedule
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from inventory.admin import cells
from inventory.admin.changelists import QuietChangeList
from inventory.admin.emptiness import EmptyLists
from inventory.admin.pages import Titled
from inventory.admin.panels import Table
from inventory.models import Organization

from ..options import SyncMode
from ..processors import registry
from ..schedules import ARGUMENTS, START, arguments
from .words import entity_name

FOREVER, OFF = -1, 0  # the queue's own words in `repeats`
SHORTEST = timedelta(minutes=1)


def mode_name(mode: str) -> str:
    if not mode:
        return _("automatic: incremental, full once a day")
    return str(SyncMode(mode).label) if mode in SyncMode else mode


def next_times(cron: str, count: int = 3) -> list[datetime]:
    ticks = croniter(cron, timezone.localtime())
    return [ticks.get_next(datetime) for _each in range(count)]


def entity_choices() -> list[tuple[str, str]]:
    return [(name, entity_name(name)) for name in registry.names()]


def mode_choices() -> list[tuple[str, str]]:
    return [(mode, mode_name(mode)) for mode in ("", SyncMode.INCREMENTAL.value, SyncMode.FULL.value)]


class ScheduleForm(forms.ModelForm):
    entity = forms.ChoiceField(
        label=gettext_lazy("Entity"), choices=entity_choices, widget=UnfoldAdminSelectWidget()
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"), choices=mode_choices, required=False, widget=UnfoldAdminSelectWidget()
    )
    organization = forms.ModelChoiceField(
        Organization.objects.all(),
        label=gettext_lazy("Organisation"),
        required=False,
        empty_label=gettext_lazy("the only one"),
        to_field_name="external_id",
        widget=UnfoldAdminSelectWidget(),
    )
    is_on = forms.BooleanField(
        label=gettext_lazy("Switched on"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget()
    )
    cron = forms.CharField(
        label=gettext_lazy("When"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "ltr"}),
        help_text=gettext_lazy(
            "Five fields: minute, hour, day, month, weekday. */15 * * * * is every quarter of an hour, 0 2 * * * is "
            "every day at 2."
        ),
    )

    class Meta:
        model = Schedule
        fields = ("entity", "mode", "organization", "cron", "is_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            told = arguments(self.instance)
            self.initial["entity"], self.initial["mode"] = told["entity"], told["mode"]
            self.initial["organization"] = told["organization_external_id"] or None
            self.initial["is_on"] = self.instance.repeats != OFF

    def clean_cron(self) -> str:
        cron = " ".join(self.cleaned_data["cron"].split())
        if len(cron.split(" ")) != 5 or not croniter.is_valid(cron):
            raise forms.ValidationError(
                _("“%(cron)s” is no cron expression. Write five fields, such as */15 * * * *.")
                % {"cron": cron}
            )
        try:
            next_times(cron, 1)
        except ValueError as error:
            raise forms.ValidationError(_("This moment never comes. Choose another day or month.")) from error
        return cron

    def clean(self) -> dict:
        values = super().clean() or self.cleaned_data
        organization = values.get("organization")
        if organization is None and Organization.objects.count() > 1:
            self.add_error("organization", _("There are several organisations: choose one."))
        return values


@admin.register(Schedule)
class ScheduleAdmin(EmptyLists, ModelAdmin):
    when_empty = gettext_lazy(
        "No schedule is set up, so nothing is synced by itself. Add one for each entity."
    )
    form = ScheduleForm
    list_display = ("entity_cell", "mode_cell", "cron_cell", "on_cell", "next_cell")
    list_display_links = ("entity_cell",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("name", "pk")
    change_form_outer_after_template = "admin/panels/below.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Only schedules of syncs: the queue's own housekeeping is nobody's to edit."""
        return super().get_queryset(request).filter(func=START)

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[QuietChangeList]:
        return QuietChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Schedules")} | (extra_context or {}))

    def get_fieldsets(self, request: HttpRequest, obj: Schedule | None = None) -> list:
        several = Organization.objects.count() > 1
        names = ["entity", "mode", *(["organization"] if several else []), "cron", "is_on"]
        return [(None, {"fields": names})]

    def save_model(self, request: HttpRequest, obj: Schedule, form: ScheduleForm, change: bool) -> None:
        """Everything that runs is written here from the choices made, never from what was typed."""
        chosen = form.cleaned_data
        organization = chosen.get("organization")
        values = {
            "entity": chosen["entity"],
            "organization_external_id": organization.external_id if organization else "",
            "mode": chosen["mode"],
        }
        obj.func, obj.hook, obj.kwargs = START, None, None
        obj.args = repr(tuple(values[name] for name in ARGUMENTS))
        obj.name = obj.name or free_name(values)
        obj.schedule_type, obj.cron = Schedule.CRON, chosen["cron"]
        obj.repeats = FOREVER if chosen["is_on"] else OFF
        obj.next_run = next_times(chosen["cron"], 1)[0]
        super().save_model(request, obj, form, change)

    @display(description=gettext_lazy("entity"))
    def entity_cell(self, schedule) -> object:
        return entity_name(arguments(schedule)["entity"]) or schedule.name or f"#{schedule.pk}"

    @display(description=gettext_lazy("mode"))
    def mode_cell(self, schedule) -> object:
        return mode_name(arguments(schedule)["mode"])

    @display(description=gettext_lazy("when"))
    def cron_cell(self, schedule) -> object:
        if schedule.schedule_type == Schedule.CRON:
            return cells.ltr(schedule.cron)
        return schedule.get_schedule_type_display()

    @display(description=gettext_lazy("switched on"))
    def on_cell(self, schedule) -> object:
        return cells.yes_no(schedule.repeats != OFF)

    @display(description=gettext_lazy("next run"), ordering="next_run")
    def next_cell(self, schedule) -> object:
        return cells.moment(schedule.next_run) if schedule.repeats != OFF else cells.UNKNOWN

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["panels_below"] = list(upcoming(obj)) if obj else []
        if obj:
            told = arguments(obj)
            context["subtitle"] = f"{entity_name(told['entity'])}, {mode_name(told['mode'])}"
            context["original"] = Titled(obj, context["subtitle"])
        return super().render_change_form(request, context, add, change, form_url, obj)


def upcoming(schedule: Schedule) -> Iterable[Table]:
    if (
        schedule.schedule_type == Schedule.CRON
        and schedule.repeats != OFF
        and croniter.is_valid(schedule.cron or "")
    ):
        yield Table(
            title=_("The next times"),
            headers=[_("at"), _("from now")],
            rows=[[cells.moment(each), cells.age(each)] for each in next_times(schedule.cron)],
        )


def free_name(values: dict[str, str]) -> str:
    """A name no other schedule has: the queue tells its schedules apart by name."""
    wanted = " ".join(
        value for value in (values["entity"], values["mode"], values["organization_external_id"]) if value
    )
    taken = set(Schedule.objects.filter(name__startswith=wanted).values_list("name", flat=True))
    return next(
        name for name in (wanted, *(f"{wanted} {n}" for n in range(2, len(taken) + 3))) if name not in taken
    )
