"""`?q=`: rows that contain every word, however Arabic is spelt (inventory/searching.py says how)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from ..searching import LONGEST, TooManyWords, holding, pattern, words_of
from .filters import DescribedFilter


class SearchField(forms.CharField):
    def clean(self, value: Any) -> list[str]:
        """The words, folded."""
        try:
            return words_of(super().clean(value))
        except TooManyWords as error:
            raise forms.ValidationError(str(error), code="invalid") from error


class SearchFilter(DescribedFilter):
    """Every word stands in the row's kept texts."""

    field_class = SearchField
    values = {"type": "string", "maxLength": LONGEST}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return qs
        # Asked in the list's own query: a list that has not changed is not looked through at all.
        texts = qs.model._default_manager.using(qs.db).order_by()
        return qs.filter(pk__in=holding(texts, value).values("pk"))


class ColumnsSearchFilter(SearchFilter):
    """For a table that keeps no such texts: every word stands in one of the columns."""

    def __init__(self, columns: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = columns

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        for word in value:
            condition = Q()
            for column in self.columns:
                condition |= Q(**{f"{column}__iregex": pattern(word)})
            qs = qs.filter(condition)
        return qs
