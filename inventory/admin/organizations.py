from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import Organization
from . import cells
from .pages import PageAdmin
from .panels import Facts


@admin.register(Organization)
class OrganizationAdmin(PageAdmin):
    when_empty = gettext_lazy("No company is connected yet. The README says how to connect one.")
    list_display = ("title", "code", "currency", "time_zone_cell", "since")
    list_select_related = False
    search_fields = ("name", "external_id")

    @display(description=gettext_lazy("organisation"), ordering="name")
    def title(self, organization) -> object:
        return cells.words(organization)

    @display(description=gettext_lazy("external id"), ordering="external_id")
    def code(self, organization) -> object:
        return cells.ltr(organization.external_id)

    @display(description=gettext_lazy("base currency"), ordering="currency_code")
    def currency(self, organization) -> object:
        return cells.ltr(organization.currency_code)

    @display(description=gettext_lazy("time zone"), ordering="time_zone")
    def time_zone_cell(self, organization) -> object:
        return cells.ltr(organization.time_zone)

    @display(description=gettext_lazy("known since"), ordering="created_at")
    def since(self, organization) -> object:
        return cells.moment(organization.created_at)

    def get_panels(self, request: HttpRequest, obj: Organization) -> Iterable[object]:
        names = ("name", "external_id", "currency_code", "time_zone", "created_at")
        yield Facts(title=_("Organisation"), pairs=[self.pair(obj, name) for name in names])
