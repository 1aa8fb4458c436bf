"""Faults that can be ordered: each one spoils a set number of answers on a set path."""

from __future__ import annotations

import fnmatch
import re
import threading
from dataclasses import dataclass
from typing import Any

from .answers import Listing, Single
from .encoding import decode, encode
from .shapes import SHAPES

# Faults in the text of an answer: the server sends it all, but it is wrong.
LISTING_KINDS = {
    "no_page_context": "page_context is missing",
    "no_more_flag": "page_context has no has_more_page",
    "repeated_page": "the rows of the page before come again",
    "endless_pages": "has_more_page never ends; beyond the end the last rows come again",
    "short_list": "only `share` of the listing is there, and it says it is complete",
    "foreign_list": "the rows belong to another organisation",
    "ignored_per_page": "pages have `rows` rows, whatever was asked for",
}
BODY_KINDS = {
    "wrong_type": "the root key holds a thing of another type",
    "nan": "the first fractional number is NaN",
}
# Faults of the wire or of the whole answer.
WIRE_KINDS = {
    "status": "HTTP `status` (500) with Zoho's `code` (1000)",
    "code": "HTTP 200 with `code` (1000) inside",
    "delay": "the right answer, `delay` seconds late",
    "silence": "no answer for `delay` (60) seconds, then the connection closes",
    "drip": "the right answer, in crumbs, over `delay` (30) seconds",
    "reset": "the connection is reset in mid-body",
    "truncated": "the connection closes before Content-Length is reached",
    "cut": "half the JSON under a Content-Length that agrees with it",
    "html": "an HTML page, with HTTP `status` (200)",
    "empty": "a body of no bytes, with HTTP `status` (200)",
    "not_json": "text that is no JSON, under a JSON content type",
    "redirect": "HTTP `status` (302) to `location`",
    "bomb": "a valid answer of `size` bytes (256 MiB), gzipped unless `gzip` is false",
}
KINDS = LISTING_KINDS | BODY_KINDS | WIRE_KINDS
_NUMBER = re.compile(rb"(:\s*)-?\d+\.\d+")


_DELAYS = {"silence": 60.0, "drip": 30.0}


@dataclass(slots=True)
class Fault:
    """One order. times: how many answers, None for all. after: how many calls pass unharmed first."""

    kind: str
    path: str = "/items"
    times: int | None = 1
    after: int = 0
    status: int | None = None
    code: int | None = None
    message: str | None = None
    delay: float = -1.0
    retry_after: float | None = None
    share: float = 0.1
    rows: int = 25
    size: int = 256 * 1024 * 1024
    gzip: bool = True
    location: str = "https://elsewhere.invalid/inventory/v1/items"

    def __post_init__(self) -> None:
        if self.kind and self.kind not in KINDS:
            raise ValueError(f"There is no fault {self.kind!r}; there are {', '.join(sorted(KINDS))}.")
        if self.delay == -1.0:  # not given
            if self.kind == "delay":
                raise ValueError("The fault 'delay' needs delay=seconds.")
            self.delay = _DELAYS.get(self.kind, 0.0)
        for name in ("times", "after", "delay", "retry_after", "share", "rows", "size"):
            value = getattr(self, name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0
            ):
                raise ValueError(f"{name} must be a number from 0 upwards, not {value!r}.")

    def matches(self, path: str) -> bool:
        return fnmatch.fnmatchcase(path, self.path)


NO_FAULT = Fault("")


class Faults:
    """The orders in hand. The first one that matches a call is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Fault] = []

    def order(self, **order: Any) -> None:
        fault = Fault(**order)
        with self._lock:
            self._orders.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def take(self, path: str) -> Fault:
        """The fault this call shall meet, or NO_FAULT; uses up one of its times."""
        with self._lock:
            for fault in self._orders:
                if not fault.matches(path):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._orders.remove(fault)
                return fault
        return NO_FAULT


def render_listing(listing: Listing, fault: Fault) -> bytes:
    """The body of a list answer, spoilt as ordered."""
    kind = fault.kind
    per_page = fault.rows if kind == "ignored_per_page" else listing.per_page
    records = listing.records
    if kind == "short_list":
        records = records[: int(len(records) * fault.share)]
    paged = listing.context is not None  # else it comes whole
    number = listing.number
    if kind == "repeated_page":
        number = max(number - 1, 1)
    if kind == "endless_pages":
        number = min(number, max(-(-len(records) // per_page), 1))
    start = (number - 1) * per_page
    chosen = records[start : start + per_page] if paged else records
    rows = list(listing.extra_rows if number == 1 else ()) + [listing.row(record) for record in chosen]
    if kind == "foreign_list":
        rows = [_foreign(listing.root, row) for row in rows]
    has_more = start + per_page < len(records) or kind in ("endless_pages", "repeated_page")
    body = b'{"code":0,"message":"success",' + encode(listing.root) + b":" + _rows(rows, kind)
    if paged and kind != "no_page_context":
        context: dict[str, Any] = {"page": listing.number, "per_page": per_page}
        if kind != "no_more_flag":
            context["has_more_page"] = has_more
        body += b',"page_context":' + encode(context | (listing.context or {}))
    return spoil_number(body + b"}", kind)


def render_single(single: Single, fault: Fault) -> bytes:
    kind = fault.kind
    value = b"[]" if kind == "wrong_type" else single.body
    if not single.root and value.startswith(b"{"):  # its keys stand beside code and message
        return spoil_number(b'{"code":0,"message":"success",' + value[1:], kind)
    return spoil_number(b'{"code":0,"message":"success",' + encode(single.root) + b":" + value + b"}", kind)


def spoil_number(body: bytes, kind: str) -> bytes:
    return _NUMBER.sub(rb"\1NaN", body, count=1) if kind == "nan" else body


def _rows(rows: list[bytes], kind: str) -> bytes:
    if kind == "wrong_type":
        return b'{"0":' + rows[0] + b"}" if rows else b'"none"'
    return b"[" + b",".join(rows) + b"]"


def _foreign(root: str, row: bytes) -> bytes:
    """The same row with the id of somebody else's record."""
    form = decode(row)
    key = next((shape[0] for shape in SHAPES.values() if shape[1] == root), "")
    if key in form:
        form[key] = "61" + form[key][2:]
    return encode(form)
