"""System checks: settings that `manage.py check` refuses before anything is sent anywhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.translation import gettext as _

from .zoho.regions import ACCOUNTS_URLS, API_URLS, REGIONS, is_loopback, url_problem

_WHOLE = {
    "CALLS_PER_MINUTE": 1,
    "CONCURRENT_CALLS": 1,
    "CALLS_PER_DAY": 1,
    "CALL_SECONDS": 1,
    "OVERLAP_SECONDS": 0,
}
_PERCENT = ("REALTIME_RESERVE_PERCENT", "BACKGROUND_FLOOR_PERCENT")
_CREDENTIALS = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID")


@register
def check_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001, E002: only Zoho's own hosts and this machine may see a token. W001: one of the two is a stand-in."""
    found: list[CheckMessage] = []
    addresses = (
        ("API_BASE_URL", API_URLS, "zoho_sync.E001"),
        ("ACCOUNTS_URL", ACCOUNTS_URLS, "zoho_sync.E002"),
    )
    for name, allowed, number in addresses:
        url = settings.ZOHO[name]
        if url and (problem := url_problem(f"ZOHO_{name}", url, allowed)):
            found.append(Error(problem, hint=_("Leave it empty to reach Zoho itself."), id=number))
    api_here, accounts_here = (is_loopback(settings.ZOHO[name]) for name, _allowed, _number in addresses)
    if api_here != accounts_here and not found:
        found.append(
            Warning(
                _(
                    "One of ZOHO_API_BASE_URL and ZOHO_ACCOUNTS_URL is on this machine, and the other one is Zoho's."
                ),
                hint=_("Set both, or none: else a stand-in is sent real secrets."),
                id="zoho_sync.W001",
            )
        )
    return found


@register
def check_credentials(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E003: no such data centre. W002: some of the four variables are set, and some are not."""
    found: list[CheckMessage] = []
    if settings.ZOHO["REGION"] not in REGIONS:
        known = ", ".join(REGIONS)
        found.append(Error(_("ZOHO_REGION is none of: %(known)s.") % {"known": known}, id="zoho_sync.E003"))
    missing = [f"ZOHO_{name}" for name in _CREDENTIALS if not settings.ZOHO[name]]
    if 0 < len(missing) < len(_CREDENTIALS) and missing != ["ZOHO_REFRESH_TOKEN"]:
        found.append(
            Warning(
                _("Some of Zoho's credentials are set, but not %(names)s.") % {"names": ", ".join(missing)},
                hint=_("Set all four, or connect with `manage.py zoho_connect`."),
                id="zoho_sync.W002",
            )
        )
    return found


@register
def check_limits(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E004: a limit that is no limit. W003: more calls a minute than Zoho grants."""
    found: list[CheckMessage] = []
    for name, least in _WHOLE.items():
        value = settings.ZOHO[name]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            text = _("ZOHO_%(name)s must be a whole number from %(least)s upwards.")
            found.append(Error(text % {"name": name, "least": least}, id="zoho_sync.E004"))
    for name in _PERCENT:
        if not 0 <= settings.ZOHO[name] <= 100:
            found.append(
                Error(_("ZOHO_%(name)s must be from 0 to 100.") % {"name": name}, id="zoho_sync.E004")
            )
    if not found and settings.ZOHO["CALLS_PER_MINUTE"] > 100:
        found.append(
            Warning(
                _("ZOHO_CALLS_PER_MINUTE is above the 100 that Zoho grants."),
                hint=_("95 leaves room for people who use Zoho's own pages."),
                id="zoho_sync.W003",
            )
        )
    return found
