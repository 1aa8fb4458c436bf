"""What a list without rows says: why there are none, and what to do first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """text: why there is nothing, and what to do. url, action: the button that does it; "" where there is none."""

    text: str
    url: str = ""
    action: str = ""


class EmptyLists:
    """For an admin page of the skin; templates/unfold/helpers/empty_results.html shows it.

    when_empty: the words, where no button belongs to them.
    """

    when_empty: Any = gettext_lazy("There is nothing here yet; it fills by itself as syncs run.")

    def nothing_yet(self, request: HttpRequest) -> Nothing:
        """Of a table that has no rows at all; where filters show none, the list says that itself."""
        return Nothing(text=str(self.when_empty))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        base: Any = super()
        answer = base.changelist_view(request, extra_context)
        changelist = (getattr(answer, "context_data", None) or {}).get("cl")
        if changelist is not None and not changelist.result_count:
            # The template of the rows is told of the list and nothing else.
            changelist.nothing_yet = self.nothing_yet(request)
        return answer
