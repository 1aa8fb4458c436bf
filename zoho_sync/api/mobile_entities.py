"""/api/bff/tds/entities: how fresh each entity is, and what works on it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.ages import age_text
from inventory.api.screens import OlderView, screen

from .. import status
from . import mobile_words
from .bulk_sync import VIEW
from .bulk_sync_body import read_only_organization
from .bulk_sync_words import ORGANIZATION
from .mobile_runs import MobileRun
from .representations import Moment


class EntityState(models.TextChoices):
    READING = "reading", gettext_lazy("is being read")
    NEVER = "never", gettext_lazy("never read whole")
    STALE = "stale", gettext_lazy("out of date")
    FRESH = "fresh", gettext_lazy("up to date")


class MobileEntity(serializers.Serializer):
    organization = serializers.SerializerMethodField(help_text="The source's id of it.")
    entity = serializers.CharField()
    entity_text = serializers.CharField(source="label")
    state = serializers.SerializerMethodField()
    state_text = serializers.SerializerMethodField()
    live_count = serializers.IntegerField(help_text="Rows that are at the source.")
    waiting_failures_count = serializers.IntegerField(source="waiting_errors")
    good_at = Moment(help_text="When the last good run began that left nothing out.")
    good_text = serializers.SerializerMethodField()
    last_run = MobileRun(allow_null=True, help_text="That has ended, or waits for a decision.")
    active_run = MobileRun(allow_null=True)

    def get_organization(self, row: status.EntityFreshness) -> str:
        return self.context["organization"].external_id

    @extend_schema_field(serializers.ChoiceField(choices=EntityState.choices))
    def get_state(self, row: status.EntityFreshness) -> str:
        return state_of(row).value

    def get_state_text(self, row: status.EntityFreshness) -> str:
        return str(state_of(row).label)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_good_text(self, row: status.EntityFreshness) -> str | None:
        return age_text(row.good_at)


def state_of(row: status.EntityFreshness) -> EntityState:
    if row.active_run is not None:
        return EntityState.READING
    if row.is_unread:
        return EntityState.NEVER
    if row.is_stale:
        return EntityState.STALE
    return EntityState.FRESH


class MobileEntities(serializers.Serializer):
    entities = MobileEntity(many=True)


@screen(
    "mobile_entities",
    MobileEntities,
    summary="How fresh each entity is",
    example={"entities": [mobile_words.ENTITY]},
    parameters=(ORGANIZATION,),
)
class MobileEntitiesView(OlderView):
    permissions = {"get": (VIEW, "zoho_sync.view_synccheckpoint")}

    def get(self, request: Request) -> Response:
        told: list[Any] = []
        for organization in read_only_organization(request):
            context = {"request": request, "organization": organization}
            told += MobileEntity(status.freshness(organization), many=True, context=context).data
        return Response({"entities": told})
