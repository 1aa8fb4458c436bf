"""Where a record is looked at in Zoho itself: its page in the web app of the organisation's data centre.

Zoho documents no such addresses; these are what its own app shows for items, contacts and documents. Of price lists,
locations and others none is known that leads to one of them, so those lead to the organisation's start page.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings

from inventory.models import Organization

from .models import OAuthToken
from .sentences import sentence as _
from .zoho.regions import is_loopback

HOSTS = {
    "com": "https://inventory.zoho.com",
    "eu": "https://inventory.zoho.eu",
    "in": "https://inventory.zoho.in",
    "com.au": "https://inventory.zoho.com.au",
    "jp": "https://inventory.zoho.jp",
    "ca": "https://inventory.zohocloud.ca",
    "com.cn": "https://inventory.zoho.com.cn",
    "sa": "https://inventory.zoho.sa",
    "uk": "https://inventory.zoho.uk",
}
PAGES = {
    "products": "inventory/items",
    "stock": "inventory/items",
    "pictures": "inventory/items",
    "customers": "contacts",
    "sales_orders": "salesorders",
    "invoices": "invoices",
    "customer_payments": "paymentsreceived",
    "credit_notes": "creditnotes",
    "packages": "packages",
    "sales_returns": "salesreturns",
    "purchase_orders": "purchaseorders",
    "bills": "bills",
    "vendor_credits": "vendorcredits",
}
START = "home/dashboard"


@dataclass(frozen=True)
class WebPage:
    """url: "" where there is none, and `reason` says why. is_exact: it shows the record, not only its organisation."""

    url: str = ""
    is_exact: bool = False
    reason: str = ""


def page_of(organization: Organization, entity: str, external_id: str, token: OAuthToken | None) -> WebPage:
    """token: the organisation's connection, which knows the data centre; nothing is asked of Zoho."""
    if is_loopback(settings.ZOHO["API_BASE_URL"]):
        return WebPage(reason=_("A sandbox stands in for Zoho, and it has no pages to open."))
    host = HOSTS.get(token.region if token else settings.ZOHO["REGION"])
    if host is None:
        return WebPage(reason=_("The data centre of this organisation is not known."))
    app = f"{host}/app/{quote(organization.external_id, safe='')}"
    place = PAGES.get(entity)
    if place is None:
        return WebPage(f"{app}#/{START}")
    return WebPage(f"{app}#/{place}/{quote(external_id, safe='')}", is_exact=True)
