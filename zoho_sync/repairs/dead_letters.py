"""Dead letters are tried again by themselves: three times, a day apart, and only where the cause may have gone."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from inventory.models import Organization

from ..models import OAuthToken, SyncRun, WebhookDelivery
from ..options import Priority
from ..processors import registry
from ..sentences import counted
from ..sentences import sentence as _
from ..webhooks import replay
from ..zoho.budget import budget_left
from . import audit

Status = WebhookDelivery.Status
TRIES, APART = 3, timedelta(days=1)
MOST = 200  # of one organisation in one sweep


def mend() -> int:
    """Returns how many went back into the inbox."""
    organizations = Organization.objects.filter(pk__in=_due().values("organization_id"))
    return sum(_replay(each) for each in organizations.order_by("pk"))


def _due():
    """Dead for a day, of something that is mirrored, and with tries left."""
    return WebhookDelivery.objects.filter(
        status=Status.DEAD,
        is_test=False,
        repairs_count__lt=TRIES,
        settled_at__lt=timezone.now() - APART,
        entity__in=registry.names(),
    ).order_by("pk")


def _replay(organization: Organization) -> int:
    if not _may_work_now(organization):
        return 0
    with audit.alone(organization.pk):
        heard_at = _heard_at(organization)
        due = _due().filter(organization=organization)
        keys = (
            list(due.filter(settled_at__lt=heard_at).values_list("pk", flat=True)[:MOST]) if heard_at else []
        )
        if not keys:
            return 0
        rows = WebhookDelivery.objects.filter(pk__in=keys, status=Status.DEAD)
        rows.update(repairs_count=F("repairs_count") + 1)
        count = replay.replay(rows, who=_("self-repair"))
        what = counted(
            "%(count)s dead letter was put back into the inbox, a day after its last attempt.",
            "%(count)s dead letters were put back into the inbox, a day after their last attempt.",
            count,
        )
        audit.note(
            audit.Kind.DEAD_LETTERS, what % {"count": count}, count=count, organization_id=organization.pk
        )
        return count


def _may_work_now(organization: Organization) -> bool:
    token = OAuthToken.objects.filter(organization=organization).only("state").first()
    is_connected = token is not None and token.state != OAuthToken.State.REFUSED
    return is_connected and budget_left(organization, Priority.REALTIME) > 0


def _heard_at(organization: Organization):
    """When a run last came through: what died before that may have died of what has been mended since."""
    runs = SyncRun.objects.filter(
        organization=organization, status__in=[SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL], is_dry=False
    )
    return runs.order_by("-pk").values_list("finished_at", flat=True).first()
