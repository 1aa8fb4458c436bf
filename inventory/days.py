"""Zones and days as the organisations' own clocks tell them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

from .models import Organization


@lru_cache(maxsize=64)
def known_zone(name: str) -> ZoneInfo | None:
    """None for no name, for one that nobody knows, and for what is no name of a zone at all."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def zone_named(name: str) -> tzinfo:
    """That of the settings for a name that is not known."""
    return known_zone(name) or timezone.get_default_timezone()


def zone(organization: Organization) -> tzinfo:
    """Its own, or that of the settings."""
    return zone_named(organization.time_zone)


def today(organization: Organization, now: datetime | None = None) -> date:
    """The day that it is there."""
    return (now or timezone.now()).astimezone(zone(organization)).date()


def shared_zone(organizations: Collection[Organization]) -> tzinfo:
    """The zone that all of them have; that of the settings where they differ, or where there is none."""
    names = {each.time_zone for each in organizations}
    return zone_named(names.pop() if len(names) == 1 else "")


def company_zone() -> tzinfo:
    """Of the only organisation; that of the settings where there are several, or where its own is not known."""
    names = list(Organization.objects.values_list("time_zone", flat=True)[:2])
    return zone_named(names[0] if len(names) == 1 else "")


def company_day(moment: datetime | None = None) -> date:
    """The day on which a moment, or now, falls there."""
    return (moment or timezone.now()).astimezone(company_zone()).date()
