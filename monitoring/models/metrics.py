from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MetricSample(models.Model):
    """What was observed of one metric, under one set of labels, within one bucket of time. Processes add to it in SQL.

    A counter tells by `total`; a gauge by `last`, `low` and `high`; a histogram is one row per upper bound, named in
    the label `le`, each counting what fell between the bound below and its own.
    """

    class Width(models.IntegerChoices):
        """Seconds. What is older than its retention lives on in the next width."""

        EVER = 0, _("ever")  # from 1970 on, and never pruned; beside the others, and only of what counts
        MINUTE = 60, _("minute")
        HOUR = 3600, _("hour")
        DAY = 86400, _("day")  # in UTC

    width = models.IntegerField(_("width"), choices=Width)
    at = models.DateTimeField(_("from"))  # start of the bucket
    name = models.CharField(_("metric"), max_length=48)
    labels = models.CharField(
        _("labels"), max_length=255, default="", blank=True
    )  # "api=inventory&status=200": sorted, as in a query string
    count = models.BigIntegerField(_("observations"), default=0)
    total = models.FloatField(_("sum"), default=0)
    low = models.FloatField(_("lowest"), null=True)
    high = models.FloatField(_("highest"), null=True)
    last = models.FloatField(_("last"), null=True)

    class Meta:
        verbose_name = _("metric sample")
        verbose_name_plural = _("metric samples")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["name", "width", "at", "labels"], name="metric_sample_once")
        ]
        indexes = [models.Index(fields=["width", "at"], name="metric_sample_prune")]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.name} {self.labels}".strip()
