"""/api/bff/tds/dead-letter: what could not be taken and waits for somebody, webhooks and records."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.ages import age_text
from inventory.api.filters import refuse_strange_parameters
from inventory.api.screens import LIMIT, OlderView, read_limit, screen

from .. import status
from ..models import RecordError, WebhookDelivery
from . import mobile_words
from .deliveries import VIEW as VIEW_DELIVERIES
from .failures import VIEW as VIEW_FAILURES
from .mobile import subject_text
from .representations import Address, Id, Moment


class DeadDelivery(serializers.Serializer):
    """A webhook that was tried as often as is sensible."""

    id = Id(source="pk")
    subject = serializers.CharField()
    subject_text = serializers.SerializerMethodField()
    record_id = serializers.CharField()
    reason = serializers.CharField()
    attempts_count = serializers.IntegerField()
    received_at = Moment(allow_null=False)
    age_text = serializers.SerializerMethodField()
    url = Address("api-deliveries-one")

    def get_subject_text(self, row: WebhookDelivery) -> str:
        return subject_text(row.subject)

    def get_age_text(self, row: WebhookDelivery) -> str:
        return age_text(row.received_at) or ""


class WaitingFailure(serializers.Serializer):
    """A record that could not be taken and waits for somebody."""

    id = Id(source="pk")
    entity = serializers.CharField()
    entity_text = serializers.SerializerMethodField()
    record = serializers.CharField(source="record_key")
    reason = serializers.CharField()
    seen_count = serializers.IntegerField()
    last_seen_at = Moment(allow_null=False)
    age_text = serializers.SerializerMethodField()
    url = Address("api-failures-one")

    def get_entity_text(self, row: RecordError) -> str:
        return status.label_of(row.entity)

    def get_age_text(self, row: RecordError) -> str:
        return age_text(row.last_seen_at) or ""


class DeadLetters(serializers.Serializer):
    deliveries_count = serializers.IntegerField(help_text="All there are, shown or not.")
    deliveries = DeadDelivery(many=True)
    failures_count = serializers.IntegerField(help_text="All there are, shown or not.")
    failures = WaitingFailure(many=True)


@screen(
    "mobile_dead_letters",
    DeadLetters,
    summary="What could not be taken",
    example=mobile_words.DEAD,
    parameters=(LIMIT,),
)
class DeadLettersView(OlderView):
    permissions = {"get": (VIEW_DELIVERIES, VIEW_FAILURES)}

    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {"limit"})
        limit = read_limit(request)
        dead = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.DEAD)
        waiting = RecordError.objects.filter(status=RecordError.Status.WAITING)
        shown = {
            "deliveries_count": dead.count(),
            "deliveries": dead.defer("body", "headers", "query", "item_ids").order_by("-pk")[:limit],
            "failures_count": waiting.count(),
            "failures": waiting.defer("payload").order_by("-last_seen_at", "-pk")[:limit],
        }
        return Response(DeadLetters(shown, context={"request": request}).data)
