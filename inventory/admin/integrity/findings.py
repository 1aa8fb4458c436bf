"""What the checks have found: a list with its filters, and a page for each."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ...integrity import wording
from ...integrity.told import of_finding, plain, title_of
from ...models import Finding, Severity
from .. import cells
from ..columns import moment, text
from ..emptiness import Nothing
from ..kept import KeptLists
from ..pages import PageAdmin
from ..word_search import WordSearch
from . import desk, finding_page, settings
from .filters import CheckFilter, OwnerFilter, SeverityFilter, StateFilter
from .verbs import Decisions
from .words import check_cell, owner_cell, severity_tag, state_tag


@admin.register(Finding)
class FindingAdmin(Decisions, KeptLists, WordSearch, PageAdmin):
    list_display = ("said", "check_title", "severity_cell", "state_cell", "owner_column", "since")
    list_display_links = ("said",)
    list_filter = (StateFilter, CheckFilter, SeverityFilter, OwnerFilter)
    list_select_related = ("organization", "owner")
    more_columns = ("label", "code", "first_seen_at", "closed_at", "reason", "until", "reopened_count")
    lead = ()
    plain = {
        "said": text("check_key", "facts", "label", make=plain),
        "check_title": text("check_key", make=title_of),
        "severity_cell": text("severity", make=lambda severity: Severity(severity).label),
        "state_cell": text("state", make=lambda state: Finding.State(state).label),
        "owner_column": text("owner__username"),
        "since": moment("opened_at"),
    }
    search_fields = ("label", "code")
    search_help_text = gettext_lazy("Name, SKU or number of what it is about")

    def get_urls(self) -> list[URLPattern]:
        return [*desk.urls(self), *settings.urls(self), *super().get_urls()]

    def nothing_yet(self, request: HttpRequest) -> Nothing:
        text = _(
            "Nothing is open: no check has found anything wrong, or none has run yet. The desk says when each ran."
        )
        return Nothing(text=text, url=desk.address(), action=_("See the integrity desk"))

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("what is wrong"))
    def said(self, finding) -> object:
        return of_finding(finding)

    @display(description=gettext_lazy("check"), ordering="check_key")
    def check_title(self, finding) -> object:
        return check_cell(finding.check_key)

    @display(description=gettext_lazy("severity"))
    def severity_cell(self, finding) -> object:
        return severity_tag(finding.severity)

    @display(description=gettext_lazy("state"))
    def state_cell(self, finding) -> object:
        return state_tag(finding)

    @display(description=gettext_lazy("owner"))
    def owner_column(self, finding) -> object:
        return owner_cell(finding)

    @display(description=gettext_lazy("open since"), ordering="opened_at")
    def since(self, finding) -> object:
        return cells.age(finding.opened_at)

    # --- One finding -----------------------------------------------------------------------------

    def page_title(self, obj: Finding) -> str:
        return wording.without_marks(
            f"{title_of(obj.check_key)}: {obj.label}" if obj.label else title_of(obj.check_key)
        )

    def get_panels(self, request: HttpRequest, obj: Finding) -> Iterable[object]:
        return finding_page.panels(request, obj)

    def get_lower_panels(self, request: HttpRequest, obj: Finding) -> Iterable[object]:
        return finding_page.lower_panels(obj)
