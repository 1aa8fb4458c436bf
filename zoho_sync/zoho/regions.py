"""Zoho's data centres, and the only hosts that ever see a secret. Source: zoho-api.md, 1."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from ..errors import AuthError
from ..sentences import sentence as _

ROOTS = {"inventory": "/inventory/v1", "books": "/books/v3"}  # what stands between an API host and a path


@dataclass(frozen=True)
class Region:
    """One data centre: where tokens are issued, and where the API answers."""

    accounts_url: str
    api_url: str


REGIONS = {
    "com": Region("https://accounts.zoho.com", "https://www.zohoapis.com"),
    "eu": Region("https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    "in": Region("https://accounts.zoho.in", "https://www.zohoapis.in"),
    "com.au": Region("https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    "jp": Region("https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    "ca": Region(
        "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"
    ),  # the accounts host is odd, not a slip
    "com.cn": Region("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    "sa": Region("https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    "uk": Region("https://accounts.zoho.uk", "https://www.zohoapis.uk"),
}
LOCATIONS = {  # as the consent page names the data centres
    "us": "com", "eu": "eu", "in": "in", "au": "com.au", "jp": "jp", "ca": "ca", "cn": "com.cn", "sa": "sa", "uk": "uk",
}  # fmt: skip
API_URLS = frozenset(region.api_url for region in REGIONS.values())
ACCOUNTS_URLS = frozenset(region.accounts_url for region in REGIONS.values())


def is_loopback(url: str) -> bool:
    """Does this address stay on this machine? A name other than localhost is never believed."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url_problem(name: str, url: str, allowed: frozenset[str]) -> str:
    """Why this address must not be used, as a sentence for people; "" when it may. `name` is the setting's."""
    try:
        parts = urlsplit(url)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        plain = is_web = False
    if not (plain and is_web):
        return _("%(name)s is not an address such as http://127.0.0.1:8900.") % {"name": name}
    if url.rstrip("/") in allowed or is_loopback(url):
        return ""
    return _(
        "%(name)s names a host that is not Zoho's. Only this machine (127.0.0.1, localhost) may stand in for Zoho; "
        "leave it empty to use the data centre's own address."
    ) % {"name": name}


def region_of(code: str) -> Region:
    """Raises AuthError when there is no such data centre."""
    if code not in REGIONS:
        raise AuthError(
            _("There is no Zoho data centre “%(code)s”. Set ZOHO_REGION to one of: %(known)s.")
            % {"code": code[:16], "known": ", ".join(REGIONS)}
        )
    return REGIONS[code]


def accounts_url(region: str) -> str:
    """What stands before /oauth/v2/token. Raises AuthError where the settings name a foreign host."""
    return _configured("ACCOUNTS_URL", ACCOUNTS_URLS) or region_of(region).accounts_url


def region_told(location: str, accounts_server: str, chosen: str) -> str:
    """The data centre from which a browser came back with a code, by what Zoho added to the address.

    location: "us", "eu", …; accounts_server: where the code has to be exchanged. Nothing told: the chosen one.
    Raises AuthError for a server that is not Zoho's: it would be sent the code and the client's secret.
    """
    url = accounts_server.rstrip("/")
    by_server = {each.accounts_url: code for code, each in REGIONS.items()}
    if url in by_server:
        return by_server[url]
    configured = _configured("ACCOUNTS_URL", ACCOUNTS_URLS)
    if url and url != configured:
        raise AuthError(
            _("The answer names the accounts server “%(url)s”, which is not Zoho's. Nothing was sent to it.")
            % {"url": url[:80]}
        )
    return LOCATIONS.get(location, chosen)


def api_url(region: str, api_domain: str = "") -> str:
    """What stands before /inventory/v1 and /books/v3: the settings' address, else the token's, else the region's.

    api_domain: what a token answer named; used only when `believed` says so.
    """
    configured = _configured("API_BASE_URL", API_URLS)
    if configured:
        return configured
    return api_domain.rstrip("/") if believed(api_domain) else region_of(region).api_url


def believed(api_domain: str) -> bool:
    """May a token be sent to the host that a token answer named? Only to Zoho's, or to the loopback that is set."""
    url = api_domain.rstrip("/")
    if url in API_URLS:
        return True
    return bool(url) and is_loopback(url) and url == settings.ZOHO["API_BASE_URL"].rstrip("/")


def _configured(name: str, allowed: frozenset[str]) -> str:
    url = settings.ZOHO[name].rstrip("/")
    if url and (problem := url_problem(f"ZOHO_{name}", url, allowed)):
        raise AuthError(problem)
    return url
