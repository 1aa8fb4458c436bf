"""A connection that nobody uses: its access token is refreshed once an hour, so that a revoked one is noticed while
somebody can still do something about it, and not with the next morning's first sync."""

from __future__ import annotations

import logging
from datetime import timedelta

from ..errors import SyncError
from ..models import Event, OAuthToken
from ..sentences import said
from ..sentences import sentence as _
from ..zoho import clock, tokens
from ..zoho.wire import Wire
from . import audit

log = logging.getLogger(__name__)

SOON = timedelta(minutes=2)  # whoever makes a call refreshes it five minutes before: then it is not idle
APART = timedelta(minutes=55)


def mend() -> int:
    """Returns how many tokens were asked for."""
    now = clock.now()
    idle = OAuthToken.objects.filter(
        state=OAuthToken.State.WORKING, access_expires_at__lt=now + SOON, refreshed_at__lt=now - APART
    ).exclude(refresh_token="")
    return sum(_refresh(row) for row in idle.select_related("organization").only("organization"))


def _refresh(row: OAuthToken) -> bool:
    failed = Event.objects.filter(
        name="tds.zoho.token.refresh_failed", organization=row.organization_id, at__gt=clock.now() - APART
    )
    if failed.exists():  # it is not asked more often for not having answered
        return False
    wire = Wire()
    try:
        if not tokens.refresh_alone(row.organization, wire):
            return False
    except SyncError as error:
        log.warning("the idle token could not be refreshed: %s", error)
        what = _("The access token of the idle connection could not be refreshed: %(reason)s")
        audit.note(
            audit.Kind.TOKEN,
            what % {"reason": said(error)},
            worked=False,
            organization_id=row.organization_id,
        )
        return True
    finally:
        wire.close()
    what = _("The access token of the idle connection was refreshed before it was needed.")
    audit.note(audit.Kind.TOKEN, what, organization_id=row.organization_id)
    return True
