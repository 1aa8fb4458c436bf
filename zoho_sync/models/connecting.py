"""What the way to a connection leaves behind: the connection in the making, consents asked for, calls tried."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..encryption import EncryptedTextField
from ..sentences import SentenceField


class ConnectionDraft(models.Model):
    """The one connection that is being made; it ends as an OAuthToken, or is given up. Secrets are encrypted at rest.

    version: grows with every change; whoever changes it names the one they saw. exchange_began_at: a code is on its
    way to Zoho, or was when its process died. consented_at: since when the tokens below are there. found: the
    organisations that they read, [{"external_id", "name", "is_default"}]; None until Zoho was asked.
    """

    slot = models.PositiveSmallIntegerField(default=1, unique=True)  # the same for all: there is one at most
    version = models.PositiveIntegerField(default=1)
    region = models.CharField(max_length=16)
    client_id = models.CharField(max_length=128, default="", blank=True)
    client_secret = EncryptedTextField(default="")
    refresh_token = EncryptedTextField(default="")
    access_token = EncryptedTextField(default="")
    access_expires_at = models.DateTimeField(null=True)
    api_domain = models.CharField(max_length=255, default="", blank=True)
    scope = models.TextField(default="", blank=True)
    exchange_began_at = models.DateTimeField(null=True)
    consented_at = models.DateTimeField(null=True)
    throttled_until = models.DateTimeField(null=True)
    found = models.JSONField(null=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.region} {self.version}"


class ConsentRequest(models.Model):
    """One way to Zoho's consent page and back. Good once, until its end, for the one who began it in that session.

    digest, session_digest: SHA-256 of the OAuth `state` and of the session's key.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_digest = models.CharField(max_length=64)
    redirect_uri = models.CharField(max_length=500)
    draft_version = models.PositiveIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["expires_at"], name="consent_expires")
        ]  # old ones are forgotten by it

    def __str__(self) -> str:
        return self.digest[:8]


class ConnectionCheck(models.Model):
    """What one test call said last. name: which, see connection_checks.CHECKS."""

    class Verdict(models.TextChoices):
        GOOD = "good", _("works")
        MISSING = "missing", _("not there")  # a feature that this organisation has not got; nothing is wrong
        LATER = "later", _("not now")
        BAD = "bad", _("refused")

    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=32)
    verdict = models.CharField(max_length=16, choices=Verdict)
    message = SentenceField(default="", blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="connection_check_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}"
