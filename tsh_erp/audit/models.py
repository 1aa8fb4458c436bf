"""One line for each thing that somebody has changed or decided. Lines are written and read; never changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditLine(models.Model):
    """user_name stays when the user is deleted, hence no foreign key: nothing that happens elsewhere changes a line.

    table: "app.model". changes: {field: [before, after]}, plain values; for sets of rows [taken away, added], as names;
    of a secret only that it was changed: {field: null}. request_id: the same for all lines of one request. door_name:
    of the token or the command.

    The database itself refuses to change a line, and to delete one before its time (triggers.py).
    """

    class Door(models.TextChoices):
        ADMIN = "admin", _("pages of the admin")
        SESSION = "session", _("API, signed in")
        TOKEN = "token", _("API token")
        COMMAND = "command", _("command")
        PROGRAM = "program", _("the program itself")  # a job, a schedule, the first start

    class What(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        SIGNED_IN = "signed_in", _("signed in")
        SIGNED_OUT = "signed_out", _("signed out")
        RESTORED = "restored", _("database restored from a backup")
        STARTED = "started", _("started")
        APPROVED = "approved", _("removals approved")
        REJECTED = "rejected", _("removals rejected")
        CANCELLED = "cancelled", _("cancelled")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("resumed")
        RETRIED = "retried", _("tried again")
        IGNORED = "ignored", _("ignored")
        REPLAYED = "replayed", _("replayed")
        REVOKED = "revoked", _("revoked")
        ACCEPTED = "accepted", _("accepted")
        ASSIGNED = "assigned", _("assigned")
        REOPENED = "reopened", _("taken up again")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        SNOOZED = "snoozed", _("snoozed")
        RESOLVED = "resolved", _("resolved")

    at = models.DateTimeField(_("when"), default=timezone.now)
    user_id = models.BigIntegerField(_("user's number"), null=True)
    user_name = models.CharField(_("who"), max_length=150, default="", blank=True)
    door = models.CharField(_("door"), max_length=8, choices=Door)
    door_name = models.CharField(_("token or command"), max_length=150, default="", blank=True)
    address = models.CharField(_("from where"), max_length=150, default="", blank=True)
    request_id = models.CharField(_("request"), max_length=32, default="", blank=True)
    what = models.CharField(_("what"), max_length=16, choices=What)
    table = models.CharField(_("kind"), max_length=100)
    object_id = models.CharField(_("number"), max_length=64, default="", blank=True)
    object_name = models.CharField(_("object"), max_length=255, default="", blank=True)
    changes = models.JSONField(_("before and after"), default=dict)
    note = models.TextField(_("note"), default="", blank=True)

    class Meta:
        verbose_name = _("line of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("export_auditline", "Can export the audit trail")]
        indexes = [
            models.Index(fields=["at"], name="audit_line_prune"),
            models.Index(fields=["table", "object_id", "-id"], name="audit_line_of_object"),
            models.Index(fields=["user_name", "-id"], name="audit_line_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.user_name} {self.what} {self.table} {self.object_id}"
