"""What the mobile screens have in common: how many rows, which words they take, and names ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ..processors import registry
from ..subjects import SUBJECTS

USUAL_ROWS, MOST_ROWS = 20, 50


def read_limit(request: Request) -> int:
    """?limit=N. Raises ValidationError."""
    text = request.query_params.get("limit")
    if text is None:
        return USUAL_ROWS
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_ROWS):
        told = _("A whole number from 1 to %(most)s is expected.") % {"most": MOST_ROWS}
        raise ValidationError({"limit": [told]})
    return int(text)


def one_of(request: Request, name: str, choices: Iterable[str]) -> str | None:
    """A parameter that takes one of these words. Raises ValidationError."""
    text, known = request.query_params.get(name), list(choices)
    if text is not None and text not in known:
        told = _("One of %(names)s is expected.") % {"names": ", ".join(known)}
        raise ValidationError({name: [told]})
    return text


def entity_text(entity: str) -> str:
    return str(registry.get(entity).label) if entity in registry.names() else entity


def subject_text(subject: str) -> str:
    if not subject:
        return _("Not understood")
    return str(SUBJECTS[subject].label) if subject in SUBJECTS else subject
