"""The organisation behind the sandbox: its tables, its clock, its ids."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from .records import Record, Table
from .shapes.documents import DOCUMENTS
from .size import Size

SANDBOX_CLIENT_ID = "1000.SANDBOXCLIENTNOTREAL000000000"
SANDBOX_CLIENT_SECRET = "sandbox-client-secret-not-real"  # noqa: S105  opens nothing but this sandbox
SANDBOX_REFRESH_TOKEN = "1000.sandbox-refresh-token-not-real"  # noqa: S105
SANDBOX_ORGANIZATION_ID = "700000001"
SANDBOX_WEBHOOK_SECRET = "SandboxWebhookSecretNotReal"  # noqa: S105

KINDS = (
    "items",
    "contacts",
    "pricebooks",
    "locations",
    "currencies",
    "taxes",
    "users",
    "categories",
    "brands",
    *DOCUMENTS,
)
FIRST_ID = 5_100_000_000_000_000_000  # nineteen digits, beyond 2**53 and inside a signed 64-bit column


class World:
    """Everything the sandbox knows. Hold `lock` while reading or changing it.

    clock_offset: seconds added to the real clock when a record is modified.
    locations_enabled: False is the older organisation that says warehouses everywhere.
    on_change: told of each record that staff add, edit or delete; None when nobody wants to know.
    """

    def __init__(self, size: Size, seed: int) -> None:
        from .dataset import build  # the builders need this module

        self.lock = threading.RLock()
        self.size = size
        self.seed = seed
        self.random = random.Random(seed)
        self.tables: dict[str, Table] = {kind: Table() for kind in KINDS}
        self.clock_offset = 0.0
        self.locations_enabled = True
        self.on_change: Callable[[str, str, Record], None] | None = None
        self.custom_fields: dict[str, dict[str, dict[str, Any]]] = {"items": {}, "contacts": {}}
        self.empty_places: dict[tuple[str, str], str] = {}  # serialised locations without stock
        self._last_id = FIRST_ID
        build(self)

    def now(self) -> int:
        """The organisation's clock, whole seconds since 1970."""
        return int(time.time() + self.clock_offset)

    def new_id(self) -> str:
        self._last_id += 2  # Zoho's ids grow, with gaps
        return str(self._last_id)

    def happened(self, kind: str, event: str, record: Record) -> None:
        """event: created, edited or deleted. Movements of stock are none of them."""
        if self.on_change is not None:
            self.on_change(kind, event, record)

    def table(self, kind: str) -> Table:
        return self.tables[kind]

    def record(self, kind: str, record_id: str) -> Record | None:
        return self.tables[kind].get(record_id)

    def currency(self, code: str) -> Record | None:
        return next((r for r in self.tables["currencies"] if r.fields["currency_code"] == code), None)

    def forget_details(self, *kinds: str) -> None:
        """Throw away serialised details of some kinds, because something they quote has changed."""
        self.empty_places.clear()
        for kind in kinds:
            for record in self.tables[kind]:
                record.detail_body = None
