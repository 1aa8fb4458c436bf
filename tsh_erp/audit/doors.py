"""Who is at work just now, and by which door: told by the request, or by the command that runs."""

from __future__ import annotations

import getpass
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_request: ContextVar[Any] = ContextVar("audited_request", default=None)
_command = (
    ""  # of this process; jobs run in processes whose command is a service, and count as the program itself
)


@contextmanager
def by_request(request: Any) -> Iterator[None]:
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def by_command(name: str) -> Iterator[None]:
    """name: "" for a service, which does nobody's bidding."""
    global _command
    former, _command = _command, name
    try:
        yield
    finally:
        _command = former


def is_visit() -> bool:
    return _request.get() is not None


def is_command() -> bool:
    return bool(_command) and not is_visit()


def here(user: Any = None) -> dict[str, Any]:
    """The columns of a line that say who and from where. user: who does it, where that is known better."""
    request = _request.get()
    if request is not None:
        return _of_request(request, user)
    named = {"user_id": getattr(user, "pk", None), "user_name": _name(user)}
    if _command:
        return named | {"door": "command", "door_name": _command[:150], "address": _account()[:150]}
    return named | {"door": "program", "address": socket.gethostname()[:150]}


def _of_request(request: Any, user: Any) -> dict[str, Any]:
    from zoho_sync.addresses import address_of  # needs settings, which a command line may not have yet

    person = user or getattr(request, "user", None)
    token = getattr(request, "auth", None)  # the framework of the API puts it there
    if token is not None:
        door, door_name = "token", f"{token.name} (tsh_{token.prefix}_…)"
    else:
        door, door_name = ("session" if request.path.startswith("/api/") else "admin"), ""
    if not hasattr(request, "audit_id"):
        request.audit_id = uuid.uuid4().hex
    return {
        "user_id": getattr(person, "pk", None),
        "user_name": _name(person),
        "door": door,
        "door_name": door_name[:150],
        "address": address_of(request)[:150],
        "request_id": request.audit_id,
    }


def _name(user: Any) -> str:
    return user.get_username()[:150] if getattr(user, "pk", None) else ""


def _account() -> str:
    """Of the machine: a command asks nobody for a password of ours."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        account = "?"
    return f"{account}@{socket.gethostname()}"
