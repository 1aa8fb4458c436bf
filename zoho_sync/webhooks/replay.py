"""Deliveries that are to be tried once more: one, a selection, or all of a window of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from inventory import acts
from inventory.models import Organization

from ..models import WebhookDelivery
from ..sentences import sentence as _
from . import doorbell
from .settling import chunks

Status = WebhookDelivery.Status


def select(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    entity: str = "",
    subject: str = "",
    states: Iterable[str] = (),
    ids: Iterable[int] = (),
    organization: Organization | None = None,
) -> QuerySet[WebhookDelivery]:
    """The deliveries that fit everything that is named. since, until: aware, of their arrival; both inclusive."""
    rows = WebhookDelivery.objects.order_by("pk")
    wanted = {
        "received_at__gte": since,
        "received_at__lte": until,
        "entity": entity,
        "subject": subject,
        "status__in": list(states),
        "pk__in": list(ids),
        "organization": organization,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def replay(queryset: QuerySet[WebhookDelivery], *, user=None, who: str = "") -> int:
    """Put them back into the inbox with no attempt counted; returns how many.

    who: what does it, where no person does. Those that are being applied at this moment are left alone: their run
    reads what they hint at.
    """
    found: dict[int, list[int]] = {}
    for organization_id, key in queryset.values_list("organization_id", "pk"):  # it may be a slice
        found.setdefault(organization_id, []).append(key)
    is_person = not who
    who = who or (user.get_username() if getattr(user, "pk", None) else _("the command line"))
    return sum(
        _replay(organization_id, some, who, user, is_person)
        for organization_id, keys in found.items()
        for some in chunks(keys)
    )


def _replay(organization_id: int, keys: list[int], who: str, user, is_person: bool) -> int:
    with transaction.atomic():
        # The lock of the drain, which writes some of the same rows in an order of its own.
        Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
        rows = WebhookDelivery.objects.filter(pk__in=keys).exclude(status=Status.PROCESSING)
        count = rows.update(
            status=Status.RECEIVED,
            result="",
            reason="",
            attempts_count=0,
            next_attempt_at=None,
            run=None,
            settled_at=None,
            seconds=None,
            replayed_at=timezone.now(),
            replayed_by=str(who)[:150],
        )
        if count:
            doorbell.ring(organization_id)
            if is_person:
                acts.tell_together(WebhookDelivery, "replayed", keys, user=user)
    return count
