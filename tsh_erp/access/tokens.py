"""Making, finding and ending tokens, and who may make one for whom.

A token reads `tsh_<prefix>_<secret>`: letters and digits only, so that a double click takes the whole of it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import string
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from inventory import acts

from .models import ApiToken
from .prepared import prepared

log = logging.getLogger(__name__)

NAME_LENGTH = 100
USED_EVERY = timedelta(minutes=1)  # a use is written down so often at most
_SMALL = string.ascii_lowercase + string.digits
_ALL = string.ascii_letters + string.digits
_PREFIX_LENGTH, _SECRET_LENGTH = 8, 43  # 43 of 62 signs are 256 bits
_FORM = re.compile(rf"tsh_([a-z0-9]{{{_PREFIX_LENGTH}}})_([A-Za-z0-9]{{{_SECRET_LENGTH}}})")


class State(models.TextChoices):
    LIVE = "live", gettext_lazy("live")  # lets its program in, if its user may come in
    EXPIRED = "expired", gettext_lazy("expired")
    REVOKED = "revoked", gettext_lazy("revoked")


class TokenRefused(ValueError):
    """A token that may not be made as it was asked for. `field`: what is wrong; the sentence says why."""

    def __init__(self, field: str, sentence: str):
        self.field = field
        super().__init__(sentence)


@sensitive_variables("secret")
def make_token(
    *, user: Any, name: str, scope: str, expires_at: datetime | None, maker: Any | None
) -> tuple[ApiToken, str]:
    """A new token and its text, which nobody can have again. expires_at: None is never. maker: who asks for it, None
    for whoever rules this machine. Raises TokenRefused."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise TokenRefused("name", _("Give it a name of 1 to %(most)s characters.") % {"most": NAME_LENGTH})
    if scope not in ApiToken.Scope.values:
        raise TokenRefused("scope", _("There is no scope %(scope)s.") % {"scope": repr(scope)[:40]})
    if expires_at is not None and expires_at <= timezone.now():
        raise TokenRefused("expires_at", _("Choose a time that is still to come."))
    if not user.is_active:
        raise TokenRefused("user", _("This user is not active."))
    if maker is not None and not may_make_for(maker, user):
        raise TokenRefused("user", _("You may not make a token for this user."))
    prefix = "".join(secrets.choice(_SMALL) for _each in range(_PREFIX_LENGTH))
    secret = "".join(secrets.choice(_ALL) for _each in range(_SECRET_LENGTH))
    token = ApiToken.objects.create(
        name=name,
        user=user,
        scope=scope,
        prefix=prefix,
        digest=_digest(secret),
        created_by=maker,
        expires_at=expires_at,
    )
    return token, f"tsh_{prefix}_{secret}"


def may_make_for(maker: Any, user: Any) -> bool:
    """Nobody gives away more than he has: a token for somebody else only for a user who may do nothing that the maker
    may not."""
    if maker.pk == user.pk:
        return maker.has_perm("access.own_apitoken") or maker.has_perm("access.add_apitoken")
    return maker.has_perm("access.add_apitoken") and is_no_more_powerful(user, maker)


def may_revoke(person: Any, token: ApiToken) -> bool:
    """Ending one is always the safe side, so an administrator may end anybody's."""
    if person.has_perm("access.change_apitoken"):
        return True
    return token.user_id == person.pk and person.has_perm("access.own_apitoken")


def is_no_more_powerful(user: Any, than: Any) -> bool:
    if than.is_superuser and than.is_active:
        return True
    return not user.is_superuser and user.get_all_permissions() <= than.get_all_permissions()


def state_of(token: ApiToken) -> State:
    if token.revoked_at is not None:
        return State.REVOKED
    return State.EXPIRED if token.is_expired else State.LIVE


def in_state(tokens: QuerySet[ApiToken], state: str | None) -> QuerySet[ApiToken]:
    """Those of the tokens that are in this state; all of them for None."""
    is_over = Q(expires_at__lte=timezone.now())
    if state == State.REVOKED:
        return tokens.exclude(revoked_at=None)
    if state == State.EXPIRED:
        return tokens.filter(is_over, revoked_at=None)
    return tokens.filter(~is_over, revoked_at=None) if state == State.LIVE else tokens


def revoke(token: ApiToken, *, by: Any | None) -> bool:
    """End it for good, at once. False when it had been ended before."""
    now = timezone.now()
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now, revoked_by=by):
            return False
        acts.tell(ApiToken, "revoked", {token.pk: {"revoked_at": (None, now)}}, user=by)
    token.revoked_at, token.revoked_by = now, by
    return True


@sensitive_variables("text", "secret")
def find(text: str) -> tuple[ApiToken | None, bool]:
    """The token that this text is of, and whether it is good. (None, False) where there is none; a row and False where
    it has been revoked, has expired or its user may not come in any more."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None, False
    prefix, secret = match.groups()
    token = prepared(ApiToken, "prefix", "user").get(prefix)
    if not hmac.compare_digest(token.digest if token else "0" * 64, _digest(secret)) or token is None:
        return None, False
    return token, token.is_accepted


def note_use(token: ApiToken, address: str) -> None:
    """When and from where, once a minute at most. That it cannot be written stops nobody."""
    now = timezone.now()
    if token.last_used_at is not None and now - token.last_used_at < USED_EVERY:
        return
    due = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
    try:
        with transaction.atomic():
            ApiToken.objects.filter(due, pk=token.pk).update(last_used_at=now, last_used_from=address[:64])
    except DatabaseError:
        log.warning("the use of token %s could not be noted", token.prefix)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
