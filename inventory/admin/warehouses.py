from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import StockCheck, StockLevel, Warehouse
from . import cells
from .columns import Plain, state_in_words, text
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .panels import Figure, Figures
from .products import active_tag


@admin.register(Warehouse)
class WarehouseAdmin(MirrorAdmin):
    list_display = ("title", "sells_cell", "primary", "age", "state")
    list_filter = (PresenceFilter, "sells", "is_active")
    more_columns = ("external_id", "kind", "phone", "email", "synced_at")
    plain = {
        **MirrorAdmin.plain,
        "title": text("name"),
        "sells_cell": Plain("flag", ("sells",)),
        "primary": Plain("flag", ("is_primary",)),
        "state": text("removed_at", "is_active", "status", make=state_in_words),
    }
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
                Figure(name=_("oldest verification"), value=cells.age(oldest_verification(obj))),
            ]
        )


def oldest_verification(warehouse: Warehouse) -> datetime | None:
    """Of a product that is kept here. The checks are walked from the oldest on, which soon meets one."""
    kept = StockLevel.objects.live().filter(warehouse=warehouse, product=OuterRef("product"))
    checks = StockCheck.objects.filter(Exists(kept), organization=warehouse.organization_id)
    checks = checks.filter(verified_at__isnull=False).order_by("verified_at")
    return checks.values_list("verified_at", flat=True).first()
