"""The skin's settings: name, mark, colours, and a sidebar by task instead of by app."""

from __future__ import annotations

from collections.abc import Callable

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def may(permission: str) -> Callable:
    """Shows a sidebar link only to people who may open it."""
    return lambda request: request.user.has_perm(permission)


def place(title, icon: str, model: str) -> dict:
    """A link to a model's list; model: "app.model"."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": may(f"{app}.view_{name}"),
    }


def page(title, icon: str, name: str, permission: str) -> dict:
    """A link to a page of the sync that is no list; name: of its address, permission: of the sync."""
    link = reverse_lazy(f"admin:{name}")
    return {"title": title, "icon": icon, "link": link, "permission": may(f"zoho_sync.{permission}")}


def is_in_deliveries(request) -> bool:
    """The inbox, and not those of its pages that have links of their own."""
    inside = str(reverse_lazy("admin:zoho_sync_webhookdelivery_changelist"))
    _before, found, rest = request.path.partition(inside)
    return bool(found) and not rest.startswith(("coverage/", "setup/"))


def sees_tokens(request) -> bool:
    """All of them, or at least the visitor's own."""
    return request.user.has_perm("access.view_apitoken") or request.user.has_perm("access.own_apitoken")


SIDEBAR = [
    {
        "title": _("Watch"),
        "items": [
            {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")},
            place(_("Failures"), "report", "zoho_sync.recorderror"),
            place(_("Connection and calls"), "cloud_sync", "zoho_sync.oauthtoken"),
        ],
    },
    {
        "title": _("Catalogue"),
        "items": [
            place(_("Products"), "inventory_2", "inventory.product"),
            place(_("Price lists"), "sell", "inventory.pricelist"),
            place(_("Prices"), "payments", "inventory.pricelistitem"),
            place(_("Price changes"), "trending_up", "inventory.pricechange"),
        ],
    },
    {
        "title": _("Stock"),
        "items": [
            place(_("Stock levels"), "shelves", "inventory.stocklevel"),
            place(_("Warehouses"), "warehouse", "inventory.warehouse"),
            place(_("Stock changes"), "swap_vert", "inventory.stockchange"),
        ],
    },
    {
        "title": _("Customers"),
        "items": [place(_("Customers"), "group", "inventory.customer")],
    },
    {
        "title": _("Sync"),
        "items": [
            place(_("Runs"), "sync", "zoho_sync.syncrun"),
            place(_("Schedules"), "schedule", "django_q.schedule"),
            place(_("Events"), "list_alt", "zoho_sync.event"),
        ],
    },
    {
        "title": _("Webhooks"),
        "items": [
            place(_("Deliveries"), "inbox", "zoho_sync.webhookdelivery") | {"active": is_in_deliveries},
            page(_("Coverage"), "monitoring", "zoho_sync_webhookdelivery_coverage", "view_webhookdelivery"),
            page(_("Set up webhooks"), "webhook", "zoho_sync_webhookdelivery_setup", "view_webhookdelivery"),
            place(_("Secrets"), "key", "zoho_sync.webhooksecret"),
        ],
    },
    {
        "title": _("Settings"),
        "items": [
            place(_("Organisations"), "apartment", "inventory.organization"),
            place(_("People"), "person", "auth.user"),
            place(_("Groups"), "groups", "auth.group"),
            place(_("API tokens"), "vpn_key", "access.apitoken") | {"permission": sees_tokens},
            {"title": _("API documentation"), "icon": "api", "link": reverse_lazy("api-docs")},
        ],
    },
]

UNFOLD = {
    "SITE_TITLE": "TSH ERP",
    "SITE_HEADER": "TSH ERP",
    "SITE_SUBHEADER": _("Zoho, mirrored"),
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("tsh/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("tsh/mark.svg")},
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("tsh/tsh.css")],
    "SCRIPTS": [lambda request: static("tsh/live.js"), lambda request: static("tsh/copy.js")],
    "DASHBOARD_CALLBACK": "zoho_sync.admin.home.dashboard",
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .012 215)",
            "100": "oklch(94.5% .028 215)",
            "200": "oklch(89% .052 215)",
            "300": "oklch(81% .083 216)",
            "400": "oklch(74% .11 218)",
            "500": "oklch(60% .115 222)",
            "600": "oklch(48.5% .095 226)",
            "700": "oklch(42.5% .085 228)",
            "800": "oklch(37% .072 230)",
            "900": "oklch(32% .06 232)",
            "950": "oklch(24% .045 234)",
        },
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": SIDEBAR},
}
