"""Does Zoho obey a filter? It answers 200 and the whole list when it does not: tried first, believed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import Refused
from ..models import FilterVerdict
from . import clock
from .client import ZohoClient

MEMORY = timedelta(days=7)


def filter_time(moment: datetime) -> str:
    """An aware time as Zoho's filters want it: 2026-11-20T09:30:00+0000. A literal Z is refused (zoho-api.md, 6)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def filter_works(
    client: ZohoClient,
    resource: str,
    name: str = "last_modified_time",
    *,
    params: Mapping[str, Any] | None = None,
    api: str = "inventory",
) -> bool:
    """May `resource` be asked for "modified since" by the filter `name`? Costs one call a week.

    Tried with tomorrow's time: no row means that it works, rows that it is ignored, a refusal that there is none. On an
    empty organisation it seems to work; then a list that ignores it costs calls until next week, and no row.
    params: what the real listing sends too.
    """
    key: dict[str, Any] = {"organization": client.organization, "resource": resource, "name": name}
    known = FilterVerdict.objects.filter(**key, probed_at__gt=clock.now() - MEMORY).first()
    verdict = known.verdict if known else _probe(client, resource, name, params, api)
    if not known:
        FilterVerdict.objects.update_or_create(**key, defaults={"verdict": verdict, "probed_at": clock.now()})
    return verdict == FilterVerdict.Verdict.WORKS


def _probe(
    client: ZohoClient, resource: str, name: str, params: Mapping[str, Any] | None, api: str
) -> FilterVerdict.Verdict:
    tomorrow = filter_time(clock.now() + timedelta(days=1))
    asked = {**(params or {}), name: tomorrow, "page": 1, "per_page": 10}
    try:
        rows = client.get(resource, asked, api=api).rows(resource)
    except Refused:
        return FilterVerdict.Verdict.REFUSED
    return FilterVerdict.Verdict.IGNORED if rows else FilterVerdict.Verdict.WORKS
