"""Does the connection do what the mirror needs? Test calls and trials of what Zoho obeys, each asked for by a person.

A test call says in words what it found, and the words are kept. A trial's verdict is kept where the engine looks before
it lists: phases/listing.py believes a filter only when it was seen working, and stops early only where sorting works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from inventory.models import Organization

from .connections import refresh_organization
from .errors import AuthError, NotConnected, Paused, Refused, SyncError, UnknownPath, ZohoUnavailable
from .models import ConnectionCheck, FilterVerdict
from .options import Priority
from .processors import registry
from .sentences import counted, said
from .sentences import sentence as _
from .zoho.client import ZohoClient
from .zoho.probes import ORDER, probe_filter, probe_order

Verdict = ConnectionCheck.Verdict
MODIFIED = "last_modified_time"


@dataclass(frozen=True)
class Check:
    """One thing that is read. scope: what the credentials need for it. calls: at most so many."""

    name: str
    label: Any
    path: str
    key: str
    scope: str
    calls: int = 1
    is_optional: bool = False


CHECKS = (
    Check("organization", gettext_lazy("Organisation"), "organizations", "organization", "ZohoInventory.settings.READ"),
    Check("items", gettext_lazy("Items"), "items", "items", "ZohoInventory.items.READ"),
    Check("contacts", gettext_lazy("Contacts"), "contacts", "contacts", "ZohoInventory.contacts.READ"),
    Check(
        "price_lists", gettext_lazy("Price lists"), "pricebooks", "pricebooks", "ZohoInventory.settings.READ",
        is_optional=True,
    ),
    Check("places", gettext_lazy("Locations"), "locations", "locations", "ZohoInventory.settings.READ", calls=2),
)  # fmt: skip
COST = sum(each.calls for each in CHECKS)


@dataclass(frozen=True)
class Trial:
    """One thing to be tried: what Zoho does with `name` on the list of an entity. One call."""

    entity: str
    name: str

    @property
    def resource(self) -> str:
        return registry.get(self.entity).path


def trials() -> list[Trial]:
    """Whatever the listings of this program would like to rely on."""
    found = []
    for entity in registry.names():
        processor = registry.get(entity)
        if processor.lane == "documents":
            continue  # tried by their own runs, in either API
        if processor.modified_filter:
            found.append(Trial(entity, MODIFIED))
        if processor.sorts:
            found.append(Trial(entity, ORDER))
    return found


def run_checks(organization: Organization) -> list[ConnectionCheck]:
    """Make all test calls, and keep what they said; where Zoho cannot be reached the rest is left as it was."""
    done = []
    with ZohoClient(organization, priority=Priority.REALTIME) as client:
        for check in CHECKS:
            verdict, message = _try(client, check)
            row, _made = ConnectionCheck.objects.update_or_create(
                organization=organization,
                name=check.name,
                defaults={"verdict": verdict, "message": message, "checked_at": timezone.now()},
            )
            done.append(row)
            if verdict == Verdict.LATER:  # the next one would only say the same
                break
    return done


def run_trials(organization: Organization) -> list[tuple[Trial, str]]:
    """Try everything now; (trial, verdict), "" where the list is too short to tell. Raises what a call raises."""
    done = []
    with ZohoClient(organization, priority=Priority.REALTIME) as client:
        for trial in trials():
            params = registry.get(trial.entity).params
            if trial.name == ORDER:
                verdict = probe_order(client, trial.resource, params=params)
            else:
                verdict = probe_filter(client, trial.resource, trial.name, params=params)
            done.append((trial, str(verdict or "")))
    return done


def verdicts(organization: Organization) -> dict[tuple[str, str], FilterVerdict]:
    """What was tried last, by (resource, name)."""
    rows = FilterVerdict.objects.filter(organization=organization)
    return {(row.resource, row.name): row for row in rows}


def _try(client: ZohoClient, check: Check) -> tuple[str, str]:
    try:
        return Verdict.GOOD, _read(client, check)
    except (Paused, ZohoUnavailable) as error:
        return Verdict.LATER, said(error)
    except UnknownPath as error:
        if check.is_optional:
            return Verdict.MISSING, _("This organisation does not use it, so there is nothing to mirror.")
        return Verdict.BAD, said(error)
    except NotConnected as error:
        return Verdict.BAD, said(error)
    except AuthError as error:
        if error.endpoint and error.code == 57:
            return Verdict.BAD, _(
                "Not allowed. Ask for consent again with the scope %(scope)s, or give the Zoho user who consented the "
                "right to see it."
            ) % {"scope": check.scope}
        return Verdict.BAD, said(error)
    except SyncError as error:
        return Verdict.BAD, said(error)


def _read(client: ZohoClient, check: Check) -> str:
    if check.name == "organization":
        told = refresh_organization(client)
        return _("%(name)s, base currency %(currency)s, time zone %(zone)s.") % {
            "name": told.name or told.external_id,
            "currency": told.currency_code or "?",
            "zone": told.time_zone or "?",
        }
    if check.name == "places":
        return _read_places(client)
    rows = client.get(
        check.path,
        {"filter_by": "Status.All", "page": 1, "per_page": 1}
        if check.name != "price_lists"
        else {"page": 1, "per_page": 200},
    ).rows(check.key)
    if check.name == "price_lists":
        return counted(
            "%(count)s price list can be read.", "%(count)s price lists can be read.", len(rows)
        ) % {"count": len(rows)}
    return _("Can be read.") if rows else _("Can be read; there is none yet.")


def _read_places(client: ZohoClient) -> str:
    """Organisations that were not moved to Locations have warehouses only."""
    try:
        rows = client.get("locations").rows("locations")
    except (UnknownPath, Refused):
        rows = client.get("warehouses").rows("warehouses")
    return counted("%(count)s location can be read.", "%(count)s locations can be read.", len(rows)) % {
        "count": len(rows)
    }
