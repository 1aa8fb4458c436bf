"""The checks by name. Importing a module of this folder makes its checks known."""

from __future__ import annotations

from ..registering import import_all
from .base import Check

_checks: dict[str, Check] = {}
_GRADES = ("error", "warning", "info")


class UnknownCheck(LookupError):
    """No check has this name."""


def register(cls: type[Check]) -> type[Check]:
    """Class decorator. Raises ValueError for a name that is taken."""
    known = _checks.get(cls.key)
    if known is not None and type(known).__qualname__ != cls.__qualname__:
        raise ValueError(f"There is a check {cls.key!r} already.")
    _checks[cls.key] = cls()
    return cls


def checks() -> list[Check]:
    """The gravest first, then by name."""
    _load()
    return sorted(_checks.values(), key=lambda each: (_GRADES.index(each.severity), each.key))


def names() -> list[str]:
    return [each.key for each in checks()]


def get(key: str) -> Check:
    """Raises UnknownCheck."""
    _load()
    try:
        return _checks[key]
    except KeyError:
        raise UnknownCheck(key) from None


def find(key: str) -> Check | None:
    """None: a check that an older release had, whose findings are still kept."""
    _load()
    return _checks.get(key)


def _load() -> None:
    import_all(str(__package__))
