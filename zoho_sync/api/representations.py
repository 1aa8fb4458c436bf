"""Forms that several answers share. Ids are text, times are UTC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import Any

from rest_framework import serializers

from .. import status
from ..models import SyncRun

COUNTS = ("fetched", "created", "updated", "unchanged", "skipped", "stale", "failed", "removed")


class Moment(serializers.DateTimeField):
    """2026-11-20T09:00:00Z; null when it has not come."""

    def __init__(self, *, allow_null: bool = True, **kwargs: Any):
        super().__init__(default_timezone=UTC, read_only=True, allow_null=allow_null, **kwargs)


class Id(serializers.CharField):
    """One of our ids, as text."""

    def __init__(self, **kwargs: Any):
        super().__init__(read_only=True, **kwargs)


class Address(serializers.HyperlinkedIdentityField):
    """The address of this very row, or of one to which `source` leads."""

    def __init__(self, view_name: str, **kwargs: Any):
        super().__init__(view_name=view_name, **kwargs)


class Told(serializers.Serializer):
    """A row of which `?fields=` may leave out anything; so the schema promises no field."""

    def get_fields(self) -> dict[str, Any]:
        told = super().get_fields()
        for field in told.values():
            field.required = field.read_only = False
        return told


class RunProgress(serializers.Serializer):
    """done of about total records, over the time really worked; null where nothing can be said."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True, min_value=0, max_value=100)
    rows_per_second = serializers.FloatField(allow_null=True)
    seconds_left = serializers.IntegerField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True, help_text="Since it began, to its end or until now.")


class RunCounts(serializers.Serializer):
    """fetched = created + updated + unchanged + skipped + stale + failed; removed: tombstones."""

    fetched = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    skipped = serializers.IntegerField()
    stale = serializers.IntegerField(help_text="Older than what is stored.")
    failed = serializers.IntegerField()
    removed = serializers.IntegerField()


class RunBrief(serializers.Serializer):
    """A run in a few words."""

    id = Id(source="pk")
    url = Address("api-runs-one")
    entity = serializers.CharField()
    mode = serializers.CharField()
    status = serializers.ChoiceField(choices=SyncRun.Status.choices)
    is_dry = serializers.BooleanField()
    created_at = Moment(allow_null=False)
    finished_at = Moment()


def progress_of(run: SyncRun) -> dict[str, Any]:
    told = asdict(status.run_progress(run))
    rate = told["rows_per_second"]
    return told | {"rows_per_second": None if rate is None else round(rate, 2)}


def counts_of(run: SyncRun) -> dict[str, int]:
    return {name: getattr(run, f"{name}_count") for name in COUNTS}
