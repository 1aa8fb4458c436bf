"""Hooks of the request generator: what fits the schema also has a meaning.

The schema can say of each parameter and field what it looks like, not which ids there are, nor what can be said
together (docs/api.md, and the refusals themselves, say that). So what is generated as good is mended here until it has
a meaning, and then it must be taken; what is generated as bad is left as it is. REAL_IDS: {name: id} as JSON.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis
from schemathesis import GenerationMode

REAL: dict[str, str] = json.loads(os.environ["REAL_IDS"])
PAST = "2026-01-05T09:00:00Z"
OF_PAGES = ("cursor", "page_size")
OF_ALL_ENTITIES = ("entity", "mode", "batch_size", "dry_run", "organization")
NEVER_INACTIVE = (
    "adjustments", "bills", "credit_notes", "currencies", "customer_payments", "invoices", "packages",
    "purchase_orders", "sales_orders", "sales_returns", "taxes", "transfer_orders", "vendor_credits",
)  # fmt: skip
FIGURES_OF_PRODUCT = ("base_price", "purchase_price")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if isinstance(case.query, dict):
        _mend_query(case.operation.path, case.query)
    if isinstance(case.body, dict):
        _mend_body(case)
    if case.operation.path.endswith("/sync/stock/specific"):
        case.query.pop("item_ids", None)
        case.body = {"item_ids": [REAL["product"]]}


def _mend_query(path: str, query: dict[str, Any]) -> None:
    for name in query.keys() & REAL.keys():
        query[name] = REAL[name]
    query.pop("cursor", None)  # only a page gives one out
    if query.get("format") == "csv":
        query.pop("page_size", None)
    if isinstance(query.get("q"), str):
        query["q"] = " ".join(query["q"].split()[:8]) or "x"
    if "-" in str(query.get("changed_since")) and "T" not in str(query["changed_since"]):  # a checkpoint
        for name in query.keys() - {"changed_since", "page_size", "fields", "format", "organization"}:
            del query[name]
    if path.endswith("/history/"):
        _mend_history(query)
    if "/reports/" in path:
        _mend_report(query)


def _mend_report(query: dict[str, Any]) -> None:
    """Its order is a column's name, which the answer tells; a period has its days in order; the past is past."""
    query.pop("order", None)
    query |= {name: day for name, day in (("since", "2026-01-05"), ("until", "2026-02-05")) if name in query}
    if "since" in query:
        query.setdefault("until", "2026-02-05")
    if "until" in query:
        query.setdefault("since", "2026-01-05")
    if "at" in query:
        query["at"] = PAST
    if query.get("format") == "csv":
        query.pop("page", None)


def _mend_history(query: dict[str, Any]) -> None:
    field = query.get("field")
    if field == "price" or field in FIGURES_OF_PRODUCT:
        query.pop("warehouse", None)
    if field != "price":
        query.pop("price_list", None)
    if "at" in query:
        query["at"] = PAST
        for name in (*OF_PAGES, "ordering"):
            query.pop(name, None)


def _mend_body(case: Any) -> None:
    path, body = case.operation.path, case.body
    if "organization" in body:
        body["organization"] = REAL["organization"]
    if path.endswith("/runs/"):
        _mend_run(body)
    elif path.endswith("/deliveries/replay/"):
        if "ids" in body:
            body["ids"] = [REAL["delivery"]]
        if "until" in body:
            body.pop("since", None)
            body["until"] = PAST
        if not body.keys() - {"organization"}:
            body["state"] = ["dead"]
    elif path.endswith(("/snooze/", "/findings/{id}/ignore/")):
        if "snooze" in path or body.get("until") is not None:
            body["until"] = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    elif path.endswith("/findings/{id}/assign/"):
        if body.get("owner") is not None:
            body["owner"] = REAL["requested_by"]
    elif path.endswith("/failures/retry/"):
        case.body = {"filter": body["filter"]} if body.get("filter") else {"ids": [REAL["failure"]]}
    elif body.get("modified_since") is not None:  # an older door
        body |= {"modified_since": PAST, "incremental": True}


def _mend_run(body: dict[str, Any]) -> None:
    """One of the things that a run can be asked for, as far as the body names it."""
    if body.get("entity") == "all":
        leave = set(OF_ALL_ENTITIES)
        if body.get("mode") == "realtime":
            body["mode"] = "full"
    elif "ids" in body:
        body["mode"] = "realtime"
        leave = {"entity", "mode", "ids", "batch_size", "dry_run", "organization"}
    elif body.get("low_stock"):
        body |= {"entity": "stock", "mode": "full"}
        leave = {*OF_ALL_ENTITIES, "low_stock", "threshold"}
    else:
        if body.get("mode") == "realtime":
            body["mode"] = "incremental"
        leave = {*OF_ALL_ENTITIES, "active_only"}
        if body.get("entity") in NEVER_INACTIVE:
            leave.discard("active_only")
        if body.get("entity") in ("products", "customers", "stock") and body.get("mode") != "full":
            leave.add("modified_since")
        if "modified_since" in body:
            body["modified_since"] = PAST
        if body.get("entity") in ("stock", "products"):
            leave.add("with_stock_only")
        if body.get("entity") == "stock":
            leave |= {"warehouses", "update_prices"}
            if "warehouses" in body:
                body["warehouses"] = [REAL["warehouse"]]
    for name in body.keys() - leave:
        del body[name]
