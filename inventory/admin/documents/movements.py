"""What moves stock without being bought or sold: adjustments and transfers."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ...models import Adjustment, TransferOrder
from .. import cells
from ..columns import money, text
from ..panels import Figure
from . import page
from .frame import DocumentAdmin

KINDS = {"quantity": gettext_lazy("quantity"), "value": gettext_lazy("value")}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


@admin.register(Adjustment)
class AdjustmentAdmin(DocumentAdmin):
    list_display = ("title", "day", "kind_cell", "why", "state", "value", "place", "age")
    more_columns = ("external_id", "reference", "source_modified_at", "synced_at")
    currency = "organization__currency_code"
    search_help_text = gettext_lazy("Number, reference, reason or external id")
    further_facts = ("reason",)
    plain = {
        **DocumentAdmin.plain,
        "kind_cell": text("kind", make=kind_name),
        "why": text("reason"),
        "value": money("total", "organization__currency_code"),
    }

    @display(description=gettext_lazy("of"), ordering="kind")
    def kind_cell(self, adjustment) -> object:
        return cells.words(kind_name(adjustment.kind))

    @display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, adjustment) -> object:
        return cells.words(adjustment.reason)

    @display(description=gettext_lazy("value"), ordering="total")
    def value(self, adjustment) -> object:
        return cells.money(adjustment.total, adjustment.organization.currency_code)

    def tiles(self, obj: Adjustment) -> Iterable[Figure]:
        yield from super().tiles(obj)
        yield Figure(name=_("of"), value=cells.words(kind_name(obj.kind)))
        yield Figure(name=_("value"), value=cells.money(obj.total, obj.organization.currency_code))


@admin.register(TransferOrder)
class TransferOrderAdmin(DocumentAdmin):
    list_display = ("title", "day", "place", "to_place", "state", "transit", "age")
    list_select_related = ("organization", "warehouse", "to_warehouse")
    more_columns = ("external_id", "reference", "source_modified_at", "synced_at")
    further_facts = ("is_in_transit",)
    plain = {
        **DocumentAdmin.plain,
        "to_place": text(
            "to_warehouse__name", "to_warehouse_external_id", make=lambda name, key: name or key
        ),
        "transit": text(
            "is_in_transit", make=lambda moves: "" if moves is None else _("Yes") if moves else _("No")
        ),
    }

    @display(description=gettext_lazy("from"))
    def place(self, document) -> object:
        return page.place_cell(document)

    @display(description=gettext_lazy("to"))
    def to_place(self, transfer) -> object:
        return page.place_cell(transfer, "to_warehouse")

    @display(description=gettext_lazy("in transit"), ordering="is_in_transit")
    def transit(self, transfer) -> object:
        return cells.yes_no(transfer.is_in_transit)

    def head(self, obj: TransferOrder) -> Iterable[tuple[str, object]]:
        yield from super().head(obj)
        yield _("to"), page.place_cell(obj, "to_warehouse")
