"""The connection in the making: changed by compare-and-set, so that two people never undo each other's steps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from . import connections
from .errors import AuthError, SyncError
from .models import ConnectionDraft, OAuthToken
from .sentences import sentence as _

SECRETS = ("client_secret", "refresh_token", "access_token")


class ChangedMeanwhile(SyncError):
    """Somebody else has taken a step in between."""


def current() -> ConnectionDraft | None:
    """The connection in the making, without its secrets."""
    return ConnectionDraft.objects.defer(*SECRETS).select_related("changed_by").first()


def version_of(draft: ConnectionDraft | None) -> int:
    return draft.version if draft else 0


def environment_client() -> tuple[str, str]:
    """(id, secret) as the environment sets them, both or neither; they win."""
    own = settings.ZOHO["CLIENT_ID"], settings.ZOHO["CLIENT_SECRET"]
    return own if all(own) else ("", "")


def stored() -> ConnectionDraft | None:
    """The draft with its secrets; without one, what it would begin with: the connection there is."""
    draft = ConnectionDraft.objects.first()
    if draft is None:
        stored = OAuthToken.objects.exclude(refresh_token="").order_by("pk").first()
        if stored is not None:
            draft = ConnectionDraft(
                version=0,
                region=stored.region,
                client_id=stored.client_id,
                client_secret=stored.client_secret,
            )
    if draft is not None and environment_client()[0]:
        draft.client_id, draft.client_secret = environment_client()
    return draft


def started() -> ConnectionDraft:
    """The draft as a consent is asked for: stored, so that the answer finds it. Raises AuthError without a client."""
    draft = stored()
    if draft is None or not draft.client_id:
        raise AuthError(_("Enter the client first."))
    if not draft.pk:
        write(draft, 0, None, {})
        draft = ConnectionDraft.objects.get()
    return draft


def write(draft: ConnectionDraft | None, seen: int, user, values: dict[str, Any]) -> None:
    """Compare and set. Raises ChangedMeanwhile."""
    values = values | {"changed_by": user, "changed_at": timezone.now()}
    if draft is not None and draft.pk:
        if environment_client()[0]:
            values |= dict(zip(("client_id", "client_secret"), environment_client(), strict=True))
        if not ConnectionDraft.objects.filter(pk=draft.pk, version=seen).update(version=seen + 1, **values):
            raise changed()
        return
    if seen != 0:
        raise changed()
    kept = {"region": "", "client_id": "", "client_secret": ""}
    if draft is not None:
        kept = {name: getattr(draft, name) for name in kept}
    elif environment_client()[0]:
        kept |= dict(zip(("client_id", "client_secret"), environment_client(), strict=True))
    try:
        with transaction.atomic():
            made = ConnectionDraft.objects.create(**(kept | values), version=1)
    except IntegrityError as error:
        raise changed() from error
    if draft is not None:
        draft.pk, draft.version = made.pk, 0


def from_scratch() -> dict[str, Any]:
    """No tokens, and nothing that hangs on them."""
    return {
        "refresh_token": "", "access_token": "", "access_expires_at": None, "api_domain": "", "scope": "",
        "exchange_began_at": None, "consented_at": None, "throttled_until": None, "found": None,
    }  # fmt: skip


def changed() -> ChangedMeanwhile:
    draft = current()
    who = str(draft.changed_by) if draft and draft.changed_by else ""
    if not who:
        return ChangedMeanwhile(
            _(
                "Something has changed since this page was shown, so nothing was done. Look at it as it is now."
            )
        )
    return ChangedMeanwhile(
        _("%(who)s has changed this since the page was shown, so nothing was done. Look at it as it is now.")
        % {"who": who}
    )


def refuse_beside_environment() -> None:
    if connections.environment_rules():
        raise AuthError(
            _(
                "The ZOHO_… variables of the environment name the connection, and go before whatever is entered here. "
                "Remove ZOHO_REFRESH_TOKEN from the environment, start again, and connect here."
            )
        )
