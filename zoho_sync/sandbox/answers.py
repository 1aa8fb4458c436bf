"""One call as the routes see it, and the kinds of answer they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .encoding import encode

if TYPE_CHECKING:
    from .records import Record
    from .settings import Settings
    from .world import World


@dataclass(slots=True)
class Request:
    """A GET that passed the token, the organisation and the limits.

    api: "inventory" or "books". path: what follows /inventory/v1 or /books/v3.
    query: the last value of each parameter.
    """

    world: World
    settings: Settings
    organization_id: str
    api: str
    path: str
    query: dict[str, str]
    api_count: int = 0


@dataclass(slots=True)
class Reply:
    """What goes over the wire."""

    status: int
    body: bytes
    code: int | None = 0
    content_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Listing:
    """A list before it is cut into a page; `row` serialises one record.

    context: extra keys of page_context, or None for the lists that come without one.
    extra_rows: rows that stand before the first record on the first page.
    """

    root: str
    records: Sequence[Record]
    row: Callable[[Record], bytes]
    number: int = 1
    per_page: int = 200
    context: dict[str, Any] | None = None
    extra_rows: Sequence[bytes] = ()


@dataclass(slots=True)
class Single:
    """One value, already serialised, under its root key; "" is an object without any."""

    root: str
    body: bytes


class Refusal(Exception):
    """An error answer of Zoho: HTTP status, Zoho's code and its message."""

    def __init__(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}

    def reply(self) -> Reply:
        body = encode({"code": self.code, "message": self.message})
        return Reply(self.status, body, code=self.code, headers=self.headers)


def invalid(parameter: str) -> Refusal:
    return Refusal(400, 2, f"Invalid value passed for {parameter}")


def unknown_path() -> Refusal:
    return Refusal(404, 5, "Sorry, we couldn't find any resource for the given ID or URL.")


def missing(noun: str) -> Refusal:
    return Refusal(404, 1002, f"{noun} does not exist.")
