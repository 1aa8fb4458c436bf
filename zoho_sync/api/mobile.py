"""What the mobile screens about the sync have in common: which words they take, and names ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ..subjects import SUBJECTS


def one_of(request: Request, name: str, choices: Iterable[str]) -> str | None:
    """A parameter that takes one of these words. Raises ValidationError."""
    text, known = request.query_params.get(name), list(choices)
    if text is not None and text not in known:
        told = _("One of %(names)s is expected.") % {"names": ", ".join(known)}
        raise ValidationError({name: [told]})
    return text


def subject_text(subject: str) -> str:
    if not subject:
        return _("Not understood")
    return str(SUBJECTS[subject].label) if subject in SUBJECTS else subject
