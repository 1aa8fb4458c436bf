"""The organisation behind the sandbox: its tables, its clock, its ids."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from .records import Record, Table
from .shapes.kinds import DOCUMENTS
from .size import Size
from .times import ORGANIZATION_OFFSET

SANDBOX_CLIENT_ID = "1000.SANDBOXCLIENTNOTREAL000000000"
SANDBOX_CLIENT_SECRET = "sandbox-client-secret-not-real"  # noqa: S105  opens nothing but this sandbox
SANDBOX_REFRESH_TOKEN = "1000.sandbox-refresh-token-not-real"  # noqa: S105
SANDBOX_ORGANIZATION_ID = "700000001"
ORGANIZATION_NAME = "Sandbox Electronics"
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
    "itemgroups",
    "compositeitems",
    *DOCUMENTS,
)
FIRST_ID = 5_100_000_000_000_000_000  # nineteen digits, beyond 2**53 and inside a signed 64-bit column


class World:
    """Everything the sandbox knows. Hold `lock` while reading or changing it.

    today: the day after the last of the generated documents.
    clock_offset: seconds added to the real clock when a record is modified.
    locations_enabled: False is the older organisation that says warehouses everywhere.
    document_amounts, document_row_times: see Settings. ledgers: (kind, id) of a contact's documents, as a set in order.
    on_change: told of each record that staff add, edit or delete; None when nobody wants to know.
    """

    def __init__(self, size: Size, seed: int, today: date | None = None) -> None:
        from .dataset import build  # the builders need this module

        self.lock = threading.RLock()
        self.size = size
        self.seed = seed
        self.random = random.Random(seed)
        self.set_organizations({SANDBOX_ORGANIZATION_ID: {}})
        self.tables: dict[str, Table] = {kind: Table() for kind in KINDS}
        self.clock_offset = 0.0
        self.today = today or datetime.fromtimestamp(time.time(), ORGANIZATION_OFFSET).date()
        self.locations_enabled = True
        self.document_amounts = "mixed"
        self.document_row_times = "documented"
        self.on_change: Callable[[str, str, Record], None] | None = None
        self.custom_fields: dict[str, dict[str, dict[str, Any]]] = {"items": {}, "contacts": {}}
        self.ledgers: dict[str, dict[tuple[str, str], None]] = {}
        self.empty_places: dict[tuple[str, str], str] = {}  # serialised locations without stock
        self._last_id = FIRST_ID
        build(self)

    def set_organizations(self, organizations: dict[str, dict[str, Any]]) -> None:
        """What the user may read: {id: {"name": …, "has_inventory": False}}, both of which may be left out."""
        self.organizations = {
            each: {"name": ORGANIZATION_NAME, "has_inventory": True} | facts
            for each, facts in organizations.items()
        }

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
            for record in self.tables[kind].records.values():
                record.detail_body = None

    def forget_documents(self) -> None:
        """Throw away all that documents were written as: a name that their rows quote, or a habit, has changed."""
        for kind in DOCUMENTS:
            for record in self.tables[kind].records.values():
                record.row_body = record.detail_body = None
