"""/api/v1/deliveries/: webhooks as they came, what became of them, and having them read again."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.filters import (
    FlagFilter,
    KeyFilter,
    MomentFilter,
    ReferenceFilter,
    SeveralChoices,
    StrictFilterSet,
)
from inventory.models import Organization

from ..models import WebhookDelivery
from ..subjects import SUBJECTS
from ..webhooks.replay import replay, select
from . import bodies, deliveries_words
from .bodies import Body, ExternalId, Keys, When
from .deliveries_shape import HEAVY, REPLAY, DeliveryDetail, DeliveryRow
from .idempotency import once
from .listing import Rows, refuse_missing, without_heavy
from .refusals import Conflict

Status = WebhookDelivery.Status
VIEW = "zoho_sync.view_webhookdelivery"
MOST = 5000  # replayed by one question
ENTITIES = list(dict.fromkeys(each.entity for each in SUBJECTS.values()))
STATES = [state for state in Status.values if state != Status.PROCESSING]  # those are read at this moment


class DeliveryFilters(StrictFilterSet):
    organization = ReferenceFilter(
        "organization", model=Organization, help_text="A company, by external id or ours."
    )
    entity = SeveralChoices(choices=[(name, name) for name in ENTITIES], help_text="May come more than once.")
    subject = SeveralChoices(
        choices=[(name, name) for name in SUBJECTS], help_text="May come more than once."
    )
    status = SeveralChoices(choices=Status.choices, help_text="May come more than once.")
    proof = SeveralChoices(choices=WebhookDelivery.Proof.choices, help_text="May come more than once.")
    result = SeveralChoices(choices=WebhookDelivery.Result.choices, help_text="May come more than once.")
    received_since = MomentFilter("received_at", lookup_expr="gte", help_text="Arrived then or later.")
    received_until = MomentFilter("received_at", lookup_expr="lte", help_text="Arrived then or before.")
    is_duplicate = FlagFilter(help_text="The same content had come shortly before.")
    is_test = FlagFilter(help_text="Sent as a test.")
    record = django_filters.CharFilter("record_id", help_text="The source's id of its record.")
    event_id = django_filters.UUIDFilter(help_text="As it was answered.")
    run = KeyFilter("run", help_text="The run that reads for it, or last did.")


class ReplaySeveral(Body):
    """Deliveries that fit everything that is named; at least one thing besides the organisation."""

    never_empty = True

    since = When(required=False, help_text="Arrived then or later.")
    until = When(required=False, help_text="Arrived then or before.")
    entity = serializers.ChoiceField(choices=ENTITIES, required=False)
    subject = serializers.ChoiceField(choices=list(SUBJECTS), required=False)
    state = serializers.ListField(
        child=serializers.ChoiceField(choices=STATES),
        required=False,
        min_length=1,
        max_length=len(STATES),
    )
    ids = Keys(required=False)
    organization = ExternalId(required=False, help_text="The source's id of it.")

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if not set(told) - {"organization"}:
            names = ", ".join(str(name) for name in self.fields if name != "organization")
            told_so = _("Name what is to be replayed, by at least one of %(names)s.") % {"names": names}
            raise ValidationError([told_so])
        if "since" in told and "until" in told and told["since"] > told["until"]:
            raise ValidationError({"since": [_("It must not be later than until.")]})
        return told


class DeliveriesReplayed(serializers.Serializer):
    """Those that were being applied at this moment are matched and left alone."""

    matched_count = serializers.IntegerField()
    replayed_count = serializers.IntegerField()


@deliveries_words.deliveries(ReplaySeveral, DeliveriesReplayed)
class Deliveries(Rows):
    serializer_class = DeliveryRow
    detail_class = DeliveryDetail
    filterset_class = DeliveryFilters
    export_name = "deliveries"
    permissions = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "replay": (VIEW, REPLAY),
        "replay_several": (VIEW, REPLAY),
    }

    def get_queryset(self) -> QuerySet:
        return without_heavy(WebhookDelivery.objects.select_related("organization"), self, *HEAVY)

    @once
    def replay(self, request: Request, pk: int) -> Response:
        bodies.read(bodies.Nothing, request)
        delivery = self.row(pk)
        if not replay(WebhookDelivery.objects.filter(pk=pk), user=request.user):
            raise Conflict(_("It is being applied at this moment: its record is read anyway."), "wrong_state")
        delivery.refresh_from_db()
        return self.told(delivery, 202)

    @once
    def replay_several(self, request: Request) -> Response:
        rows = chosen(bodies.read(ReplaySeveral, request))
        matched = rows.count()
        if matched > MOST:
            told = _("%(count)s deliveries fit; at most %(most)s can be replayed at once. Narrow it by time.")
            raise ValidationError({"since": [told % {"count": matched, "most": MOST}]})
        replayed = replay(rows, user=request.user)
        return Response({"matched_count": matched, "replayed_count": replayed}, status=202)


def chosen(wanted: dict[str, Any]) -> QuerySet[WebhookDelivery]:
    """Raises ValidationError for ids and organisations that there are not."""
    ids = wanted.get("ids", [])
    refuse_missing(WebhookDelivery, ids)
    return select(
        since=wanted.get("since"),
        until=wanted.get("until"),
        entity=wanted.get("entity", ""),
        subject=wanted.get("subject", ""),
        states=wanted.get("state", ()),
        ids=ids,
        organization=bodies.organization_named(wanted.get("organization")),
    )
