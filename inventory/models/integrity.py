"""What the checks of the integrity desk have found, what people decided about it, and how each check went last."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import text
from ..searching import SearchTextField


class Severity(models.TextChoices):
    ERROR = "error", _("error")  # money or goods are told wrongly until somebody acts
    WARNING = "warning", _("warning")  # probably a mistake; somebody should look
    INFO = "info", _("hint")  # untidy, and nothing is wrong yet


class Finding(models.Model):
    """One thing that a check says is wrong. There is one row for each subject of a check, whatever becomes of it: it is
    closed when the facts are gone, and opened again when they return.

    subject_key: names the subject within its check: a row's key, the keys of a product and a list, the digest of a name
    that several share. subject_kind, subject_id: the one row it is about ("product", its key), or None if it is about
    several. facts: plain values, as the check found them; its class makes the sentence. digest: of the facts;
    material: of those facts whose change ends an ignoring; decided_material: as they were when somebody decided.
    state_before: what it was until it was closed. opened_at: when it began to be open, for the last time.
    last_seen_at: of a closed one; until then the check's last good run is when it was seen (CheckState.good_at).
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")  # true, and nobody has decided
        ACCEPTED = "accepted", _("accepted")  # true and known; not counted as new
        IGNORED = "ignored", _("ignored")  # true and of no matter, until it ends or the facts change
        CLOSED = "closed", _("closed")  # not true any more

    SEARCHED = ("code", "label")

    organization = models.ForeignKey(
        "inventory.Organization",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("organisation"),
        db_index=False,  # the constraint begins with it
    )
    check_key = models.CharField(_("check"), max_length=48)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    subject_kind = models.CharField(_("about"), max_length=24)
    subject_key = models.CharField(_("subject"), max_length=96)
    subject_id = models.BigIntegerField(_("row"), null=True)
    label = text(_("name"), 500)
    code = text(_("code"))
    facts = models.JSONField(_("facts"), default=dict)
    digest = models.CharField(max_length=32)
    material = models.CharField(max_length=32)

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    state_before = models.CharField(max_length=8, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
        db_index=False,  # finding_by_owner
    )
    reason = models.CharField(_("reason"), max_length=1000, default="")
    until = models.DateTimeField(_("ignored until"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_material = models.CharField(max_length=32, default="")

    first_seen_at = models.DateTimeField(_("first seen"))
    opened_at = models.DateTimeField(_("open since"))
    last_seen_at = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    reopened_count = models.IntegerField(_("came back"), default=0)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-opened_at", "-pk"]
        default_permissions = ("view",)  # checks make them and close them
        permissions = [
            ("decide_finding", "Can check now, and accept, ignore and assign findings"),
            ("configure_finding", "Can switch checks and set their parameters"),
            ("export_finding", "Can export findings"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "check_key", "subject_key"], name="finding_one_per_subject"
            )
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id", "state"], name="finding_newest_first"
            ),  # the list's order
            # The desk counts by it alone.
            models.Index(fields=["check_key", "organization", "state", "opened_at"], name="finding_by_state"),
            models.Index(fields=["subject_kind", "subject_id"], name="finding_by_subject"),  # record pages
            models.Index(
                fields=["owner", "check_key"],
                condition=models.Q(owner__isnull=False),
                name="finding_by_owner",
            ),
            models.Index(  # looked through for words
                fields=["search_text", "id"],
                name="finding_by_words",
                opclasses=["text_pattern_ops", "int8_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_key}: {self.label or self.subject_key}"


class FindingEvent(models.Model):
    """What happened to a finding after it was first seen. by: None where a check did it."""

    class What(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        IGNORED = "ignored", _("ignored")
        ASSIGNED = "assigned", _("assigned")
        REOPENED = "reopened", _("taken up again")  # by a person
        CLOSED = "closed", _("closed: not so any more")
        RETURNED = "returned", _("came back")
        STILL_IGNORED = "still_ignored", _("came back, and is still ignored")
        CHANGED = "changed", _("open again: the facts changed")
        EXPIRED = "expired", _("open again: the ignoring ended")

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(_("what"), max_length=16, choices=What.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    note = models.CharField(_("note"), max_length=1000, default="")

    class Meta:
        verbose_name = _("event of a finding")
        verbose_name_plural = _("events of findings")
        ordering = ["-pk"]
        default_permissions = ()  # shown with their finding

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.what}"


class CheckState(models.Model):
    """One check of one organisation: whether it is on, its parameters, and how it went last.

    parameters: those that were changed, by name, as the class keeps them. asked_at: somebody wants it to run, and it
    has not yet. started_at: it runs since then. good_at: the start of the last run that worked; seconds, found_count,
    opened_count, closed_count and is_cut (more than can be kept was found) are of that one. error: of the last run, ""
    if it worked. versions: how far the changes of each kind of row were known then (inventory.changes).
    """

    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    check_key = models.CharField(_("check"), max_length=48)
    is_on = models.BooleanField(_("switched on"), default=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    asked_at = models.DateTimeField(_("asked for"), null=True)
    started_at = models.DateTimeField(_("running since"), null=True)
    good_at = models.DateTimeField(_("last run"), null=True)
    seconds = models.FloatField(_("seconds"), null=True)
    found_count = models.IntegerField(_("found"), default=0)
    opened_count = models.IntegerField(_("opened"), default=0)
    closed_count = models.IntegerField(_("closed"), default=0)
    is_cut = models.BooleanField(default=False)
    error = models.CharField(_("error"), max_length=500, default="")
    error_at = models.DateTimeField(_("failed"), null=True)
    versions = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        default_permissions = ()  # who may configure findings configures checks
        constraints = [
            models.UniqueConstraint(fields=["organization", "check_key"], name="check_state_one_per_check")
        ]

    def __str__(self) -> str:
        return self.check_key
