from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner, Facts, Table

from ..causes import CAUSES
from ..figures import FIGURES
from ..judging import interval, would_say
from ..models import AlertRule
from .alert_words import entity_words, severity_tag
from .rule_form import RuleForm

FIELDSETS = (
    (None, ["name", "is_on", "severity"]),
    (gettext_lazy("What is judged"), ["judged", "entity", "threshold"]),
    (
        gettext_lazy("How a figure is judged"),
        ["statistic", "comparison", "window_minutes", "fewest"],
    ),
    (gettext_lazy("When it opens and ends"), ["for_minutes", "resolve_minutes", "escalate_minutes"]),
    (gettext_lazy("Who is told, and when"), ["channels", "quiet_weekdays", "quiet_from", "quiet_to"]),
)
MOST_BREACHES = 50


@admin.register(AlertRule)
class AlertRuleAdmin(PageAdmin):
    """Rules, with what they say now. Those that we bring along can be changed and switched off, but not removed."""

    when_empty = gettext_lazy(
        "There is no rule, so nothing is watched. Add one, or run manage.py migrate to bring the usual ones back."
    )
    form = RuleForm
    local_fields = ("name",)  # there is a form
    list_display = (
        "name_cell",
        "on",
        "severity_cell",
        "judged_cell",
        "limit",
        "value",
        "open_cell",
        "judged_when",
    )
    list_display_links = ("name_cell",)
    list_filter = ("is_on", "severity", "source")
    list_select_related = False
    search_fields = ("name", "subject")
    actions_detail = ("try_one",)
    ordering = ("-is_on", "source", "pk")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return ModelAdmin.has_add_permission(self, request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        is_ours = obj is not None and cast(AlertRule, obj).code is not None
        return not is_ours and ModelAdmin.has_delete_permission(self, request, obj)

    def has_try_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("monitoring.view_alertrule")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        is_open = Q(alerts__state="open")
        return super().get_queryset(request).annotate(open_count=Count("alerts", filter=is_open))

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> list:
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [(name, {"fields": fields}) for name, fields in FIELDSETS] if may else []

    def save_model(self, request: HttpRequest, obj: AlertRule, form, change: bool) -> None:
        """A changed rule is judged anew at the next look."""
        obj.judged_at, obj.last_value, obj.breached_since, obj.problem = None, None, {}, ""
        super().save_model(request, obj, form, change)

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("rule"), ordering="name")
    def name_cell(self, rule) -> object:
        problem = cells.tag(_("cannot be judged"), "bad") if rule.problem else ""
        return cells.stacked(cells.words(str(rule)), problem)

    @display(description=gettext_lazy("on"), ordering="is_on")
    def on(self, rule) -> object:
        return cells.yes_no(rule.is_on)

    @display(description=gettext_lazy("severity"))
    def severity_cell(self, rule) -> object:
        return severity_tag(rule.severity)

    @display(description=gettext_lazy("what is judged"))
    def judged_cell(self, rule) -> object:
        return judged_words(rule)

    @display(description=gettext_lazy("threshold"))
    def limit(self, rule) -> object:
        return limit_words(rule)

    @display(description=gettext_lazy("last value"))
    def value(self, rule) -> object:
        return value_words(rule)

    @display(description=gettext_lazy("open alerts"), ordering="open_count")
    def open_cell(self, rule) -> object:
        return cells.number(rule.open_count)

    @display(description=gettext_lazy("judged"), ordering="judged_at")
    def judged_when(self, rule) -> object:
        return cells.age(rule.judged_at)

    # --- One rule --------------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: AlertRule) -> Iterable[object]:
        if obj.problem:
            yield Banner(
                text=cells.stacked(
                    _("It could not be judged when the watch looked last."), cells.ltr(obj.problem)
                ),
                mood="bad",
            )
        yield Facts(
            title=_("Now"),
            pairs=[
                (_("on"), cells.yes_no(obj.is_on)),
                (_("severity"), severity_tag(obj.severity)),
                (_("what is judged"), judged_words(obj)),
                (_("entity"), entity_words(obj.entity) if obj.entity else _("each of them")),
                (_("threshold"), limit_words(obj)),
                (_("last value"), value_words(obj)),
                (_("judged"), cells.age(obj.judged_at)),
                (_("how often"), cells.duration(interval(obj).total_seconds())),
                (_("bad, but not for long enough yet"), cells.number(len(waiting(obj)))),
                (_("open alerts"), cells.number(obj.alerts.filter(state="open").count())),
            ],
            note=meaning(obj),
        )

    def get_lower_panels(self, request: HttpRequest, obj: AlertRule) -> Iterable[object]:
        yield Table(
            title=_("Its last alerts"),
            headers=[_("alert"), _("state"), _("first seen"), _("last seen"), _("seen")],
            rows=[
                [
                    cells.link_to(each, cells.words(each.message or each.title)),
                    each.get_state_display(),
                    cells.age(each.first_seen_at),
                    cells.age(each.last_seen_at),
                    cells.number(each.count),
                ]
                for each in obj.alerts.order_by("-pk")[:10]
            ],
            numeric=frozenset({4}),
            empty=_("There was none yet. Press Try this rule now to see what it would say."),
        )

    @action(description=gettext_lazy("Try this rule now"), permissions=["try"], icon="science")
    def try_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What it would say at this moment; nothing is opened, and nobody is told."""
        rule = get_object_or_404(AlertRule, pk=object_id if str(object_id).isdigit() else 0)
        context = self.admin_site.each_context(request) | {
            "title": f"{rule}: {_('Try this rule now')}",
            "panels": tried(rule),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/monitoring/panels.html", context)


def tried(rule: AlertRule) -> list[object]:
    try:
        judgement, long_enough = would_say(rule, timezone.now())
    except Exception as error:  # the page is for finding out why
        return [Banner(text=cells.ltr(f"{type(error).__name__}: {error}"), mood="bad")]
    count = len(judgement.breaches)
    if not count:
        has_data = rule.source == AlertRule.Source.CAUSE or judgement.value is not None
        text = _("All is well.") if has_data else _("There is no data to judge by.")
        return [Banner(text=text, mood="good" if has_data else "busy")]
    text = ngettext("It finds %(count)s thing bad.", "It finds %(count)s things bad.", count)
    return [
        Banner(text=text % {"count": count}, mood="warn"),
        Table(
            title=_("What it would say"),
            headers=[_("alert"), _("what is wrong"), _("what to do"), _("long enough to open")],
            rows=[
                [
                    cells.words(each.title),
                    cells.words(each.message),
                    cells.words(each.what_to_do),
                    cells.yes_no(each.fingerprint in long_enough),
                ]
                for each in judgement.breaches[:MOST_BREACHES]
            ],
            note=_("Nothing was opened, and nobody was told."),
        ),
    ]


def judged_words(rule: AlertRule) -> object:
    if rule.source == AlertRule.Source.METRIC:
        figure = FIGURES.get(rule.subject)
        return cells.stacked(
            str(figure.words) if figure else cells.ltr(rule.subject), rule.get_statistic_display()
        )
    cause = CAUSES.get(rule.subject)
    return str(cause.label) if cause else cells.ltr(rule.subject)


def limit_words(rule: AlertRule) -> object:
    if rule.source == AlertRule.Source.METRIC and rule.threshold is not None:
        return cells.inline(rule.get_comparison_display(), cells.ltr(f"{rule.threshold:g}"))
    cause = CAUSES.get(rule.subject)
    if cause is None or cause.threshold is None:
        return cells.UNKNOWN
    threshold = cause.threshold.default if rule.threshold is None else rule.threshold
    return cells.stacked(cells.ltr(f"{threshold:g}"), str(cause.threshold.words))


def value_words(rule: AlertRule) -> object:
    if rule.judged_at is None:
        return cells.UNKNOWN
    return _("no data") if rule.last_value is None else cells.ltr(f"{round(rule.last_value, 2):g}")


def waiting(rule: AlertRule) -> set[str]:
    is_open = rule.alerts.filter(state="open").values_list("fingerprint", flat=True)
    return set(rule.breached_since) - set(is_open)


def meaning(rule: AlertRule) -> str:
    cause = CAUSES.get(rule.subject) if rule.source == AlertRule.Source.CAUSE else None
    return str(cause.meaning) if cause else ""
