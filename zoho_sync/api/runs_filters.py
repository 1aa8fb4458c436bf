"""By what runs are found."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from inventory.api.filters import FlagFilter, MomentFilter, ReferenceFilter, SeveralChoices, StrictFilterSet
from inventory.models import Organization

from ..models import SyncRun
from ..options import SyncMode, Trigger
from .listing import several_entities


class RunFilters(StrictFilterSet):
    organization = ReferenceFilter(
        "organization", model=Organization, help_text="A company, by external id or ours."
    )
    entity = SeveralChoices(choices=several_entities(), help_text="May come more than once.")
    mode = django_filters.ChoiceFilter(choices=SyncMode.choices)
    status = SeveralChoices(choices=SyncRun.Status.choices, help_text="May come more than once.")
    trigger = SeveralChoices(choices=Trigger.choices, help_text="What started it; may come more than once.")
    is_dry = FlagFilter(help_text="Dry runs, or real ones.")
    ended = FlagFilter(method="by_end", help_text="Has ended, or has not; a quarantined run has not.")
    requested_by = django_filters.CharFilter(method="by_person", help_text="User name of who asked.")
    group = django_filters.UUIDFilter(help_text="Started together.")
    created_since = MomentFilter("created_at", lookup_expr="gte", help_text="Asked for then or later.")
    created_until = MomentFilter("created_at", lookup_expr="lte", help_text="Asked for then or before.")

    def by_end(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return rows.filter(status__in=SyncRun.ENDED) if value else rows.exclude(status__in=SyncRun.ENDED)

    def by_person(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        people: Any = get_user_model()._default_manager
        key = people.filter(username=value).values_list("pk", flat=True).first()
        if key is None:
            raise ValidationError({name: [_("There is nobody of this name.")]})
        return rows.filter(requested_by=key)
