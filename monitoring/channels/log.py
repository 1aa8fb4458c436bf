from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .base import AlertMessage, Field, register
from .message import facts, headline, paragraphs

log = logging.getLogger("monitoring.alerts")
_LEVELS = {
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}


@register
class LogChannel:
    """One line in the log of the process that watches; its level is the severity's, INFO when it is over."""

    kind = "log"
    label = _("Log")
    hint = _("The lines are in the log of the process that watches, as `monitoring.alerts`.")
    fields: tuple[Field, ...] = ()

    def check(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {}

    def send(self, message: AlertMessage, config: Mapping[str, Any]) -> None:
        level = logging.INFO if message.is_over else _LEVELS.get(message.severity, logging.WARNING)
        parts = [headline(message), *paragraphs(message)]
        parts += [f"{name}: {value}" for name, value in facts(message)] + [message.url]
        log.log(level, "%s", " | ".join(" ".join(part.split()) for part in parts if part))
