from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..encryption import EncryptedTextField
from ..sentences import SentenceField


class OAuthToken(models.Model):
    """The one access token of an organisation, shared by every process and host; secrets are encrypted at rest."""

    class State(models.TextChoices):
        UNUSED = "unused", _("not used yet")
        WORKING = "working", _("working")
        REFUSED = "refused", _("refused: reconnect")  # no call is made until new credentials come

    organization = models.OneToOneField(
        "inventory.Organization", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    region = models.CharField(_("data centre"), max_length=16)
    client_id = models.CharField(_("client id"), max_length=128)
    client_secret = EncryptedTextField(default="")
    refresh_token = EncryptedTextField(default="")
    access_token = EncryptedTextField(default="")
    access_expires_at = models.DateTimeField(_("access token ends"), null=True)
    refreshed_at = models.DateTimeField(_("refreshed at"), null=True)
    api_domain = models.CharField(_("API host"), max_length=255, default="", blank=True)
    scope = models.TextField(_("scopes"), default="", blank=True)
    refreshing_until = models.DateTimeField(null=True)  # the lease of the one refresher
    refreshing_by = models.CharField(max_length=64, default="", blank=True)
    refresh_stamps = models.JSONField(default=list)  # epoch seconds of refreshes in the last 10 minutes
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.UNUSED)
    state_message = SentenceField(_("message"), default="", blank=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")

    def __str__(self) -> str:
        return f"{self.organization_id} ({self.region})"
