"""A stored connection in a few names and values. No secret is read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Facts
from inventory.models import Organization

from ..models import OAuthToken
from .words import MOODS

SECRETS = ("client_secret", "refresh_token", "access_token")


def connection_facts(organization: Organization) -> Facts:
    token = OAuthToken.objects.filter(organization=organization).defer(*SECRETS).first()
    pairs = [(_("organisation"), cells.link_to(organization))]
    if token is None:
        return Facts(
            title=_("Connection"), pairs=[*pairs, (_("state"), cells.tag(_("not connected"), "bad"))]
        )
    pairs += [
        (_("state"), cells.tag(token.get_state_display(), MOODS.get(token.state, "quiet"))),
        (_("data centre"), cells.ltr(token.region)),
        (_("API host"), cells.ltr(token.api_domain)),
        (_("client id"), cells.ltr(masked(token.client_id))),
        (_("access token ends"), cells.age(token.access_expires_at)),
        (_("refreshed at"), cells.age(token.refreshed_at)),
        (_("scopes"), cells.ltr(token.scope.replace(",", ", "))),
    ]
    return Facts(title=_("Connection"), pairs=pairs)


def masked(text: str) -> str:
    """Enough of it to tell two apart."""
    return f"{text[:9]}…" if len(text) > 12 else text
