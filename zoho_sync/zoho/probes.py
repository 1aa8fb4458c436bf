"""Does Zoho obey a filter? It answers 200 and the whole list when it does not: tried first, believed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from inventory.models import Organization

from ..errors import AuthError, PayloadError, RecordRejected, Refused, UnknownPath
from ..models import FilterVerdict
from ..payloads import decode
from ..processors.converters import moment
from . import clock
from .answers import NOT_AUTHORIZED
from .client import ZohoClient

Verdict = FilterVerdict.Verdict
MEMORY = timedelta(days=7)
ORDER = "sort"  # the name under which the verdict on sorting by time is kept
NEWEST_FIRST = {"sort_column": "last_modified_time", "sort_order": "D"}
_LOOKED_AT = 50  # rows


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
    known = _known(client.organization, kept_as(resource, api), name)
    verdict = known if known else probe_filter(client, resource, name, params=params, api=api)
    return verdict == Verdict.WORKS


def kept_as(resource: str, api: str = "inventory") -> str:
    """The name under which verdicts on a resource are kept: Books is asked apart."""
    return resource if api == "inventory" else f"{api}/{resource}"


def ordering(column: str) -> str:
    """The name under which a verdict on sorting by this column is kept."""
    return f"{ORDER}:{column}"


def is_refused(organization: Organization, resource: str, name: str) -> bool:
    """Was Zoho seen in the last week to refuse this of the list? name: a filter's, or `ordering(column)`."""
    return _known(organization, resource, name) == Verdict.REFUSED


def note_refusal(organization: Organization, resource: str, name: str) -> None:
    _remember(organization, resource, name, Verdict.REFUSED)


def probe_filter(
    client: ZohoClient,
    resource: str,
    name: str = "last_modified_time",
    *,
    params: Mapping[str, Any] | None = None,
    api: str = "inventory",
) -> Verdict:
    """Try the filter now, and remember what came of it. One call."""
    return _remember(
        client.organization, kept_as(resource, api), name, _probe(client, resource, name, params, api)
    )


def probe_order(
    client: ZohoClient, resource: str, *, params: Mapping[str, Any] | None = None
) -> Verdict | None:
    """Does Zoho sort this list by the time of change, newest first? Tried and remembered; one call.

    None, and nothing remembered, when the list is too short to tell.
    """
    asked = {**(params or {}), **NEWEST_FIRST, "page": 1, "per_page": _LOOKED_AT}
    try:
        rows = client.get(resource, asked).rows(resource)
    except Refused:
        return _remember(client.organization, resource, ORDER, Verdict.REFUSED)
    times = [_modified(row) for row in rows]
    if len(set(times) - {None}) < 2:
        return None
    is_sorted = None not in times and all(newer >= older for newer, older in pairwise(times))
    return _remember(client.organization, resource, ORDER, Verdict.WORKS if is_sorted else Verdict.IGNORED)


def order_known(organization: Organization, resource: str) -> Verdict | None:
    """What `probe_order` found in the last week."""
    return _known(organization, resource, ORDER)


def _known(organization: Organization, resource: str, name: str) -> Verdict | None:
    since = clock.now() - MEMORY
    rows = FilterVerdict.objects.filter(
        organization=organization, resource=resource, name=name, probed_at__gt=since
    )
    found = rows.values_list("verdict", flat=True).first()
    return Verdict(found) if found else None


def _remember(organization: Organization, resource: str, name: str, verdict: Verdict) -> Verdict:
    FilterVerdict.objects.update_or_create(
        organization=organization,
        resource=resource,
        name=name,
        defaults={"verdict": verdict, "probed_at": clock.now()},
    )
    return verdict


def _modified(row: bytes) -> Any:
    try:
        return moment(decode(row).get("last_modified_time"))
    except (PayloadError, RecordRejected):
        return None


def _probe(
    client: ZohoClient, resource: str, name: str, params: Mapping[str, Any] | None, api: str
) -> Verdict:
    tomorrow = filter_time(clock.now() + timedelta(days=1))
    asked = {**(params or {}), name: tomorrow, "page": 1, "per_page": 10}
    try:
        rows = client.get(resource, asked, api=api).rows(resource)
    except Refused:
        return Verdict.REFUSED
    except UnknownPath:
        return Verdict.REFUSED  # not in this plan
    except AuthError as error:
        if api == "inventory" or error.code != NOT_AUTHORIZED:
            raise
        return Verdict.REFUSED  # the token need not hold scopes of the other API
    return Verdict.IGNORED if rows else Verdict.WORKS
