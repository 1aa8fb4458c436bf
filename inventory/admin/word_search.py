"""The search of a list: by words, however they are spelt and in whatever order."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from ..searching import TooManyWords, found, words_of


class WordSearch:
    """searched_by: the way ("level__product") to the table by whose texts rows are found, where it is not this one."""

    model: Any
    searched_by = ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """However the words are spelt and in whatever order; an exact code first."""
        model = self.model
        for step in self.searched_by.split("__") if self.searched_by else ():
            model = model._meta.get_field(step).related_model
        if not getattr(model, "SEARCHED", ()):
            return super().get_search_results(request, queryset, search_term)
        try:
            return found(queryset, words_of(search_term), model, self.searched_by), False
        except TooManyWords as problem:
            messages.warning(request, str(problem))
            return queryset.none(), False
