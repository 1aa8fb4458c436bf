"""A field that differs from Zoho's, as commands tell it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MISSING = {"missing here": gettext_lazy("missing here"), "missing in Zoho": gettext_lazy("missing in Zoho")}


def missing(name: str, field: str) -> str:
    """What is said of a record that only one side has; "" for one that both have."""
    return f"{name}: {_MISSING[field]}" if field in _MISSING else ""


def line(name: str, field: str, here: Any, there: Any) -> str:
    return _("%(record)s: %(field)s is %(ours)s here, %(theirs)s in Zoho") % {
        "record": name,
        "field": field,
        "ours": _value(here),
        "theirs": _value(there),
    }


def _value(value: Any) -> str:
    text = _("nothing") if value in (None, "", [], {}) else str(value)
    return text if len(text) <= 100 else text[:99] + "…"
