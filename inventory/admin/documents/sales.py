"""Orders, invoices, payments, credit notes, packages and returns."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ...models import CreditNote, CustomerPayment, Invoice, Package, SalesOrder, SalesReturn
from .. import cells
from ..columns import money, number, text
from ..mirror import PresenceFilter
from .filters import (
    CurrencyFilter,
    CustomerFilter,
    DayFilter,
    LinesFilter,
    PlaceFilter,
    SalespersonFilter,
    StateFilter,
)
from .frame import DocumentAdmin
from .page import linked
from .states import state_name, state_tag

PRICED = (
    StateFilter, DayFilter, SalespersonFilter, PlaceFilter, CurrencyFilter, CustomerFilter, LinesFilter, PresenceFilter,
)  # fmt: skip
GOODS = (StateFilter, DayFilter, PlaceFilter, CustomerFilter, LinesFilter, PresenceFilter)
MORE = ("external_id", "reference", "sub_total", "discount_total", "tax_total", "exchange_rate", "source_modified_at",
        "synced_at")  # fmt: skip


class ForCustomerAdmin(DocumentAdmin):
    search_fields = ("number", "reference", "customer_name", "external_id")
    search_help_text = gettext_lazy("Number, reference, customer or external id")

    @display(description=gettext_lazy("customer"), ordering="customer_name")
    def partner(self, document) -> object:
        return super().partner(document)


@admin.register(SalesOrder)
class SalesOrderAdmin(ForCustomerAdmin):
    list_display = (
        "title",
        "day",
        "partner",
        "state",
        "amount",
        "invoiced",
        "shipped",
        "seller",
        "place",
        "age",
    )
    list_filter = PRICED
    more_columns = ("shipment_date", "delivery_method", "sales_channel", "paid_status", *MORE)
    further_facts = (
        "order_status", "invoiced_status", "paid_status", "shipped_status", "shipment_date", "quantity",
        "quantity_packed", "quantity_shipped", "quantity_invoiced", "delivery_method", "sales_channel",
    )  # fmt: skip
    plain = {
        **DocumentAdmin.plain,
        "invoiced": text("invoiced_status", make=state_name),
        "shipped": text("shipped_status", make=state_name),
    }

    @display(description=gettext_lazy("invoiced"), ordering="invoiced_status")
    def invoiced(self, order) -> object:
        return state_tag(order.invoiced_status)

    @display(description=gettext_lazy("shipped"), ordering="shipped_status")
    def shipped(self, order) -> object:
        return state_tag(order.shipped_status)


@admin.register(Invoice)
class InvoiceAdmin(ForCustomerAdmin):
    list_display = ("title", "day", "partner", "state", "amount", "left", "due", "seller", "place", "age")
    list_filter = PRICED
    more_columns = (
        "payment_made",
        "credits_applied",
        "write_off",
        "payment_terms_label",
        "last_payment_date",
        *MORE,
    )
    further_facts = (
        "payment_terms_label", "payment_made", "credits_applied", "write_off", "last_payment_date",
    )  # fmt: skip

    def state_note(self, obj: Invoice) -> object:
        if obj.last_payment_date:
            return cells.joined([_("last paid on"), cells.moment(obj.last_payment_date)], " ")
        return ""


@admin.register(CustomerPayment)
class CustomerPaymentAdmin(ForCustomerAdmin):
    list_display = (
        "title",
        "day",
        "partner",
        "amount",
        "unused_cell",
        "way",
        "paid_invoices",
        "place",
        "age",
    )
    list_filter = (DayFilter, PlaceFilter, CurrencyFilter, CustomerFilter, LinesFilter, PresenceFilter)
    more_columns = (
        "status", "account_name", "refunded", "bank_charges", "salesperson_name", "external_id", "reference",
        "exchange_rate", "source_modified_at", "synced_at",
    )  # fmt: skip
    search_help_text = gettext_lazy("Number, reference, customer, invoice or external id")
    further_facts = ("mode", "account_name", "unused", "refunded", "bank_charges", "invoice_numbers")
    plain = {
        **DocumentAdmin.plain,
        "unused_cell": money("unused", "currency_code"),
        "way": text("mode"),
        "paid_invoices": text("invoice_numbers"),
    }

    @display(description=gettext_lazy("not used yet"), ordering="unused")
    def unused_cell(self, payment) -> object:
        return cells.money(payment.unused, payment.currency_code)

    @display(description=gettext_lazy("way of payment"), ordering="mode")
    def way(self, payment) -> object:
        return cells.words(payment.mode)

    @display(description=gettext_lazy("invoices"))
    def paid_invoices(self, payment) -> object:
        named = [name.strip() for name in payment.invoice_numbers.split(",") if name.strip()]
        more = [_("and %(count)s more") % {"count": len(named) - 3}] if len(named) > 3 else []
        return cells.joined([*(cells.ltr(name) for name in named[:3]), *more])


@admin.register(CreditNote)
class CreditNoteAdmin(ForCustomerAdmin):
    list_display = ("title", "day", "partner", "state", "amount", "left", "seller", "place", "age")
    list_filter = PRICED
    more_columns = MORE
    balance_name = gettext_lazy("not used yet")


@admin.register(Package)
class PackageAdmin(ForCustomerAdmin):
    list_display = ("title", "day", "partner", "order", "state", "count", "way", "place", "age")
    list_filter = GOODS
    list_select_related = ("organization", "warehouse")
    more_columns = (
        "shipment_number", "shipment_status", "shipment_date", "delivery_method", "external_id", "reference",
        "source_modified_at", "synced_at",
    )  # fmt: skip
    search_help_text = gettext_lazy("Number, order, customer, tracking number or external id")
    further_facts = (
        "sales_order", "quantity", "shipment_number", "shipment_status", "shipment_date", "carrier",
        "tracking_number", "delivery_method",
    )  # fmt: skip
    plain = {
        **DocumentAdmin.plain,
        "order": text("sales_order_number"),
        "count": number("quantity"),
        "way": text("carrier", "tracking_number", make=lambda *told: " ".join(filter(None, told))),
    }

    @display(description=gettext_lazy("order"), ordering="sales_order_number")
    def order(self, package) -> object:
        return order_cell(package)

    @display(description=gettext_lazy("quantity"), ordering="quantity")
    def count(self, package) -> object:
        return cells.number(package.quantity)

    @display(description=gettext_lazy("carrier"), ordering="carrier")
    def way(self, package) -> object:
        return cells.stacked(
            cells.words(package.carrier) if package.carrier else "",
            cells.ltr(package.tracking_number) if package.tracking_number else "",
        )


@admin.register(SalesReturn)
class SalesReturnAdmin(ForCustomerAdmin):
    list_display = ("title", "day", "partner", "order", "state", "received", "count", "place", "age")
    list_filter = GOODS
    more_columns = (
        "reason", "refund_status", "refunded", "salesperson_name", "external_id", "reference", "source_modified_at",
        "synced_at",
    )  # fmt: skip
    currency = "organization__currency_code"
    search_help_text = gettext_lazy("Number, order, customer or external id")
    further_facts = ("sales_order", "reason", "receive_status", "refund_status", "quantity", "refunded")
    plain = {
        **DocumentAdmin.plain,
        "order": text("sales_order_number"),
        "received": text("receive_status", make=state_name),
        "count": number("quantity"),
    }

    @display(description=gettext_lazy("order"), ordering="sales_order_number")
    def order(self, document) -> object:
        return order_cell(document)

    @display(description=gettext_lazy("received"), ordering="receive_status")
    def received(self, document) -> object:
        return state_tag(document.receive_status)

    @display(description=gettext_lazy("quantity"), ordering="quantity")
    def count(self, document) -> object:
        return cells.number(document.quantity)


def order_cell(document) -> object:
    shown = cells.ltr(document.sales_order_number or document.sales_order_external_id)
    return linked(SalesOrder, document.sales_order_id, shown) if document.sales_order_id else shown
