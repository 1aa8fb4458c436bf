"""How much one address and one token may ask for in a minute, and how often an address may come with bad credentials.

An address is counted before anything else is looked at; a token, or the staff behind a session, once it is known and
permitted. A bad credential is counted by its address. Beyond that limit such a visitor is answered 429 instead of 401;
a good token from the same address (an office shares one) is still heard.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from zoho_sync.addresses import address_of

from . import refusals
from .meter import Meter


class TooMany(Throttled):
    """is_first: the first refusal of this visitor in this minute."""

    def __init__(self, wait: int, *, is_first: bool):
        super().__init__(wait, _("Too many requests."))
        self.is_first = is_first


@cache
def meter() -> Meter:
    return Meter(settings.API["METER"])


def admit_address(request: Any) -> None:
    """Count a request from its address. Raises TooMany."""
    _count(
        request, f"address {network_of(address_of(request))}", settings.API["PER_MINUTE_ADDRESS"], "address"
    )


def note_bad_credential(request: Any) -> None:
    """Count a refused credential against its address. Raises TooMany."""
    key = f"refused {network_of(address_of(request))}"
    _count(request, key, settings.API["REFUSED_PER_MINUTE"], "address with bad credentials")


class PerToken(BaseThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        token = request.auth
        key = f"token {token.pk}" if token is not None else f"user {request.user.pk}"
        _count(request, key, settings.API["PER_MINUTE_TOKEN"], "token" if token is not None else "user")
        return True


def _count(request: Any, key: str, limit: int, who: str) -> None:
    count = meter().add(key)
    if count.used > limit:
        refusals.miss(request, f"more than {limit} requests a minute of this {who}")
        raise TooMany(count.seconds_left, is_first=count.used == limit + 1)


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 visitor has to himself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if found.version == 6 else str(found)
