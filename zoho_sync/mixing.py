"""One back office, one organisation's rows: nobody gets a second one's beside them without wanting to."""

from __future__ import annotations

from contextlib import suppress

from django.apps import apps
from django.db import transaction

from inventory.mirror import Mirrored
from inventory.models import Organization

from .encryption import SecretUnreadable
from .errors import AuthError
from .models import OAuthToken, SyncRun, WebhookDelivery, WebhookSecret
from .sentences import sentence as _
from .zoho import tokens
from .zoho.accounts import Credentials


class OtherOrganization(AuthError):
    """Rows of another organisation are mirrored here."""


def mirrored_tables() -> list[type[Mirrored]]:
    return [each for each in apps.get_app_config("inventory").get_models() if issubclass(each, Mirrored)]


def is_mirrored(organization: Organization) -> bool:
    """Is there a row of it, live or not?"""
    return any(
        model._default_manager.filter(organization=organization).exists() for model in mirrored_tables()
    )


def refuse_mixing(external_id: str) -> None:
    """Raises OtherOrganization when rows of another one are here."""
    for other in Organization.objects.exclude(external_id=external_id):
        if is_mirrored(other):
            raise OtherOrganization(
                _(
                    "This back office holds the rows of %(name)s (%(id)s). Those of another organisation would stand "
                    "in the same lists, stock beside stock and price beside price. Choose %(name)s again, or set up "
                    "another back office with a database of its own."
                )
                % {"name": str(other), "id": other.external_id}
            )


def replaced_by(external_id: str) -> list[Organization]:
    """The organisations that are connected, of which nothing is mirrored, and which a new connection replaces."""
    rows = OAuthToken.objects.exclude(organization__external_id=external_id).select_related("organization")
    rows = rows.defer("client_secret", "refresh_token", "access_token")
    return [row.organization for row in rows if not is_mirrored(row.organization)]


def give_up(organization: Organization) -> list[Credentials]:
    """Take away its connection, and itself unless something was ever done for it. What Zoho is to revoke afterwards."""
    with transaction.atomic():
        found = []
        for row in OAuthToken.objects.filter(organization=organization).only("pk"):
            with suppress(SecretUnreadable):
                found.append(tokens.credentials_of(OAuthToken.objects.get(pk=row.pk)))
        OAuthToken.objects.filter(organization=organization).delete()
        done = (SyncRun, WebhookDelivery, WebhookSecret)
        if not is_mirrored(organization) and not any(
            model._default_manager.filter(organization=organization).exists() for model in done
        ):
            organization.delete()
        return found
