"""The form of a rule: what is judged is chosen from lists, and what makes no sense together is refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleTimeWidget,
)

from zoho_sync import status

from ..causes import CAUSES
from ..figures import FIGURES
from ..models import AlertChannel, AlertRule

FIRST_DAY = 6  # the week of the region begins on Sunday
Source = AlertRule.Source


def day_choices() -> list[tuple[int, str]]:
    return [(day, str(WEEKDAYS[day])) for day in ((FIRST_DAY + place) % 7 for place in range(7))]


def judged_choices() -> list:
    """Causes and figures, each by its words."""
    causes = [(f"cause:{cause.word}", str(cause.label)) for cause in CAUSES.values() if cause.word != "watch"]
    figures = [(f"metric:{figure.name}", str(figure.words)) for figure in FIGURES.values()]
    return [(_("Something found wrong"), causes), (_("A figure"), figures)]


def entity_choices() -> list[tuple[str, str]]:
    return [("", _("each of them")), *((name, str(words)) for name, words in status.entities())]


def statistic_choices() -> list[tuple[str, Any]]:
    return [("", "—"), *AlertRule.Statistic.choices]


def comparison_choices() -> list[tuple[str, Any]]:
    return [("", "—"), *AlertRule.Comparison.choices]


class RuleForm(forms.ModelForm):
    judged = forms.ChoiceField(
        label=gettext_lazy("What is judged"),
        choices=judged_choices,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy(
            "Something found wrong is told as it is found. A figure is compared with a threshold over a window of time."
        ),
    )
    entity = forms.ChoiceField(
        label=gettext_lazy("Entity"),
        choices=entity_choices,
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    statistic = forms.ChoiceField(
        label=gettext_lazy("Statistic"),
        choices=statistic_choices,
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy("For figures only: what of the window is compared."),
    )
    comparison = forms.ChoiceField(
        label=gettext_lazy("Bad when it is"),
        choices=comparison_choices,
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=gettext_lazy("For figures only."),
    )
    quiet_weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Quiet days"),
        coerce=int,
        choices=day_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tsh-days"}),
        help_text=gettext_lazy(
            "Without times the whole day is quiet. With times: on these days, or on every day if none is chosen."
        ),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=UnfoldAdminSingleTimeWidget()
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=UnfoldAdminSingleTimeWidget(),
        help_text=gettext_lazy(
            "May lie after midnight. Quiet hours hold for everything of this rule, urgent things too: an alert is "
            "there, and people are told when the hours are over, if it is still bad."
        ),
    )
    channels = forms.ModelMultipleChoiceField(
        AlertChannel.objects.defer("secrets").order_by("name"),
        label=gettext_lazy("Channels"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=gettext_lazy("None: every channel that takes alerts of its severity."),
    )

    class Meta:
        model = AlertRule
        fields = (
            "name",
            "is_on",
            "severity",
            "entity",
            "statistic",
            "window_minutes",
            "comparison",
            "threshold",
            "fewest",
            "for_minutes",
            "resolve_minutes",
            "escalate_minutes",
            "quiet_weekdays",
            "quiet_from",
            "quiet_to",
            "channels",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["judged"] = f"{self.instance.source}:{self.instance.subject}"
        threshold = self.fields.get("threshold")
        if threshold is not None:
            threshold.help_text = _(
                "Of a figure: the limit; of a share, in percent. Of what is found: %(causes)s; empty takes ours."
            ) % {"causes": "; ".join(_threshold_words())}

    def clean(self) -> dict:
        values = super().clean() or self.cleaned_data
        if (values.get("quiet_from") is None) != (values.get("quiet_to") is None):
            self.add_error("quiet_to", _("Quiet hours need both a beginning and an end."))
        if "judged" in values:
            source, _sign, subject = values["judged"].partition(":")
            self.instance.source, self.instance.subject = source, subject
            if source == Source.METRIC:
                self._clean_figure(values, subject)
            else:
                self._clean_cause(values, subject)
        return values

    def _clean_figure(self, values: dict, subject: str) -> None:
        figure = FIGURES[subject]
        for name in ("statistic", "comparison"):
            if not values.get(name):
                self.add_error(name, _("A figure needs it."))
        if values.get("threshold") is None and "threshold" not in self.errors:
            self.add_error("threshold", _("A figure needs it."))
        statistic = values.get("statistic")
        if statistic and not figure.may(statistic):
            known = ", ".join(
                str(AlertRule.Statistic(each).label) for each in figure.statistics if figure.may(each)
            )
            self.add_error(
                "statistic", _("This figure cannot be judged so, but by: %(names)s.") % {"names": known}
            )
        threshold = values.get("threshold")
        if statistic == "share" and threshold is not None and not 0 <= threshold <= 100:
            self.add_error("threshold", _("A share lies between 0 and 100 percent."))
        if values.get("entity") and not figure.has_entity:
            self.add_error("entity", _("This figure is not told of each entity."))

    def _clean_cause(self, values: dict, subject: str) -> None:
        """What only figures have is not kept, so that nobody believes that it is obeyed."""
        values["statistic"] = values["comparison"] = ""
        limits, threshold = CAUSES[subject].threshold, values.get("threshold")
        if limits is None:
            if threshold is not None:
                self.add_error("threshold", _("This has no threshold: it is there or it is not."))
        elif threshold is not None and not limits.lowest <= threshold <= limits.highest:
            told = _("From %(lowest)s to %(highest)s is expected: %(what)s.")
            facts = {
                "lowest": f"{limits.lowest:g}",
                "highest": f"{limits.highest:g}",
                "what": limits.words,
            }
            self.add_error("threshold", told % facts)


def _threshold_words() -> list[str]:
    return [
        _("%(cause)s: %(what)s (%(default)s)")
        % {"cause": cause.label, "what": cause.threshold.words, "default": f"{cause.threshold.default:g}"}
        for cause in CAUSES.values()
        if cause.threshold
    ]
