"""/api/v1/entities/ and /api/v1/connection/: how fresh each entity is, and what may still be asked of the source."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inventory.api.conditional import Conditional
from inventory.api.filters import keys_asked, refuse_strange_parameters
from inventory.api.rendering import OrjsonRenderer
from inventory.models import Organization

from .. import status
from ..models import OAuthToken
from ..processors import registry
from . import overview_words
from .representations import Moment, RunBrief

MOST_ORGANIZATIONS = 50


class EntityRow(serializers.Serializer):
    """One entity of one organisation."""

    organization = serializers.SerializerMethodField(help_text="The source's id of it.")
    entity = serializers.CharField(help_text="The name that starting a run takes.")
    label = serializers.CharField(help_text="In the reader's language.")  # type: ignore[assignment]
    is_background = serializers.SerializerMethodField(
        help_text="Is not read with everything: it is read by itself, or follows another."
    )
    watermark = Moment(help_text="Changes are known up to this time of the source's clock.")
    full_at = Moment(help_text="When the last good full run began.")
    incremental_at = Moment(help_text="When the last good incremental run began.")
    live_count = serializers.IntegerField(help_text="Rows that are at the source.")
    waiting_failures_count = serializers.IntegerField(source="waiting_errors")
    last_run = RunBrief(allow_null=True, help_text="That has ended, or waits for a decision.")
    active_run = RunBrief(allow_null=True)

    def get_organization(self, row: status.EntityFreshness) -> str:
        return self.context["organization"].external_id

    def get_is_background(self, row: status.EntityFreshness) -> bool:
        return registry.get(row.entity).is_background


class EntityList(serializers.Serializer):
    results = EntityRow(many=True)


class BudgetRow(serializers.Serializer):
    """Calls of the organisation's own day."""

    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField(help_text="What a normal run may still make.")
    reserve = serializers.IntegerField(help_text="Kept for what is urgent.")
    blocked_until = Moment(help_text="Until then the source has asked for silence.")
    reason = serializers.CharField(help_text="Why it has.")


class ConnectionRow(serializers.Serializer):
    """No secret is told."""

    organization = serializers.CharField(help_text="The source's id of it.")
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=[*OAuthToken.State.choices, ("", "not connected")])
    works = serializers.BooleanField(help_text="As far as is known; nothing is asked for this.")
    message = serializers.CharField(help_text="Why it does not work, in the reader's language.")
    refreshed_at = Moment(help_text="The token's last refresh.")
    expires_at = Moment(help_text="It is refreshed before.")
    budget = serializers.SerializerMethodField()

    @extend_schema_field(BudgetRow)
    def get_budget(self, row: dict[str, Any]) -> dict[str, Any]:
        return BudgetRow(row["budget"]).data


class ConnectionList(serializers.Serializer):
    worker_is_alive = serializers.BooleanField(help_text="Without a worker, runs wait.")
    results = ConnectionRow(many=True)


class Overview(Conditional, APIView):
    """A small answer that is told whole, for every organisation or for the one that is named."""

    renderer_classes = (OrjsonRenderer,)
    metadata_class = None

    def organizations(self, request: Request) -> list[Organization]:
        """Raises ValidationError for one that there is not."""
        refuse_strange_parameters(request, {"organization"})
        wanted = keys_asked(request, "organization", Organization)
        rows = Organization.objects.order_by("pk")
        rows = rows.filter(pk__in=wanted) if wanted else rows
        return list(rows[:MOST_ORGANIZATIONS])


@overview_words.entities(EntityList)
class Entities(Overview):
    permissions = {"get": ("zoho_sync.view_syncrun", "zoho_sync.view_synccheckpoint")}

    def get(self, request: Request) -> Response:
        found: list[Any] = []
        for organization in self.organizations(request):
            context = {"request": request, "organization": organization}
            found += EntityRow(status.freshness(organization), many=True, context=context).data
        return Response({"results": found})


@overview_words.connection(ConnectionList)
class Connection(Overview):
    permissions = {"get": ("zoho_sync.view_oauthtoken", "zoho_sync.view_apiusage")}

    def get(self, request: Request) -> Response:
        rows = []
        for organization in self.organizations(request):
            known = status.connection(organization)
            rows.append(
                {
                    "organization": organization.external_id,
                    "name": organization.name,
                    "state": known.state,
                    "works": known.works,
                    "message": known.message,
                    "refreshed_at": known.refreshed_at,
                    "expires_at": known.expires_at,
                    "budget": status.budget(organization),
                }
            )
        return Response(ConnectionList({"worker_is_alive": status.worker_alive(), "results": rows}).data)
