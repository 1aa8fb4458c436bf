"""Paths that the connected credentials may not read: Zoho refuses them (code 57) even with a fresh token.

Remembered for a day, so that no refresh is burnt on them again, or until somebody connects anew.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from inventory.models import Organization

from ..errors import AuthError
from ..models import FilterVerdict
from ..sentences import sentence as _
from . import clock
from .answers import NOT_AUTHORIZED, TokenRefused

VERDICT = "scope"  # FilterVerdict.name; its resource is the endpoint: the path with {id} for ids
MEMORY = timedelta(days=1)


def was_refused(organization: Organization, endpoint: str) -> bool:
    """Within a day, with nobody having connected anew since."""
    verdicts = FilterVerdict.objects.filter(
        organization=organization, resource=endpoint[:64], name=VERDICT, probed_at__gt=clock.now() - MEMORY
    )
    return verdicts.exists()


def remember(organization: Organization, endpoint: str) -> None:
    FilterVerdict.objects.update_or_create(
        organization=organization,
        resource=endpoint[:64],
        name=VERDICT,
        defaults={"verdict": FilterVerdict.Verdict.REFUSED, "probed_at": clock.now()},
    )


def forget(organization: Organization) -> None:
    """Other credentials may read other paths."""
    FilterVerdict.objects.filter(organization=organization, name=VERDICT).delete()


def no_access(error: TokenRefused, endpoint: str) -> AuthError:
    """What to say when Zoho refuses even a fresh token."""
    facts: dict[str, Any] = {"http_status": error.http_status, "code": error.code, "endpoint": endpoint}
    if error.code == NOT_AUTHORIZED:
        return may_not_read(**facts)
    return AuthError(
        _(
            "Zoho refuses even a fresh access token at “%(endpoint)s”. Check that ZOHO_REGION is the "
            "organisation's data centre, or connect again with `manage.py zoho_connect`."
        )
        % {"endpoint": endpoint},
        **facts,
    )


def may_not_read(endpoint: str, **facts: Any) -> AuthError:
    told = _(
        "These credentials may not read “%(endpoint)s”: a scope or a permission is missing. Connect again with "
        "`manage.py zoho_connect` and grant the missing READ scope."
    )
    return AuthError(told % {"endpoint": endpoint}, endpoint=endpoint, **facts)
