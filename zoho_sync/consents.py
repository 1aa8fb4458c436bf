"""The way to Zoho's consent page and back: the `state` that proves that an answer belongs to the one who asked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .errors import AuthError
from .models import ConnectionDraft, ConsentRequest
from .sentences import sentence as _
from .zoho.accounts import consent_url

LIFE = timedelta(minutes=30)  # to sign in at Zoho, with a second factor, and to read

# What the mirror reads. `settings` holds the organisation, locations, price lists.
NEEDED = ("ZohoInventory.items.READ", "ZohoInventory.contacts.READ", "ZohoInventory.settings.READ")
# For documents, and for the stock that they move.
FOR_DOCUMENTS = tuple(
    f"ZohoInventory.{module}.READ"
    for module in (
        "invoices", "salesorders", "customerpayments", "bills", "packages", "creditnotes", "salesreturns",
        "inventoryadjustments", "transferorders", "purchaseorders", "debitnotes", "compositeitems",
    )
)  # fmt: skip
# Books can be asked for what changed where Inventory cannot; without these, lists are read further (zoho-api.md, 6).
FOR_CHANGES = tuple(
    f"ZohoBooks.{module}.READ" for module in ("invoices", "salesorders", "purchaseorders", "bills")
)
SCOPES = (*NEEDED, *FOR_DOCUMENTS, *FOR_CHANGES)


class StrangeAnswer(AuthError):
    """What came back is not the answer to a question that this person asked in this session."""


def missing_scopes(granted: str, wanted: Sequence[str] = NEEDED) -> list[str]:
    """Of the wanted scopes, those that are not among the granted ones; none when Zoho did not tell what it granted."""
    told = {each.strip().lower() for each in granted.replace(" ", ",").split(",") if each.strip()}
    if not told or "zohoinventory.fullaccess.all" in told:
        return []
    return [
        each
        for each in wanted
        if each.lower() not in told and each.lower().replace(".read", ".all") not in told
    ]


@sensitive_variables("state")
def ask_consent(draft: ConnectionDraft, redirect_uri: str, *, user, session_key: str) -> str:
    """The address of Zoho's consent page for this person, with a state that is good once. Raises AuthError."""
    now = timezone.now()
    state = secrets.token_urlsafe(32)
    ConsentRequest.objects.create(
        digest=_digest(state),
        user=user,
        session_digest=_digest(session_key),
        redirect_uri=redirect_uri[:500],
        draft_version=draft.version,
        expires_at=now + LIFE,
    )
    return consent_url(draft.region, draft.client_id, SCOPES, redirect_uri, state)


@sensitive_variables("state")
def take_answer(state: str, *, user, session_key: str) -> ConsentRequest:
    """Use up the state that came back. Raises StrangeAnswer; somebody else's state stays good for them."""
    row = ConsentRequest.objects.filter(digest=_digest(state)).first() if state else None
    if row is None:
        raise StrangeAnswer(
            _(
                "This answer belongs to no question that was asked here. Nothing was taken; ask Zoho for consent again."
            )
        )
    if row.user_id != user.pk or row.session_digest != _digest(session_key):
        raise StrangeAnswer(
            _(
                "This answer belongs to somebody else, or to a session that has ended. Nothing was taken; ask Zoho for "
                "consent again, and come back in the same browser."
            )
        )
    now = timezone.now()
    if row.expires_at <= now:
        raise StrangeAnswer(
            _("This answer came too late: it is waited for half an hour. Ask Zoho for consent again.")
        )
    if not ConsentRequest.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
        raise StrangeAnswer(
            _("This answer was taken already. If the step is not done, ask Zoho for consent again.")
        )
    return row


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
