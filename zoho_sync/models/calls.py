"""Calls: what may be spent, what is being spent, and what was spent. Shared by every process and host."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..options import Priority
from ..sentences import SentenceField


class RateBucket(models.Model):
    """The one row per organisation under whose lock a call is granted; and what Zoho's 429 answers demanded."""

    organization = models.OneToOneField(
        "inventory.Organization", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    blocked_until = models.DateTimeField(_("silent until"), null=True)
    blocked_code = models.IntegerField(_("Zoho's code"), null=True)
    blocked_reason = SentenceField(_("reason"), default="", blank=True)
    slow_until = models.DateTimeField(_("slow until"), null=True)
    slow_calls_per_minute = models.IntegerField(_("calls a minute while slow"), null=True)
    fewer_until = models.DateTimeField(_("fewer at once until"), null=True)
    fewer_concurrent_calls = models.IntegerField(_("calls at once while fewer"), null=True)
    clock_skew_seconds = models.FloatField(
        _("our clock is ahead of Zoho's by"), null=True
    )  # as its answers told
    clock_seen_at = models.DateTimeField(_("Zoho's clock seen at"), null=True)

    class Meta:
        verbose_name = _("call limit")
        verbose_name_plural = _("call limits")

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.blocked_until}"


class CallSlot(models.Model):
    """One call granted in the last minute. It counts from its grant until 60 s after it ended, so that what arrives
    at Zoho in any 60 s is never more than the limit; one whose process died ends when it expires."""

    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    priority = models.IntegerField(choices=Priority)
    run_number = models.BigIntegerField(default=0)  # whoever takes the run over ends its dead worker's calls
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("call slot")
        verbose_name_plural = _("call slots")
        indexes = [models.Index(fields=["organization", "ended_at"], name="call_slot_window")]

    def __str__(self) -> str:
        return f"{self.granted_at} – {self.ended_at or '…'}"


class ApiUsage(models.Model):
    """The ledger: calls per day, API, endpoint and run. `day` is a date in the organisation's zone; run 0 is none."""

    organization = models.ForeignKey(
        "inventory.Organization", on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    day = models.DateField(_("day"))
    api = models.CharField(_("API"), max_length=16)  # inventory, books, accounts
    endpoint = models.CharField(_("endpoint"), max_length=64)  # the path with {id} for ids
    run_number = models.BigIntegerField(_("run"), default=0)
    calls_count = models.IntegerField(_("calls"), default=0)
    failed_count = models.IntegerField(_("failed"), default=0)
    throttled_count = models.IntegerField(_("throttled"), default=0)
    bytes_count = models.BigIntegerField(_("bytes"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)

    class Meta:
        verbose_name = _("API usage")
        verbose_name_plural = _("API usage")
        ordering = ["-day", "api", "endpoint"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day", "api", "endpoint", "run_number"], name="api_usage_once"
            )
        ]
        indexes = [models.Index(fields=["run_number"], name="api_usage_of_run")]

    def __str__(self) -> str:
        return f"{self.day} {self.api} {self.endpoint}: {self.calls_count}"


class FilterVerdict(models.Model):
    """Does Zoho obey this filter or option on this resource? Found by trying, remembered, tried again weekly.

    name: "last_modified_time" for a filter; "max_ids" with `number` for the most ids a bulk call takes; "scope" for a
    resource that the token may not read (remembered for a day).
    """

    class Verdict(models.TextChoices):
        WORKS = "works", _("works")
        IGNORED = "ignored", _("ignored")  # 200 and the whole list
        REFUSED = "refused", _("refused")  # 4xx

    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    resource = models.CharField(_("resource"), max_length=64)
    name = models.CharField(_("filter"), max_length=64)
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    number = models.IntegerField(null=True)
    probed_at = models.DateTimeField(_("tried at"))

    class Meta:
        verbose_name = _("filter verdict")
        verbose_name_plural = _("filter verdicts")
        constraints = [
            models.UniqueConstraint(fields=["organization", "resource", "name"], name="filter_verdict_once")
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.name}: {self.verdict}"
