"""Expectations: of which subjects webhooks have to come, and how long they may be silent in working time."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from inventory.admin import cells
from inventory.admin.emptiness import EmptyLists
from inventory.admin.pages import Titled
from inventory.models import Organization

from ..models import WebhookExpectation
from ..subjects import SUBJECTS
from .webhook_words import subject_name, unbroken

FIRST_DAY = 6  # the week of the region begins on Sunday
LONGEST_HOURS = 24 * 31
COVERAGE = "admin:zoho_sync_webhookdelivery_coverage"


def day_choices() -> list[tuple[int, str]]:
    return [(day, str(WEEKDAYS[day])) for day in ((FIRST_DAY + place) % 7 for place in range(7))]


def days_in_words(weekdays: list[int]) -> str:
    if not weekdays or len(set(weekdays)) == 7:
        return _("every day")
    chosen = [(place, name) for place, (day, name) in enumerate(day_choices()) if day in weekdays]
    (first, first_name), (last, last_name) = chosen[0], chosen[-1]
    if len(chosen) > 2 and last - first == len(chosen) - 1:
        return _("%(first)s to %(last)s") % {"first": first_name, "last": last_name}
    return ", ".join(name for _place, name in chosen)


def in_words(expectation: WebhookExpectation) -> object:
    """Hours, days and times of day in one cell."""
    hours = unbroken(_("at most %(hours)s h of silence") % {"hours": expectation.silence_hours})
    all_day = expectation.from_hour == 0 and expectation.to_hour == 24
    times = "" if all_day else cells.ltr(f"{expectation.from_hour}:00–{expectation.to_hour}:00")
    return cells.stacked(hours, unbroken(cells.joined([days_in_words(expectation.weekdays), times])))


def hours_field(label, least: int, most: int, help_text="") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": least, "max": most}),
    )


class ExpectationForm(forms.ModelForm):
    subject = forms.ChoiceField(
        label=gettext_lazy("Subject"),
        choices=lambda: [(name, subject_name(name)) for name in SUBJECTS],
        widget=UnfoldAdminSelectWidget(),
    )
    is_expected = forms.BooleanField(
        label=gettext_lazy("Expected"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=gettext_lazy("A webhook for it is set up in Zoho."),
    )
    silence_hours = hours_field(
        gettext_lazy("Hours of silence"),
        1,
        LONGEST_HOURS,
        gettext_lazy("After so many working hours without a delivery somebody is told, and the gap is read."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Working days"),
        coerce=int,
        choices=day_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tsh-days"}),
        help_text=gettext_lazy("None chosen means every day."),
    )
    from_hour = hours_field(gettext_lazy("From hour"), 0, 23)
    to_hour = hours_field(
        gettext_lazy("To hour"),
        1,
        24,
        gettext_lazy("Full hours, in the organisation's time zone; 24 is midnight."),
    )

    class Meta:
        model = WebhookExpectation
        fields = (
            "organization",
            "subject",
            "is_expected",
            "silence_hours",
            "weekdays",
            "from_hour",
            "to_hour",
        )

    def clean(self) -> dict:
        values = super().clean() or self.cleaned_data
        if "organization" not in self.fields and not self.instance.organization_id:
            self.instance.organization = Organization.objects.first()
        opens, closes = values.get("from_hour"), values.get("to_hour")
        if opens is not None and closes is not None and opens >= closes:
            self.add_error("to_hour", _("The working time must end after it begins."))
        subject = values.get("subject")
        organization = values.get("organization") or self.instance.organization
        same = WebhookExpectation.objects.filter(organization=organization, subject=subject)
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("subject", _("There is an expectation of this subject already."))
        return values


@admin.register(WebhookExpectation)
class WebhookExpectationAdmin(EmptyLists, ModelAdmin):
    when_empty = gettext_lazy(
        "Nothing is expected yet, so no silence of webhooks is noticed. Say of which subjects they have to come."
    )
    form = ExpectationForm
    list_display = ("subject_cell", "expected", "allowed", "silent")
    list_per_page = 50
    show_full_result_count = False
    list_select_related = ("organization",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and Organization.objects.exists()

    def get_fieldsets(self, request: HttpRequest, obj: WebhookExpectation | None = None) -> list:
        several = Organization.objects.count() > 1
        names = [
            *(["organization"] if several else []),
            "subject",
            "is_expected",
            "silence_hours",
            "weekdays",
        ]
        return [(None, {"fields": [*names, "from_hour", "to_hour"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).order_by("organization", "subject")

    def save_model(self, request: HttpRequest, obj: WebhookExpectation, form, change: bool) -> None:
        """A changed expectation starts afresh: the silence of the former one is over."""
        obj.changed_at = timezone.now()
        obj.silent_since = obj.backfilled_at = None
        super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj) -> HttpResponse:
        return redirect(COVERAGE)

    def response_post_save_change(self, request: HttpRequest, obj) -> HttpResponse:
        return redirect(COVERAGE)

    @display(description=gettext_lazy("subject"), ordering="subject")
    def subject_cell(self, expectation) -> object:
        several = Organization.objects.count() > 1
        return cells.stacked(
            subject_name(expectation.subject), cells.words(str(expectation.organization)) if several else ""
        )

    @display(description=gettext_lazy("expected"), ordering="is_expected")
    def expected(self, expectation) -> object:
        return cells.yes_no(expectation.is_expected)

    @display(description=gettext_lazy("allowed"))
    def allowed(self, expectation) -> object:
        return in_words(expectation)

    @display(description=gettext_lazy("silent since"), ordering="silent_since")
    def silent(self, expectation) -> object:
        return cells.age(expectation.silent_since)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["subtitle"] = subject_name(obj.subject)
            context["original"] = Titled(obj, context["subtitle"])
        return super().render_change_form(request, context, add, change, form_url, obj)
