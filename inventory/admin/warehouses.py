from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import StockLevel, Warehouse
from . import cells
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .panels import Figure, Figures
from .products import active_tag


@admin.register(Warehouse)
class WarehouseAdmin(MirrorAdmin):
    list_display = ("title", "sells_cell", "primary", "age", "state")
    list_filter = (PresenceFilter, "sells", "is_active")
    search_fields = ("name", "external_id")
    search_help_text = gettext_lazy("Name or external id")
    sections = (
        (
            gettext_lazy("Warehouse"),
            ("name", "kind", "status", "is_primary", "parent_external_id", "phone", "email", "address"),
        ),
    )

    @display(description=gettext_lazy("warehouse"), ordering="name")
    def title(self, warehouse) -> object:
        return cells.words(warehouse)

    @display(description=gettext_lazy("sells"), ordering="sells")
    def sells_cell(self, warehouse) -> object:
        return cells.yes_no(warehouse.sells)

    @display(description=gettext_lazy("primary"), ordering="is_primary")
    def primary(self, warehouse) -> object:
        return cells.yes_no(warehouse.is_primary)

    @display(description=gettext_lazy("state"))
    def state(self, warehouse) -> object:
        return removed_tag(warehouse) or active_tag(warehouse)

    def get_panels(self, request: HttpRequest, obj: Warehouse) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        held = StockLevel.objects.live().filter(warehouse=obj)
        sums = held.aggregate(
            products=Count("pk"),
            with_stock=Count("pk", filter=Q(on_hand__gt=0)),
            negative=Count("pk", filter=Q(on_hand__lt=0)),
            unknown=Count("pk", filter=Q(on_hand__isnull=True)),
            value=Sum("asset_value"),
            oldest=Min("product__stock_check__verified_at"),
        )
        url = f"{reverse('admin:inventory_stocklevel_changelist')}?warehouse__id__exact={obj.pk}"
        yield Figures(
            tiles=[
                Figure(name=_("products kept here"), value=cells.number(sums["products"]), url=url),
                Figure(
                    name=_("with stock"),
                    value=cells.number(sums["with_stock"]),
                    url=f"{url}&on_hand=positive",
                ),
                Figure(
                    name=_("negative"),
                    value=cells.number(sums["negative"]),
                    url=f"{url}&on_hand=negative",
                    mood="warn" if sums["negative"] else "",
                ),
                Figure(name=_("unknown"), value=cells.number(sums["unknown"]), url=f"{url}&on_hand=unknown"),
                Figure(name=_("value"), value=cells.money(sums["value"], obj.organization.currency_code)),
                Figure(name=_("oldest verification"), value=cells.age(sums["oldest"])),
            ]
        )
