"""Rows for the admin's pages. Strangers, and people who are not staff, are sent to the login from every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.access.matrix import Row

ROLES = EVERYBODY = ("viewer", "operator", "administrator")
REPAIRERS, CONFIGURERS, NOBODY = ("operator", "administrator"), ("administrator",), ()


def to(may: tuple[str, ...], good: int = 200) -> str:
    """What a page answers when it is for these roles; staff without a permission never may."""
    return f"302 302 403 {' '.join(str(good if role in may else 403) for role in ROLES)}"


def at(route: str, kind: str) -> Callable[[Any], str]:
    """The path of a route for the world's row of this kind."""

    def path(world: Any) -> str:
        told = f"/{route}"
        for part in ("<path:object_id>", "<int:run_id>", "<id>"):
            told = told.replace(part, str(getattr(world, kind).pk))
        return told

    return path


def both(route: str, statuses: str, posted: str = "", **facts: Any) -> Iterator[Row]:
    """GET and POST; posted: what POST answers where that differs."""
    yield Row(route, "GET", statuses, **facts)
    yield Row(route, "POST", posted or statuses, **facts)


def model(
    app: str,
    kind: str,
    *,
    sees: tuple[str, ...] = EVERYBODY,
    adds: tuple[str, ...] = NOBODY,
    changes: tuple[str, ...] = NOBODY,
    deletes: tuple[str, ...] = NOBODY,
    changed: int = 200,
) -> Iterator[Row]:
    """The pages every table has. changed: what a change without any value answers, 302 where none is required."""
    root = f"admin/{app}/{kind}/"
    row = f"{root}<path:object_id>/"
    yield from both(root, to(sees))
    yield from both(f"{root}add/", to(adds))
    yield from both(row, "302 302 302 302 302 302", path=at(row, kind))  # leads on to the page, which decides
    yield from both(f"{row}history/", to(sees), path=at(f"{row}history/", kind))
    yield from both(f"{row}change/", to(sees), to(changes, changed), path=at(f"{row}change/", kind))
    yield from both(f"{row}delete/", to(deletes), path=at(f"{row}delete/", kind))


def action(app: str, kind: str, name: str, may: tuple[str, ...], *, done: int = 302) -> Iterator[Row]:
    """A button of a row: it asks first, and acts when that is answered."""
    route = f"admin/{app}/{kind}/<path:object_id>/{name}/"
    yield from both(route, to(may), to(may, done), path=at(route, kind))
