"""Kinds of values that only documents are filtered by."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from ..filters import DescribedFilter

MOST_VALUES = 20
_TEXT = {"type": "string", "minLength": 1, "pattern": r"^[^\u0000]*$"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class DayField(forms.Field):
    """An ISO 8601 day, such as 2026-11-20, and no other way to write one."""

    def to_python(self, value: Any) -> date | None:
        if value in (None, ""):
            return None
        try:
            found = date.fromisoformat(value) if _DAY.match(value) else None
        except ValueError:
            found = None
        if found is None:
            raise forms.ValidationError(
                gettext_lazy("A day is expected, such as 2026-11-20."), code="invalid"
            )
        return found


class DayFilter(DescribedFilter):
    field_class = DayField
    values = {"type": "string", "format": "date"}


class SeveralField(forms.Field):
    """One text, or several."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        found = list(value or ())
        if len(found) > MOST_VALUES:
            told = gettext_lazy("At most %(most)s values are taken.")
            raise forms.ValidationError(told, code="invalid", params={"most": MOST_VALUES})
        if any("\x00" in text for text in found):
            raise forms.ValidationError(gettext_lazy("Null characters are not allowed."), code="invalid")
        return found


class SeveralFilter(DescribedFilter):
    """May come more than once; any of the values will do."""

    takes_several = True
    field_class = SeveralField
    values = {"type": "array", "maxItems": MOST_VALUES, "items": _TEXT}

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs
