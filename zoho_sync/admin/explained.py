"""An explanation as a block of a page, and the classes of failure as a filter in words."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.admin.panels import Custom

from ..explanations import EXPLANATIONS, Explanation, explain, of_kind
from ..explanations.records import RECORDS

# What a record can fail by; the others are told of runs and deliveries.
OF_RECORDS = (*(each.kind for each in RECORDS), "zoho_unavailable", "zoho_refused", "other")


def explanation_panel(told: object) -> Custom | None:
    """Its four parts; None where nothing was said. told: a stored reason or message."""
    found = explain(told)
    return None if found is None else as_panel(found)


def as_panel(found: Explanation) -> Custom:
    pairs = [
        (_("what happened"), found.happened),
        (_("what it means for stock and prices"), found.meaning),
        (_("what was already tried"), found.tried),
        (_("what to do"), found.press),
    ]
    return Custom(template="admin/zoho_sync/explanation.html", values={"title": found.title, "pairs": pairs})


def kind_words(told: object) -> object:
    """The class in a few words; "" where nothing was said."""
    found = explain(told)
    return format_html("<strong>{}</strong>", found.title) if found else ""


class KindFilter(admin.SimpleListFilter):
    """Failures by what kind they are."""

    title = gettext_lazy("kind of failure")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(kind, str(EXPLANATIONS[kind].title)) for kind in OF_RECORDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kind = self.value()
        if not kind:
            return queryset
        return queryset.filter(of_kind(kind)) if kind in OF_RECORDS else queryset.none()
