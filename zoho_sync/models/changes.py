"""What runs have changed, and what dry runs plan to change: row by row, every field before and after."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..sentences import SentenceField
from .runs import SyncRun


class Action(models.TextChoices):
    CREATE = "create", _("create")
    UPDATE = "update", _("update")
    RESTORE = "restore", _("bring back")
    REMOVE = "remove", _("remove")


class Changed(models.Model):
    """One row of a mirrored table. changes: {field: [before, after]}, decimals as text, times in ISO."""

    Action = Action

    table = models.CharField(_("table"), max_length=32)
    external_id = models.CharField(_("external id"), max_length=64)
    label = models.CharField(_("record"), max_length=255, default="", blank=True)
    action = models.CharField(_("action"), max_length=16, choices=Action)
    changes = models.JSONField(_("changes"), default=dict)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.table} {self.external_id}"


class RunChange(Changed):
    """One row that a run has written. Of a new row no field is kept here: the row itself tells them."""

    run = models.ForeignKey(
        SyncRun, on_delete=models.CASCADE, related_name="changes_made", verbose_name=_("run")
    )

    class Meta(Changed.Meta):
        verbose_name = _("change of a run")
        verbose_name_plural = _("changes of runs")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["run", "action", "id"], name="run_change_by_action"),
            models.Index(fields=["run", "label"], condition=~models.Q(label=""), name="run_change_by_label"),
        ]


class PlannedChange(Changed):
    """One row of a dry run's plan: what would be done, and everything that is needed to do exactly that.

    A field that links to a row which is planned itself holds that row's external id under the link's own name.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        APPLIED = "applied", _("applied")
        SAME = "same", _("is so already")  # something else has brought it about meanwhile
        REFUSED = "refused", _("refused")  # what it was planned upon has changed since: `reason`

    run = models.ForeignKey(
        SyncRun, on_delete=models.CASCADE, related_name="planned_changes", verbose_name=_("run")
    )
    # How the row is written (Mapping.name), which face of the record it came from, and when that was asked for.
    mapping = models.CharField(max_length=32, default="", editable=False)
    kind = models.CharField(max_length=8, default="", editable=False)
    asked_at = models.DateTimeField(_("read at"), default=timezone.now, editable=False)
    base = models.CharField(
        max_length=32, default="", editable=False
    )  # of the row it was planned upon; "": none
    raw = models.BinaryField(null=True, editable=False)  # the record as it came, compressed
    raw_hash = models.CharField(max_length=32, default="", editable=False)

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    reason = SentenceField(_("reason"), default="", blank=True)
    applied_by = models.ForeignKey(
        SyncRun,
        on_delete=models.SET_NULL,
        null=True,
        related_name="applied_changes",
        verbose_name=_("applied by"),
    )

    class Meta(Changed.Meta):
        verbose_name = _("planned change")
        verbose_name_plural = _("planned changes")
        indexes = [
            models.Index(fields=["run", "state", "id"], name="planned_change_by_state"),
            models.Index(fields=["run", "action", "id"], name="planned_change_by_action"),
            models.Index(fields=["run", "external_id"], name="planned_change_by_record"),
            models.Index(
                fields=["run", "label"], condition=~models.Q(label=""), name="planned_change_by_label"
            ),
        ]
