"""Two products that staff cannot tell apart by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..models import Severity
from . import wording
from .registry import register
from .repeats import SharedText, only_active


@register
class DuplicateNames(SharedText):
    key = "duplicate_names"
    column = "name"
    title = _("Names that several products share")
    meaning = _(
        "Two products or more have the same name, however it is spelt: capital letters, spaces, and the ways of "
        "writing "
        "alef, ya and ta marbuta make no difference. Staff sell one and the stock of the other goes down."
    )
    what_to_do = _(
        "Open both. If they are the same thing, keep one at the source and make the other inactive; if not, say in "
        "their "
        "names what differs: colour, size, model."
    )
    severity = Severity.WARNING
    material_words = _("the products that share it")
    parameters = (only_active(_("Only active products")),)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = ngettext(
            "%(count)s product is called “%(text)s”.",
            "%(count)s products are called “%(text)s”.",
            facts["count"],
        )
        return told % {"count": wording.number(facts["count"]), "text": wording.name(facts["text"])}
