"""What reports reckoned in the queue found, kept for a while; and who may see reports at all."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptReport(models.Model):
    """One answer of a report. `question` is its key and every parameter, so that whoever asks the same gets it.

    claimed_at: when a worker took it up; computed_at: when it had ended well. failure: why it had not, for the log's
    reader. found: {"columns", "totals", "notes", "count"} as plain values.
    """

    report = models.CharField(_("report"), max_length=64)
    question = models.JSONField(_("question"), default=dict)
    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField(_("asked for"))
    claimed_at = models.DateTimeField(_("begun"), null=True)
    computed_at = models.DateTimeField(_("reckoned"), null=True)
    failure = models.CharField(_("failure"), max_length=200, default="", blank=True)
    found = models.JSONField(_("found"), default=dict)

    class Meta:
        verbose_name = _("kept report")
        verbose_name_plural = _("kept reports")
        default_permissions = ()
        permissions = [
            ("view_stock_report", "Can see reports about stock"),
            ("view_money_report", "Can see reports about money"),
            ("export_report", "Can export reports"),
        ]
        indexes = [
            models.Index(fields=["digest", "-id"], name="kept_report_by_question"),
            models.Index(fields=["asked_at"], name="kept_report_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.asked_at:%Y-%m-%d %H:%M}"


class KeptRows(models.Model):
    """Some rows of an answer, in order: zlib-compressed JSON."""

    report = models.ForeignKey(KeptReport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="kept_rows_once")]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.number}"
