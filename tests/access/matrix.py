"""The matrix: every address of the project, every method it answers, and what each of six people gets there.

    Row("api/v1/products/<int:pk>/", "GET", "401 403 403 200 200 200", path=lambda world: f"/api/v1/products/{…}/")

route: exactly as Django's resolver composes it. statuses: of a stranger, of somebody signed in who is not staff, of
staff without a permission, of a viewer, an operator and an administrator. path: what is asked for, where the route has
variable parts; a text, or a function of the world. body: what is sent; JSON below /api/, a form elsewhere.

An address that programs call (a view of the API's framework) is asked by session and by token. A token counts for
whoever it belongs to, so there somebody who is not staff gets what staff without a permission get.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.access import rows

PEOPLE = ("anonymous", "user", "staff", "viewer", "operator", "administrator")
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Row:
    route: str
    method: str
    statuses: str
    path: str | Callable[[Any], str] | None = None
    body: Any = None

    def __post_init__(self) -> None:
        if len(self.statuses.split()) != len(PEOPLE):
            raise ValueError(f"{self.route}: one status for each of {', '.join(PEOPLE)}")
        if self.path is None and any(sign in self.route for sign in "<^("):
            raise ValueError(f"{self.route}: a route with variable parts needs a path")

    def address(self, world: Any) -> str:
        if self.path is None:
            return f"/{self.route}"
        return self.path if isinstance(self.path, str) else self.path(world)

    def expected(self, *, by_token: bool = False) -> dict[str, int]:
        told = dict(zip(PEOPLE, map(int, self.statuses.split()), strict=True))
        return told | {"user": told["staff"]} if by_token else told

    def ask(self, client: Client, world: Any) -> Any:
        """The answer; whatever the request changed is undone."""
        sent: dict[str, Any] = {}
        if self.method not in SAFE:
            sent = {"data": self.body or {}}
            if self.address(world).startswith("/api/"):
                sent = {"data": json.dumps(self.body or {}), "content_type": "application/json"}
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            answer = getattr(client, self.method.lower())(self.address(world), **sent)
            transaction.set_rollback(True)
        client.cookies = cookies  # who has just signed out stays signed in
        return answer


def rooms() -> dict[str, list[Row]]:
    """The rows, by the module that holds them."""
    names = sorted(module.name for module in iter_modules(rows.__path__))
    return {name: import_module(f"{rows.__name__}.{name}").ROWS for name in names}


def leaves(resolver: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """(route, view) of every address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from leaves(pattern, route)
        else:
            yield route, pattern.callback


def methods(view: Any) -> set[str]:
    """What has to be in the matrix for a view: what it answers, if it tells; else GET and POST."""
    kind = getattr(view, "cls", None)
    if kind is None:
        return {"GET", "POST"}
    words = getattr(view, "actions", None) or [name for name in kind.http_method_names if hasattr(kind, name)]
    return {word.upper() for word in words} - {"HEAD", "OPTIONS"}


def of_programs() -> set[str]:
    """Routes of the API's framework."""
    return {route for route, view in leaves() if hasattr(view, "cls")}
