"""/api/v1/events/: what happened, as it was kept: runs that began and ended, pages, failures, tokens, webhooks."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from inventory.api.filters import KeyFilter, MomentFilter, ReferenceFilter, SeveralChoices, StrictFilterSet
from inventory.models import Organization

from ..models import Event
from . import overview_words
from .listing import Rows, several_entities
from .representations import Id, Moment, Told


class EventRow(Told):
    """Something that happened, after its commit."""

    id = Id(source="pk")
    name = serializers.CharField(help_text="Such as tds.zoho.sync.completed.")
    at = Moment(allow_null=False)
    organization = serializers.CharField(
        source="organization.external_id", default=None, allow_null=True, help_text="The source's id of it."
    )
    run = Id(source="run_id", allow_null=True)
    entity = serializers.CharField(help_text="Empty where it is about none.")
    data = serializers.DictField(help_text="The facts; each event has its own.")  # type: ignore[assignment]


class EventFilters(StrictFilterSet):
    organization = ReferenceFilter(
        "organization", model=Organization, help_text="A company, by external id or ours."
    )
    name = django_filters.CharFilter(help_text="Exactly this event.")
    kind = django_filters.CharFilter(
        method="by_kind", help_text="Events whose names begin so, such as tds.zoho.sync."
    )
    entity = SeveralChoices(choices=several_entities(), help_text="May come more than once.")
    run = KeyFilter("run", help_text="Of this run.")
    since = MomentFilter("at", lookup_expr="gte", help_text="Happened then or later.")
    until = MomentFilter("at", lookup_expr="lte", help_text="Happened then or before.")

    def by_kind(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(name__startswith=value)


@overview_words.events(EventRow)
class Events(Rows):
    serializer_class = EventRow
    filterset_class = EventFilters
    export_name = "events"
    permissions = {"list": ("zoho_sync.view_event",)}

    def get_queryset(self) -> QuerySet:
        return Event.objects.select_related("organization")
