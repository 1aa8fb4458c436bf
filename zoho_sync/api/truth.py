"""/api/v1/truth/: how much of the mirror is right, as far as samples tell, and what has drifted."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .. import status
from ..models import TruthCheck
from ..truth.drifts import latest_drifts
from . import truth_words
from .entities import Overview
from .representations import Id, Moment

MOST_DRIFTS = 100


class Difference(serializers.Serializer):
    """One field that differed."""

    table = serializers.CharField(help_text="Ours.")
    record = serializers.CharField(
        help_text="The source's id of the row; of a part, it begins with its parent's."
    )
    field = serializers.CharField(help_text="The column, or “missing here”, “missing in Zoho”.")
    here = serializers.JSONField(allow_null=True, help_text="Decimals as text.")
    there = serializers.JSONField(allow_null=True)


class Drift(serializers.Serializer):
    """A record that was found different and is not known to be equal again."""

    entity = serializers.CharField()
    record = serializers.CharField(source="external_id", help_text="The source's id of it.")
    name = serializers.CharField(source="label")
    checked_at = Moment(allow_null=False)
    reason = serializers.CharField(help_text="In the reader's language.")
    refresh_run = Id(source="refresh_run_id", allow_null=True, help_text="That was started to read it again.")
    differences = Difference(many=True, help_text="The first hundred.")


class Shares(serializers.Serializer):
    """Of the records that were judged equal or different; null where none was: no data."""

    checked = serializers.IntegerField(help_text="Records that were judged equal or different.")
    equal = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, min_value=0, max_value=1, help_text="equal / checked.")
    low = serializers.FloatField(allow_null=True, help_text="The lower end of the 95 % interval (Wilson's).")
    high = serializers.FloatField(allow_null=True, help_text="The upper end.")
    drifts_count = serializers.IntegerField(
        source="drifts", help_text="Records that differ, found at any time and not known to be equal again."
    )
    lag = serializers.IntegerField(help_text="Changed at the source since they were read: no error.")
    unreadable = serializers.IntegerField(help_text="Could not be compared.")
    checked_at = Moment(help_text="When one was last compared.")


class EntityShares(Shares):
    entity = serializers.CharField()
    label = serializers.CharField(help_text="In the reader's language.")  # type: ignore[assignment]


class TruthRow(Shares):
    organization = serializers.SerializerMethodField(help_text="The source's id of it.")
    hours = serializers.IntegerField(help_text="The window that is told of.")
    oldest_unverified_at = Moment(help_text="The oldest verification of a product's stock.")
    unverified_count = serializers.IntegerField(help_text="Products whose stock is still to be read.")
    entities = EntityShares(many=True)
    drifts = serializers.SerializerMethodField(help_text="The newest hundred, each record once.")

    def get_organization(self, row: status.Truth) -> str:
        return self.context["organization"].external_id

    @extend_schema_field(Drift(many=True))
    def get_drifts(self, row: status.Truth) -> list[dict[str, Any]]:
        found: list[TruthCheck] = latest_drifts(self.context["organization"], MOST_DRIFTS)
        return list(Drift(found, many=True).data)


class TruthList(serializers.Serializer):
    results = TruthRow(many=True)


@truth_words.truth(TruthList)
class Truth(Overview):
    permissions = {"get": ("zoho_sync.view_truthcheck",)}

    def get(self, request: Request) -> Response:
        found: list[Any] = []
        for organization in self.organizations(request):
            context = {"request": request, "organization": organization}
            found.append(TruthRow(status.truth(organization), context=context).data)
        return Response({"results": found})
