"""The entities by name, in an order in which links can be resolved. Importing a processor module registers it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ..errors import SyncError
from ..sentences import sentence as _
from .base import Processor

_processors: dict[str, Processor] = {}
_is_loaded = False


class UnknownEntity(SyncError):
    """No processor has this name."""


def register(processor: Processor) -> Processor:
    if processor.entity in _processors:
        raise ValueError(f"{processor.entity} is registered twice")
    _processors[processor.entity] = processor
    return processor


def get(entity: str) -> Processor:
    """The processor of that name. Raises UnknownEntity, naming those there are."""
    _load()
    try:
        return _processors[entity]
    except KeyError:
        facts = {"entity": entity[:40], "known": ", ".join(names())}
        raise UnknownEntity(_("There is no entity “%(entity)s”. Known: %(known)s.") % facts) from None


def names() -> list[str]:
    """Every entity, each after those it depends on."""
    _load()
    ordered: list[str] = []

    def visit(entity: str) -> None:
        if entity not in ordered:
            for other in _processors[entity].depends_on:
                visit(other)
            ordered.append(entity)

    for entity in sorted(_processors):
        visit(entity)
    return ordered


def _load() -> None:
    global _is_loaded
    if not _is_loaded:
        package = __name__.rpartition(".")[0]
        for module in iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
        _is_loaded = True
