"""Tokens: how programs come in. Of a token only a digest is kept; who has lost it makes another."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """What a program may do is what its user may do, and no more than the scope; both are asked at every request.

    prefix: the part that is shown, and by which the row is found. digest: SHA-256 of the secret part, in hex; that is
    enough, as the secret is 256 random bits and no password. Rows are never deleted while their user is there.
    """

    class Scope(models.TextChoices):
        READ = "read", _("read")  # look only
        SYNC = "sync", _("sync")  # also start, decide, retry and replay
        ADMIN = "admin", _("admin")  # also whatever configures

    name = models.CharField(_("name"), max_length=100, help_text=_("Which program it is for."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="api_tokens",
        verbose_name=_("user"),
        help_text=_("In whose name the program acts."),
    )
    scope = models.CharField(_("scope"), max_length=8, choices=Scope)
    prefix = models.CharField(_("prefix"), max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    expires_at = models.DateTimeField(_("valid until"), null=True, help_text=_("Empty: until it is revoked."))
    last_used_at = models.DateTimeField(_("last used"), null=True, help_text=_("To the minute."))
    last_used_from = models.CharField(_("last used from"), max_length=64, default="", blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        default_permissions = ("add", "change", "view")  # of everybody's tokens; none is ever deleted
        permissions = [("own_apitoken", _("Can see, make and revoke tokens of their own"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["read", "sync", "admin"]), name="api_token_scope_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_accepted(self) -> bool:
        return self.revoked_at is None and not self.is_expired and self.user.is_active
