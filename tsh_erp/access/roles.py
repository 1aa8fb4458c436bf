"""The three roles, as groups, and what each may do. The migrations make them so; a test compares with this table.

A viewer sees, an operator also syncs, repairs and takes files out, an administrator also configures. Whoever has all
of it without being named here is a superuser: the first administrator, whom `run_backoffice` makes.
"""

from __future__ import annotations

VIEWER, OPERATOR, ADMINISTRATOR = ROLES = ("Viewer", "Operator", "Administrator")
MIRRORS = ("inventory", "zoho_sync", "monitoring")  # every view_… of theirs is a viewer's
EVERYBODY = ("access.own_apitoken", "inventory.look_up_product")
REPAIRS = (
    "zoho_sync.start_syncrun",
    "zoho_sync.approve_syncrun",
    "zoho_sync.retry_recorderror",
    "zoho_sync.replay_webhookdelivery",
    "monitoring.handle_alert",
    "inventory.change_customer",  # staff's own fields only; the rest is the source's
    "inventory.change_pricelist",
    "inventory.change_product",
    "inventory.change_warehouse",
    "inventory.decide_finding",
    "inventory.export_customer",
    "inventory.export_finding",
    "inventory.export_pricelist",
    "inventory.export_pricelistitem",
    "inventory.export_product",
    "inventory.export_productpicture",
    "inventory.export_report",
    "inventory.export_stocklevel",
    "inventory.export_warehouse",
)
# Tables of the source's documents and of what they refer to; staff write notes on most of them.
NOTED = (
    "adjustment", "bill", "creditnote", "customerpayment", "invoice", "package", "productgroup", "purchaseorder",
    "salesorder", "salesreturn", "transferorder", "vendor", "vendorcredit",
)  # fmt: skip
EXPORTED = (*NOTED, "composite", "currency", "sourceuser", "tax")
DOCUMENT_RIGHTS = frozenset(
    {
        *(f"inventory.change_{model}" for model in NOTED),
        *(f"inventory.export_{model}" for model in EXPORTED),
    }
)
# What nobody needs who is no superuser: tables of the framework and of the queue, which no page of ours offers.
NOBODY = ("admin", "contenttypes", "sessions")
NOBODY_MODELS = ("auth.permission", "django_q.failure", "django_q.ormq", "django_q.success", "django_q.task")


def roles_of(permission: str, model: str) -> tuple[str, ...]:
    """Who has a permission. permission: "app.codename"; model: "app.model", in small letters.

    Raises LookupError for one that this table does not know: a new app has to be given a place here.
    """
    app, codename = permission.split(".")
    if app in NOBODY or model in NOBODY_MODELS:
        return ()
    if app not in (*MIRRORS, "access", "audit", "auth", "backups", "django_q"):
        raise LookupError(f"No role is said to have, or not to have, {permission}.")
    if permission in EVERYBODY or (app in MIRRORS and codename.startswith("view_")):
        return ROLES
    return (
        (OPERATOR, ADMINISTRATOR)
        if permission in REPAIRS or permission in DOCUMENT_RIGHTS
        else (ADMINISTRATOR,)
    )
