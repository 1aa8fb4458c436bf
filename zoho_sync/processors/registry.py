"""The entities by name, in an order in which links can be resolved. Importing a processor module registers it."""

from __future__ import annotations

from inventory.registering import import_all

from ..errors import SyncError
from ..sentences import sentence as _
from .base import APART, Processor

_processors: dict[str, Processor] = {}


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


def together() -> list[str]:
    """What "everything" means: the catalogue, stock, prices and customers; the rest is read by itself."""
    return [name for name in names() if not _processors[name].is_background]


def documents() -> list[str]:
    """Documents, and whom and what they speak of beside the catalogue: read apart, once a day and by webhook."""
    return [
        name for name in names() if _processors[name].is_background and _processors[name].lane not in APART
    ]


def _load() -> None:
    import_all(str(__package__))
