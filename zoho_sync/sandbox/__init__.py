"""A local Zoho that speaks real HTTP: for newcomers to try the product, and for tests to meet Zoho.

It behaves as the field reference of the API says, traps included, and is bent to suit no client.
Only the standard library is needed; Django is not imported.

    from zoho_sync.sandbox import Sandbox, SandboxControl, Size

    size = Size(items=50, customers=20, vendors=3, locations=3, price_lists=2, price_list_items=40)
    with Sandbox(size=size, seed=7, port=0, calls_per_minute=None) as sandbox:
        sandbox.url           # "http://127.0.0.1:43121": both ZOHO_API_BASE_URL and ZOHO_ACCOUNTS_URL
        sandbox.credentials   # ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN, ZOHO_ORGANIZATION_ID
        sandbox.environment   # the same with the two addresses
        sandbox.control       # SandboxControl(sandbox.url); works as well against another process

        control = sandbox.control
        item = control.records("items")[0]             # true detail form, numbers as Decimal
        control.change("items", item["item_id"], rate=9)
        control.set_stock(item["item_id"], control.ids("locations")[0], on_hand=-2)
        control.order_fault("reset", path="/items", times=2, after=1)
        control.settings(calls_per_minute=20, window_seconds=2)
        control.calls()                                # what was asked, and what was answered
        control.set_webhook("items", "http://127.0.0.1:8000/api/zoho/webhooks/items", secret="…")

        # With Size(documents=300): half a year of invoices and all that belongs to them, ending yesterday.
        payment = control.pay_invoice(control.ids("invoices")[-1])
        control.settings(document_filters={"books/invoices": "ignored"})

Extra arguments of Sandbox are settings (`zoho_sync.sandbox.settings.Settings`); kinds of faults are listed
in `zoho_sync.sandbox.faults`; every verb is described in `zoho_sync.sandbox.control`.
"""

from __future__ import annotations

from .control import SandboxControl, SandboxError
from .sandbox import Sandbox
from .size import Size
from .world import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_REFRESH_TOKEN,
    SANDBOX_WEBHOOK_SECRET,
)

__all__ = [
    "SANDBOX_CLIENT_ID",
    "SANDBOX_CLIENT_SECRET",
    "SANDBOX_ORGANIZATION_ID",
    "SANDBOX_REFRESH_TOKEN",
    "SANDBOX_WEBHOOK_SECRET",
    "Sandbox",
    "SandboxControl",
    "SandboxError",
    "Size",
]
