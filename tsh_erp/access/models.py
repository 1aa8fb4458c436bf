"""Tokens: how programs come in. Of a token only a digest is kept; who has lost it makes another.

And what is kept of people's logins: wrong guesses of late, and the places that somebody comes from.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zoho_sync.encryption import EncryptedTextField


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


class LoginLock(models.Model):
    """Wrong passwords and codes of late, counted against one person, address or both; and until when that is refused.

    key: a digest of the other three, by which the row is found. username: as it was typed, without case; there need be
    no such user. network: an IPv4 address or an IPv6 /64. count: since begun_at, never more than the limit.
    """

    class Kind(models.TextChoices):
        PAIR = (
            "pair",
            _("one user from one address"),
        )  # the tight limit: a stranger elsewhere locks nobody out
        ADDRESS = "address", _("one address, whoever is tried")
        USER = "user", _("one user, from new addresses")
        CODE = "code", _("second factor of one user")

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("counted against"), max_length=8, choices=Kind)
    username = models.CharField(_("user"), max_length=150, default="", blank=True)
    network = models.CharField(_("address"), max_length=64, default="", blank=True)
    count = models.PositiveIntegerField(_("wrong"), default=0)
    begun_at = models.DateTimeField(_("since"), db_index=True)  # which finds the old ones
    locked_until = models.DateTimeField(_("refused until"), null=True)

    class Meta:
        verbose_name = _("login lock")
        verbose_name_plural = _("login locks")
        ordering = ["-locked_until", "-pk"]
        default_permissions = ("view",)
        permissions = [("lift_loginlock", _("Can let people log in again"))]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.username, self.network) if part)


class LoginPlace(models.Model):
    """Where somebody has logged in from: there a flood of wrong passwords from elsewhere does not keep him out."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    network = models.CharField(max_length=64)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "network"], name="login_place_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.network}"


class SecondFactor(models.Model):
    """What somebody shows beside his password: codes of his phone, or of a list on paper.

    key: of his phone's codes, in base32. confirmed_at: None until the first code was right; before, it is nothing.
    last_step: the thirty seconds of the code that was used last, counted since 1970. recovery: SHA-256, in hex, of each
    code on paper that is not used yet; that is enough, as each is 80 random bits.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_factor"
    )
    key = EncryptedTextField()
    begun_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    recovery = models.JSONField(default=list)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        default_permissions = ()
        permissions = [("reset_secondfactor", _("Can reset the second factor of others"))]

    def __str__(self) -> str:
        return f"{self.user_id}"
