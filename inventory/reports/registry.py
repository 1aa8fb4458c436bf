"""The reports by key. Importing a module of known/ registers its report."""

from __future__ import annotations

from ..registering import import_all
from .base import Report

_reports: dict[str, Report] = {}


def register(kind: type[Report]) -> type[Report]:
    if kind.key in _reports:
        raise ValueError(f"{kind.key} is registered twice")
    _reports[kind.key] = kind()
    return kind


def every() -> list[Report]:
    """All of them, in their order."""
    _load()
    return sorted(_reports.values(), key=lambda report: (report.place, report.key))


def get(key: str) -> Report | None:
    _load()
    return _reports.get(key)


def _load() -> None:
    import_all(f"{__package__}.known")
