"""The control door: POST /_sandbox/<verb> with a JSON object. No part of Zoho; SandboxControl speaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from . import document_edits, edits
from .encoding import decode, encode
from .random_changes import random_changes
from .shapes import true_form

if TYPE_CHECKING:
    from .sandbox import Sandbox

PREFIX = "/_sandbox/"


class DoorError(ValueError):
    """The order makes no sense; answered as HTTP 400 with the text."""


class Door:
    """Verbs by name; each takes the JSON object's keys as arguments."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world

    def serve(self, verb: str, body: bytes) -> bytes | Iterator[bytes]:
        """The answer as JSON, or lines of JSON for a stream. Raises DoorError."""
        handler = self._verbs().get(verb)
        if handler is None:
            raise DoorError(f"The control door has no verb {verb!r}.")
        try:
            # Settings and faults want plain numbers; records want exact ones.
            order = json.loads(body) if verb in ("settings", "order_fault", "clock") else decode(body)
        except ValueError as error:
            raise DoorError("The control door takes a JSON object.") from error
        if not isinstance(order, dict):
            raise DoorError("The control door takes a JSON object.")
        try:
            with self.world.lock:
                answer = handler(**order)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise DoorError(str(error)) from error
        return answer if verb == "stream" else encode(answer)

    def _verbs(self) -> dict[str, Callable[..., Any]]:
        sandbox = self.sandbox
        return {
            "about": self._about,
            "ids": lambda kind: list(self._table(kind).records),
            "record": self._record,
            "stream": self._stream,
            "change": self._change,
            "add": lambda kind, fields: edits.add(self.world, kind, fields),
            "delete": self._delete,
            "set_stock": lambda item_id, location_id, figures: edits.set_stock(
                self.world, item_id, location_id, figures
            ),
            "set_price": lambda pricebook_id, item_id, rate=None, brackets=None, bump=False: edits.set_price(
                self.world, pricebook_id, item_id, rate, brackets, bump=bump
            ),
            "pay_invoice": lambda id, amount=None, fields=None: document_edits.pay_invoice(
                self.world, id, amount, **(fields or {})
            ),
            "apply_credit": lambda creditnote_id, invoice_id, amount=None: document_edits.apply_credit(
                self.world, creditnote_id, invoice_id, amount
            ),
            "void": lambda kind, id: document_edits.void(self.world, kind, id),
            "change_line": lambda kind, id, line_item_id, fields, remove=False: document_edits.change_line(
                self.world, kind, id, line_item_id, fields, remove=remove
            ),
            "poison": lambda kind, id, text, place="both": edits.poison(self.world, kind, id, text, place),
            "random_changes": lambda count, seed=1, documents=False: random_changes(
                self.world, count, seed, documents
            ),
            "order_fault": sandbox.faults.order,
            "clear_faults": sandbox.faults.clear,
            "calls": sandbox.calls.all,
            "forget_calls": self._forget_calls,
            "settings": self._settings,
            "tokens": self._tokens,
            "grant_code": sandbox.accounts.grant_code,
            "set_client": sandbox.accounts.set_client,
            "set_organizations": lambda organizations: self.world.set_organizations(organizations),
            "clock": self._clock,
            "set_webhook": sandbox.sender.set_webhook,
            "webhooks": sandbox.sender.webhooks,
            "remove_webhook": sandbox.sender.remove_webhook,
            "sent": sandbox.sender.sent,
            "hold_webhooks": sandbox.sender.hold,
            "release_webhooks": sandbox.sender.release,
        }

    def _about(self) -> dict[str, Any]:
        counts = {kind: len(table) for kind, table in self.world.tables.items()}
        return {"counts": counts, "seed": self.world.seed, "now": self.world.now()}

    def _table(self, kind: str) -> Any:
        if kind not in self.world.tables:
            raise DoorError(f"There is no kind {kind!r}; there are {', '.join(sorted(self.world.tables))}.")
        return self.world.table(kind)

    def _record(self, kind: str, id: str) -> Any:
        record = edits.find(self.world, kind, id)
        return decode(true_form(self.world, kind, record))

    def _stream(self, kind: str) -> Iterator[bytes]:
        records = list(self._table(kind))

        def lines() -> Iterator[bytes]:
            for start in range(0, len(records), 500):
                with self.world.lock:
                    part = [true_form(self.world, kind, record) for record in records[start : start + 500]]
                yield b"\n".join(part) + b"\n"

        return lines()

    def _change(
        self, kind: str, id: str, fields: dict, bump: bool = True, drop: list[str] | None = None
    ) -> None:
        edits.change(self.world, kind, id, fields, bump=bump, drop=drop or [])

    def _delete(self, kind: str, ids: list[str]) -> None:
        for one in ids:
            edits.find(self.world, kind, one)
        for one in ids:
            edits.delete(self.world, kind, one)

    def _forget_calls(self) -> None:
        self.sandbox.calls.forget()
        self.sandbox.limits.forget()

    def _settings(self, **values: Any) -> dict[str, Any]:
        self.sandbox.apply_settings(values)
        return self.sandbox.settings.as_dict()

    def _tokens(self, action: str) -> None:
        accounts = self.sandbox.accounts
        actions = {
            "expire": accounts.expire_all,
            "revoke": accounts.revoke_all,
            "throttle": accounts.throttle,
            "restore": accounts.restore,
        }
        if action not in actions:
            raise DoorError(f"Tokens can {', '.join(actions)}, not {action!r}.")
        actions[action]()

    def _clock(self, offset_seconds: float | None = None) -> int:
        if offset_seconds is not None:
            self.world.clock_offset = float(offset_seconds)
        return self.world.now()
