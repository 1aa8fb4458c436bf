"""What a channel is, and which kinds there are.

A kind is one class in a module of this folder, or of one that settings.ALERT_CHANNEL_MODULES names (docs/channels.md).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

from django.conf import settings

from zoho_sync.sentences import Sentence

from .message import AlertMessage

log = logging.getLogger(__name__)

FIELD_KINDS = ("text", "secret", "url", "number", "choice")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One setting of a channel, as staff fill it in. A secret is stored encrypted and never shown again.

    label, help: texts for people, lazy. choices: (value, text), of a field of that kind only.
    """

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    help: Any = ""
    choices: Sequence[tuple[str, Any]] = ()
    default: str = ""

    def __post_init__(self) -> None:
        if self.kind not in FIELD_KINDS:
            raise ValueError(f"A field's kind is one of {', '.join(FIELD_KINDS)}, not {self.kind!r}.")
        if bool(self.choices) != (self.kind == "choice"):
            raise ValueError("Choices belong to fields of the kind choice, and only there.")

    @property
    def is_secret(self) -> bool:
        return self.kind == "secret"


class ChannelError(Exception):
    """A message could not be sent. The text is for staff, and holds no secret.

    permanent: trying again would change nothing. retry_after: seconds that the other side asks us to wait.
    """

    def __init__(self, reason: str | Sentence, *, permanent: bool = False, retry_after: float | None = None):
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after


class Channel(Protocol):
    """A kind of channel. One instance serves every thread, so it keeps nothing between two messages.

    hint: what has to be done elsewhere first, for whoever sets one up; lazy.
    """

    kind: str
    label: Any
    hint: Any
    fields: Sequence[Field]

    def check(self, config: Mapping[str, Any]) -> dict[str, str]:
        """{name of a field: what is wrong with it}; empty when it may be saved. Asks nobody over the network."""

    def send(self, message: AlertMessage, config: Mapping[str, Any]) -> None:
        """Returns when the other side has taken it. Raises ChannelError; whatever else it raises counts as one that
        may be tried again."""


_kinds: dict[str, Channel] = {}
_loaded: dict[str, Exception | None] = {}


def register(cls: type) -> type:
    """Class decorator: makes the kind known. Raises ValueError for a name that is taken."""
    channel = cls()
    known = _kinds.get(channel.kind)
    if known is not None and type(known).__qualname__ != cls.__qualname__:
        raise ValueError(f"There is a channel of the kind {channel.kind!r} already.")
    _kinds[channel.kind] = channel
    return cls


def kinds() -> dict[str, Channel]:
    """Every kind by its name; ours first."""
    folder = import_module(__package__)
    for name in sorted(each.name for each in iter_modules(folder.__path__)):
        _load(f"{__package__}.{name}")
    for name in settings.ALERT_CHANNEL_MODULES:
        _load(name)
    return dict(_kinds)


def get(kind: str) -> Channel:
    """Raises LookupError for one that is not known (any more)."""
    found = _kinds.get(kind) or kinds().get(kind)
    if found is None:
        raise LookupError(kind)
    return found


def unusable() -> dict[str, Exception]:
    """Modules that could not be imported, and why."""
    kinds()
    return {name: error for name, error in _loaded.items() if error is not None}


def _load(name: str) -> None:
    """A module that does not work takes its own channels along, and no others."""
    if name in _loaded:
        return
    try:
        import_module(name)
    except Exception as error:
        _loaded[name] = error
        log.exception("The channels of %s cannot be used", name)
    else:
        _loaded[name] = None
