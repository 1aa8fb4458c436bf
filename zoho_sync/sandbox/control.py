"""SandboxControl: how tests and people steer a sandbox, in this process or another, over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from .door import PREFIX
from .encoding import decode, encode


class SandboxError(RuntimeError):
    """The sandbox refused an order, or cannot be reached; the text says why."""


class SandboxControl:
    """Orders to the sandbox at `url`. Kinds of records: items, contacts, pricebooks, locations, currencies,
    taxes, users, categories, brands, and the documents: invoices, salesorders, bills, packages, creditnotes,
    salesreturns, inventoryadjustments, transferorders, purchaseorders, vendorcredits,
    customerpayments, and itemgroups and compositeitems. Ids are text; fractional numbers are exact Decimals.
    """

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        self.url = url
        self.timeout = timeout
        self._netloc = urlsplit(url).netloc

    # records

    def records(self, kind: str) -> list[dict[str, Any]]:
        """All records of a kind in their true detail form, poison or not."""
        return list(self.stream(kind))

    def stream(self, kind: str) -> Iterator[dict[str, Any]]:
        """The same one by one, for tables too big for the memory."""
        connection, response = self._send("stream", {"kind": kind})
        try:
            for line in response:
                yield decode(line)
        finally:
            connection.close()

    def ids(self, kind: str) -> list[str]:
        return self._order("ids", kind=kind)

    def record(self, kind: str, id: str) -> dict[str, Any]:
        """The true detail form of one record; SandboxError when it is not there."""
        return self._order("record", kind=kind, id=id)

    def change(
        self, kind: str, id: str, *, bump: bool = True, drop: Iterable[str] = (), **fields: Any
    ) -> None:
        """Set fields (None is sent as null); `drop` names keys that are no longer sent at all.

        bump: move last_modified_time to the sandbox's now. Custom fields are `cf_…` keys.
        """
        self._order("change", kind=kind, id=id, fields=fields, bump=bump, drop=list(drop))

    def add(self, kind: str, **fields: Any) -> str:
        """A new item, contact, pricebook, location or document; its id. Items take stock={location_id: on hand}.

        Documents take line_items=[{item_id, quantity, location_id, …}]; a line of plain text has only a name.
        Payments take amount, customer_id and invoices=[{invoice_id, amount_applied}].
        moves_stock=True lets the document count in the stock of its items for as long as it stands.
        """
        return self._order("add", kind=kind, fields=fields)

    def delete(self, kind: str, id: str | Iterable[str]) -> None:
        """One record, or several in one order."""
        self._order("delete", kind=kind, ids=[id] if isinstance(id, str) else list(id))

    def set_stock(self, item_id: str, location_id: str, **figures: Any) -> None:
        """on_hand, available, actual, committed, actual_committed, in_transit, asset_value, initial_stock,
        initial_stock_rate. Never moves last_modified_time; the totals of the list row follow.

        on_hand takes `available` (accounting) and `actual` (physical) with it, unless they are given too.
        """
        self._order("set_stock", item_id=item_id, location_id=location_id, figures=figures)

    def set_price(
        self,
        pricebook_id: str,
        item_id: str,
        rate: Any = None,
        *,
        brackets: list[dict[str, Any]] | None = None,
        bump: bool = False,
    ) -> None:
        """One row of a price list; without rate and brackets the row goes. bump moves the list's time."""
        self._order(
            "set_price", pricebook_id=pricebook_id, item_id=item_id, rate=rate, brackets=brackets, bump=bump
        )

    # documents

    def pay_invoice(self, id: str, amount: Any = None, **fields: Any) -> str:
        """A payment for one invoice, of all that is owed unless `amount` is said; the payment's id.

        More than is owed stays unused. Both have a new time, the invoice a new status, and both are told of.
        """
        return self._order("pay_invoice", id=id, amount=amount, fields=fields)

    def apply_credit(self, creditnote_id: str, invoice_id: str, amount: Any = None) -> Any:
        """Use an open credit note for an invoice of the same customer, as far as both reach; how much it was."""
        return self._order("apply_credit", creditnote_id=creditnote_id, invoice_id=invoice_id, amount=amount)

    def void(self, kind: str, id: str) -> None:
        """Make an invoice, order, bill or credit void; refused once money or credits were used for it."""
        self._order("void", kind=kind, id=id)

    def change_line(
        self, kind: str, id: str, line_item_id: str, *, remove: bool = False, **fields: Any
    ) -> None:
        """Set fields of one line (quantity, rate, item_id …) or take it out; amounts and status follow."""
        self._order("change_line", kind=kind, id=id, line_item_id=line_item_id, fields=fields, remove=remove)

    def poison(self, kind: str, id: str, raw_json_text: str | None, place: str = "both") -> None:
        """Send exactly this text instead of the record; place: list, detail or both. None heals it."""
        self._order("poison", kind=kind, id=id, text=raw_json_text, place=place)

    def random_changes(self, count: int, seed: int = 1, documents: bool = False) -> list[dict[str, Any]]:
        """Make `count` seeded changes of many kinds; each answer row has what, kind and id.

        documents: stock is moved by bills, invoices and their like, as in real life, so that webhooks tell of it.
        """
        return self._order("random_changes", count=count, seed=seed, documents=documents)

    # webhooks

    def set_webhook(
        self,
        module: str,
        url: str,
        *,
        secret: str = "",
        events: Iterable[str] = ("created", "edited", "deleted"),
        form: str = "default",
        query: str | Mapping[str, str] = "",
        **options: Any,
    ) -> str:
        """Tell `url` (on this machine) of what happens to the records of a module; the webhook's id.

        module: items, contacts, vendors (those contacts alone), pricebooks, users or a kind of document. What is
        added, changed or deleted here or by random_changes is told, a row of a price list as an edit of the list;
        set_stock is not, as with Zoho.
        secret: 12 to 50 letters and digits, or "" for no signature. form: default, flat, form, jsonstring or raw.
        query: pairs for the address, or their text. Options: lines=False leaves line_items out,
        encoding="base64" for the signature, template='{"id":"${item_id}"}' for raw. How often and how soon are
        settings (webhook_…).
        """
        order = {"events": list(events), "form": form, "query": query, **options}
        return self._order("set_webhook", module=module, url=url, secret=secret, **order)

    def webhooks(self) -> list[dict[str, Any]]:
        """All webhooks that are set, without their secrets."""
        return self._order("webhooks")

    def remove_webhook(self, id: str) -> None:
        """Tell no more; what is on its way already goes on."""
        self._order("remove_webhook", id=id)

    def sent(self) -> list[dict[str, Any]]:
        """Every delivery, oldest first: id, webhook, module, url, event, record_id, state (waiting, delivered or
        lost), attempts [{at (seconds since 1970), status (None: no answer), error, ms}].
        """
        return self._order("sent")

    def hold_webhooks(self) -> None:
        """Keep back whatever happens from now on."""
        self._order("hold_webhooks")

    def release_webhooks(self, shuffle: int | None = None) -> int:
        """Send what was kept back, in its order or in the one that this seed gives; how many there are."""
        return self._order("release_webhooks", shuffle=shuffle)

    # faults, calls, limits, tokens, clock

    def order_fault(
        self, kind: str, path: str = "/items", times: int | None = 1, after: int = 0, **options: Any
    ) -> None:
        """Spoil the next `times` answers (None: all) on `path` once `after` calls have passed unharmed.

        path: what follows /inventory/v1 or /books/v3, `*` allowed, or /oauth/v2/token, /oauth/v2/auth.
        Kinds and their options (status, code, message, delay, retry_after, share, rows, size, gzip, location)
        are listed in zoho_sync.sandbox.faults.
        """
        self._order("order_fault", kind=kind, path=path, times=times, after=after, **options)

    def clear_faults(self) -> None:
        self._order("clear_faults")

    def calls(self) -> list[dict[str, Any]]:
        """Every call since the start or forget_calls(), in the order of their answers:
        at (seconds since 1970, arrival), method, api (inventory, books, accounts), path (without
        /inventory/v1), query, status (None: no answer), code (None: none read), fault (or None).
        """
        return self._order("calls")

    def forget_calls(self) -> None:
        """Forget the calls, and count the limits afresh."""
        self._order("forget_calls")

    def settings(self, **values: Any) -> dict[str, Any]:
        """Set limits and habits (zoho_sync.sandbox.settings.Settings); all of them come back."""
        return self._order("settings", **values)

    def tokens(self, action: str) -> None:
        """expire access tokens, revoke refresh tokens, throttle new ones, or restore."""
        self._order("tokens", action=action)

    def grant_code(self, **options: Any) -> str:
        """A one-time code as a self client shows it. Options: scope, redirect_uri, offline, life (seconds)."""
        return self._order("grant_code", **options)

    def set_client(self, **options: Any) -> None:
        """The client as the accounts server knows it: known=False (made in another data centre), secret, and
        redirect_uris (a list; None takes every address on this machine). What is left out is as at the start.
        """
        self._order("set_client", **options)

    def set_organizations(self, organizations: Mapping[str, Mapping[str, Any]]) -> None:
        """{id: {"name": …, "has_inventory": False}}: what the user may read, the default one first; {} is nothing.

        All data belongs to 700000001; others are empty.
        """
        self._order(
            "set_organizations", organizations={key: dict(value) for key, value in organizations.items()}
        )

    def clock(self, offset_seconds: float | None = None) -> int:
        """The organisation's now, seconds since 1970, after moving its clock away from the real one."""
        return self._order("clock", offset_seconds=offset_seconds)

    def about(self) -> dict[str, Any]:
        """Counts per kind, the seed, and the organisation's now."""
        return self._order("about")

    # inside

    def _order(self, verb: str, **order: Any) -> Any:
        connection, response = self._send(verb, order)
        try:
            body = response.read()
            # Moments and limits are plain numbers; only records need exact ones.
            return json.loads(body) if verb in ("calls", "settings", "sent") else decode(body)
        finally:
            connection.close()

    def _send(
        self, verb: str, order: dict[str, Any]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self._netloc, timeout=self.timeout)
        try:
            connection.request("POST", PREFIX + verb, encode(order), {"Content-Type": "application/json"})
            response = connection.getresponse()
        except OSError as error:
            connection.close()
            raise SandboxError(f"No sandbox answers at {self.url}: {error}") from error
        if response.status != 200:
            text = response.read().decode("utf-8", "replace")
            connection.close()
            raise SandboxError(text)
        return connection, response
