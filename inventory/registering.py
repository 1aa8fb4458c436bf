"""How the modules of a folder become known: each registers what it holds when it is imported."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules


@cache
def import_all(package: str) -> None:
    """Import every module of the package, once; whatever one of them raises is raised, and tried again next time."""
    for module in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
