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


def is_in_findings(request) -> bool:
    """The list and its findings, and not the desk."""
    inside = str(reverse_lazy("admin:inventory_finding_changelist"))
    _before, found, rest = request.path.partition(inside)
    return bool(found) and not rest.startswith("desk/")


def is_connection(request) -> bool:
    """The connection's own pages, and not those that have links of their own."""
    inside = str(reverse_lazy("admin:zoho_sync_oauthtoken_changelist"))
    _before, found, rest = request.path.partition(inside)
    return bool(found) and not rest.startswith(("budget/", "connect/"))


def is_connecting(request) -> bool:
    """Any step of the way to a connection."""
    return request.path.startswith(str(reverse_lazy("admin:zoho_sync_oauthtoken_connect")))


def sees_tokens(request) -> bool:
    """All of them, or at least the visitor's own."""
    return request.user.has_perm("access.view_apitoken") or request.user.has_perm("access.own_apitoken")


def sees_reports(request) -> bool:
    """Of one kind at least."""
    return any(request.user.has_perm(f"inventory.view_{kind}_report") for kind in ("stock", "money"))


SIDEBAR = [
    {
        "title": _("Watch"),
        "items": [
            {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")},
            place(_("Alerts"), "notifications_active", "monitoring.alert"),
            place(_("Failures"), "report", "zoho_sync.recorderror"),
            page(_("Truth"), "verified", "zoho_sync_truthcheck_truth", "view_truthcheck"),
            {
                "title": _("Integrity desk"),
                "icon": "fact_check",
                "link": reverse_lazy("admin:inventory_finding_desk"),
                "permission": may("inventory.view_finding"),
            },
            place(_("Findings"), "rule_folder", "inventory.finding") | {"active": is_in_findings},
            place(_("Health"), "monitor_heart", "monitoring.watch"),
            place(_("Connection and calls"), "cloud_sync", "zoho_sync.oauthtoken")
            | {"active": is_connection},
            page(_("Budget of calls"), "savings", "zoho_sync_oauthtoken_budget", "view_oauthtoken"),
            place(_("Self-repair"), "build", "zoho_sync.repair"),
            place(_("Alert rules"), "rule", "monitoring.alertrule"),
            place(_("Alert channels"), "campaign", "monitoring.alertchannel"),
            place(_("Messages sent"), "outgoing_mail", "monitoring.alertdelivery"),
        ],
    },
    {
        "title": _("Catalogue"),
        "items": [
            {
                "title": _("Reports"),
                "icon": "summarize",
                "link": reverse_lazy("reports"),
                "permission": sees_reports,
            },
            {
                "title": _("Look up stock and prices"),
                "icon": "barcode_scanner",
                "link": reverse_lazy("look-up"),
                "permission": may("inventory.look_up_product"),
            },
            place(_("Products"), "inventory_2", "inventory.product"),
            place(_("Pictures"), "image", "inventory.productpicture"),
            place(_("Price lists"), "sell", "inventory.pricelist"),
            place(_("Prices"), "payments", "inventory.pricelistitem"),
            place(_("Price changes"), "trending_up", "inventory.pricechange"),
            place(_("Product groups"), "category", "inventory.productgroup"),
            place(_("Composite products"), "account_tree", "inventory.composite"),
        ],
    },
    {
        "title": _("Stock"),
        "items": [
            place(_("Stock levels"), "shelves", "inventory.stocklevel"),
            place(_("Warehouses"), "warehouse", "inventory.warehouse"),
            place(_("Stock changes"), "swap_vert", "inventory.stockchange"),
            place(_("Adjustments"), "tune", "inventory.adjustment"),
            place(_("Transfers"), "local_shipping", "inventory.transferorder"),
        ],
    },
    {
        "title": _("Sales"),
        "items": [
            place(_("Customers"), "group", "inventory.customer"),
            place(_("Sales orders"), "shopping_cart", "inventory.salesorder"),
            place(_("Invoices"), "receipt_long", "inventory.invoice"),
            place(_("Customer payments"), "account_balance_wallet", "inventory.customerpayment"),
            place(_("Credit notes"), "undo", "inventory.creditnote"),
            place(_("Packages"), "package_2", "inventory.package"),
            place(_("Sales returns"), "assignment_return", "inventory.salesreturn"),
        ],
    },
    {
        "title": _("Purchases"),
        "items": [
            place(_("Vendors"), "storefront", "inventory.vendor"),
            place(_("Purchase orders"), "add_shopping_cart", "inventory.purchaseorder"),
            place(_("Bills"), "request_quote", "inventory.bill"),
            place(_("Vendor credits"), "redo", "inventory.vendorcredit"),
        ],
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
            page(_("Connect Zoho"), "cable", "zoho_sync_oauthtoken_connect", "change_oauthtoken")
            | {"active": is_connecting},
            place(_("Organisations"), "apartment", "inventory.organization"),
            place(_("Currencies"), "currency_exchange", "inventory.currency"),
            place(_("Taxes"), "percent", "inventory.tax"),
            place(_("Users at the source"), "badge", "inventory.sourceuser"),
            place(_("People"), "person", "auth.user"),
            place(_("Groups"), "groups", "auth.group"),
            place(_("API tokens"), "vpn_key", "access.apitoken") | {"permission": sees_tokens},
            place(_("Login locks"), "lock_person", "access.loginlock"),
            place(_("Audit trail"), "history_edu", "audit.auditline"),
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
    "STYLES": [
        lambda request: static("tsh/fonts/arabic.css"),
        lambda request: static("tsh/tsh.css"),
        lambda request: static("tsh/find.css"),
        lambda request: static("tsh/pages.css"),
    ],
    "SCRIPTS": [
        lambda request: static("tsh/live.js"),
        lambda request: static("tsh/copy.js"),
        lambda request: static("tsh/find.js"),
        lambda request: static("tsh/keys.js"),
    ],
    "DASHBOARD_CALLBACK": "tsh_erp.home.dashboard",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Second factor"), "link": reverse_lazy("admin:second_factor")},
        ],
    },
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
