from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..troubles import Severity

SEVERITIES = [
    (Severity.INFO.value, _("info")),
    (Severity.WARNING.value, _("warning")),
    (Severity.ERROR.value, _("error")),
    (Severity.CRITICAL.value, _("critical")),
]


class AlertRule(models.Model):
    """When somebody is to be told: a figure of the metrics passes a threshold, or a cause is found."""

    class Source(models.TextChoices):
        CAUSE = "cause", _("something found wrong")  # subject: the first word of a trouble's id (causes.py)
        METRIC = "metric", _("a figure")  # subject: a metric's name, judged over a window

    class Statistic(models.TextChoices):
        SUM = "sum", _("sum over the window")
        SHARE = "share", _("share of failures over the window, in percent")
        HIGHEST = "highest", _("highest value in the window")
        LOWEST = "lowest", _("lowest value in the window")
        LAST = "last", _("last value")
        P95 = "p95", _("95 of 100 are at most")

    class Comparison(models.TextChoices):
        ABOVE = "above", _("above")
        BELOW = "below", _("below")

    code = models.SlugField(
        max_length=48, null=True, unique=True, editable=False
    )  # of those that we bring along
    name = models.CharField(_("name"), max_length=100, unique=True)
    is_on = models.BooleanField(_("on"), default=True)
    source = models.CharField(_("what is judged"), max_length=8, choices=Source)
    subject = models.CharField(_("cause or figure"), max_length=48)
    entity = models.CharField(
        _("entity"), max_length=32, default="", blank=True, help_text=_("Empty: each of them.")
    )
    statistic = models.CharField(_("statistic"), max_length=8, choices=Statistic, default="", blank=True)
    window_minutes = models.PositiveIntegerField(
        _("window in minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(10080)]
    )
    comparison = models.CharField(_("comparison"), max_length=8, choices=Comparison, default="", blank=True)
    threshold = models.FloatField(_("threshold"), null=True, blank=True)
    fewest = models.PositiveIntegerField(
        _("fewest observations"),
        default=1,
        help_text=_("With fewer in the window nothing is judged: one failure of one call is no trend."),
    )
    severity = models.CharField(_("severity"), max_length=8, choices=SEVERITIES)
    for_minutes = models.PositiveIntegerField(
        _("lasting at least, in minutes"), default=0, validators=[MaxValueValidator(10080)]
    )
    resolve_minutes = models.PositiveIntegerField(
        _("resolved after it was good for, in minutes"), default=5, validators=[MaxValueValidator(10080)]
    )
    escalate_minutes = models.PositiveIntegerField(
        _("told again, more urgently, if nobody has acknowledged it, after minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10080)],
    )
    quiet_weekdays = models.JSONField(_("quiet days"), default=list, blank=True)  # 0 is Monday … 6 is Sunday
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)  # in the zone of the settings
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    channels = models.ManyToManyField(
        "monitoring.AlertChannel",
        verbose_name=_("channels"),
        blank=True,
        related_name="rules",
        help_text=_("None: every channel that takes alerts of its severity."),
    )
    # The state of the judgement, kept by the watch.
    judged_at = models.DateTimeField(_("judged at"), null=True, editable=False)
    last_value = models.FloatField(_("last value"), null=True, editable=False)  # None: no data
    breached_since = models.JSONField(
        default=dict, editable=False
    )  # {fingerprint: ISO 8601}, until an alert is opened
    problem = models.TextField(
        _("why it could not be judged"), default="", editable=False
    )  # of the last judgement; "" when it could

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ["name"]

    def __str__(self) -> str:
        return gettext(self.name) if self.code else self.name  # of ours, in the reader's language
