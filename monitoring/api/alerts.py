"""/api/v1/alerts/: what is wrong now, the worst first, each cause once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventory.api.conditional import Conditional
from inventory.api.filters import refuse_strange_parameters
from inventory.api.rendering import OrjsonRenderer

from ..causes import find_troubles
from ..troubles import Severity, Trouble, worst

VIEW = (
    "zoho_sync.view_syncrun",
    "zoho_sync.view_recorderror",
    "zoho_sync.view_webhookdelivery",
    "zoho_sync.view_oauthtoken",
)
SEVERITIES = OpenApiParameter(
    "severity",
    {"type": "array", "items": {"type": "string", "enum": list(Severity)}},
    explode=True,
    description="Only these; may come more than once.",
)


class Alert(serializers.Serializer):
    """One cause. Texts are in the reader's language, by `Accept-Language`."""

    id = serializers.CharField(help_text="Stays the same as long as the cause lasts.")
    severity = serializers.ChoiceField(
        choices=list(Severity),
        help_text="info: somebody may want to decide. warning: something is late or left out. error: something stays "
        "undone until a person acts. critical: nothing is synced at all.",
    )
    title = serializers.CharField()
    message = serializers.CharField(help_text="What is wrong.")
    what_to_do = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True, help_text="null where it is not known.")
    count = serializers.IntegerField(help_text="Of what the message speaks of.")
    url = serializers.CharField(help_text="Where more is told; empty where nothing is.")


class Alerts(serializers.Serializer):
    worst = serializers.ChoiceField(
        choices=list(Severity), allow_null=True, help_text="Of those that are told; null: all is well."
    )
    results = Alert(many=True, help_text="The worst first.")


EXAMPLE: dict[str, Any] = {
    "worst": "error",
    "results": [
        {
            "id": "dead-letters",
            "severity": "error",
            "title": "Dead letters",
            "message": "2 webhook deliveries could not be applied and are tried no more.",
            "what_to_do": "See why, mend it, then replay them.",
            "since": None,
            "count": 2,
            "url": "https://erp.example/api/v1/deliveries/?status=dead",
        }
    ],
}


class AlertsView(Conditional, APIView):
    permissions = {"get": VIEW}
    renderer_classes = (OrjsonRenderer,)

    @extend_schema(
        operation_id="alerts_list",
        summary="What is wrong now",
        description="Judged anew with each question, from what is stored; nothing is asked of the source.",
        parameters=[SEVERITIES],
        responses={200: Alerts},
        examples=[OpenApiExample("Dead letters", value=EXAMPLE, response_only=True, status_codes=[200])],
    )
    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {"severity"}, several={"severity"})
        return Response(told(chosen(request, find_troubles()), request))


def chosen(request: Request, found: list[Trouble]) -> list[Trouble]:
    """Those of the severities asked for. Raises ValidationError."""
    wanted = request.query_params.getlist("severity")
    if any(each not in list(Severity) for each in wanted):
        sentence = _("One of %(names)s is expected.") % {"names": ", ".join(Severity)}
        raise ValidationError({"severity": [sentence]})
    return [each for each in found if not wanted or each.severity in wanted]


def told(found: Iterable[Trouble], request: Request) -> dict[str, Any]:
    found = list(found)
    return {
        "worst": worst(found),
        "results": [
            {
                "id": each.id,
                "severity": each.severity,
                "title": each.title,
                "message": str(each.message),
                "what_to_do": each.what_to_do,
                "since": each.since,
                "count": each.count,
                "url": request.build_absolute_uri(each.url) if each.url else "",
            }
            for each in found
        ],
    }
