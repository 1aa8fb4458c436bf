"""Vendors, and what is bought from them: orders, bills, credits."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ...models import Bill, PurchaseOrder, Vendor, VendorCredit
from .. import cells
from ..columns import moment, money, state_in_words, text
from ..customers import DetailFilter, addresses_panels, persons_table
from ..filters import ChangedFilter, PhoneFilter, ValuesFilter
from ..mirror import MirrorAdmin, PresenceFilter, removed_tag
from ..panels import Figure, Figures
from ..products import active_tag
from .accounts import vendor_panels
from .filters import CurrencyFilter, DayFilter, LinesFilter, PlaceFilter, StateFilter, VendorFilter
from .frame import DocumentAdmin

PRICED = (StateFilter, DayFilter, PlaceFilter, CurrencyFilter, VendorFilter, LinesFilter, PresenceFilter)
MORE = ("external_id", "reference", "sub_total", "discount_total", "tax_total", "exchange_rate", "source_modified_at",
        "synced_at")  # fmt: skip


@admin.register(Vendor)
class VendorAdmin(MirrorAdmin):
    list_display = ("title", "contact", "owed", "credits", "currency_cell", "changed", "state")
    list_filter = (
        PresenceFilter, "is_active", ("currency_code", ValuesFilter), PhoneFilter, ChangedFilter, DetailFilter,
    )  # fmt: skip
    more_columns = (
        "external_id", "company_name", "number", "email", "mobile", "payment_terms_label", "synced_at",
    )  # fmt: skip
    currency = "currency_code"
    plain = {
        "title": text("name"),
        "contact": text("mobile", "phone", make=lambda mobile, phone: mobile or phone),
        "owed": money("payable", "currency_code"),
        "credits": money("unused_credits", "currency_code"),
        "currency_cell": text("currency_code"),
        "changed": moment("source_modified_at"),
        "state": text("removed_at", "is_active", "status", make=state_in_words),
    }
    search_fields = ("name", "company_name", "phone", "mobile", "email", "number", "external_id")
    search_help_text = gettext_lazy("Name, company, phone, e-mail, number or external id")
    sections = (
        (
            gettext_lazy("Vendor"),
            ("name", "company_name", "number", "status", "first_name", "last_name", "email", "phone", "mobile",
             "website", "source_notes"),
        ),
        (
            gettext_lazy("Terms"),
            ("currency_code", "payment_terms", "payment_terms_label", "custom_fields", "tags"),
        ),
    )  # fmt: skip

    @display(description=gettext_lazy("vendor"), ordering="name")
    def title(self, vendor) -> object:
        return cells.words(vendor)

    @display(description=gettext_lazy("phone"))
    def contact(self, vendor) -> object:
        return cells.ltr(vendor.mobile or vendor.phone)

    @display(description=gettext_lazy("we owe"), ordering="payable")
    def owed(self, vendor) -> object:
        return cells.money(vendor.payable, vendor.currency_code)

    @display(description=gettext_lazy("unused credits"), ordering="unused_credits")
    def credits(self, vendor) -> object:
        return cells.money(vendor.unused_credits, vendor.currency_code)

    @display(description=gettext_lazy("currency"), ordering="currency_code")
    def currency_cell(self, vendor) -> object:
        return cells.ltr(vendor.currency_code)

    @display(description=gettext_lazy("changed at the source"), ordering="source_modified_at")
    def changed(self, vendor) -> object:
        return cells.age(vendor.source_modified_at)

    @display(description=gettext_lazy("state"))
    def state(self, vendor) -> object:
        return removed_tag(vendor) or active_tag(vendor)

    def get_panels(self, request: HttpRequest, obj: Vendor) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        yield Figures(
            tiles=[
                Figure(name=_("we owe"), value=cells.money(obj.payable, obj.currency_code)),
                Figure(name=_("unused credits"), value=cells.money(obj.unused_credits, obj.currency_code)),
                Figure(name=_("payment terms"), value=cells.words(obj.payment_terms_label)),
            ]
        )
        yield from vendor_panels(obj, request.user.has_perm)
        yield persons_table(obj)
        yield from addresses_panels(obj)


class FromVendorAdmin(DocumentAdmin):
    list_filter = PRICED
    search_fields = ("number", "reference", "vendor_name", "external_id")
    search_help_text = gettext_lazy("Number, reference, vendor or external id")
    more_columns: tuple[str, ...] = MORE

    @display(description=gettext_lazy("vendor"), ordering="vendor_name")
    def partner(self, document) -> object:
        return super().partner(document)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(FromVendorAdmin):
    list_display = ("title", "day", "partner", "state", "amount", "delivery", "place", "age")
    more_columns = ("expected_date", *MORE)
    further_facts = ("delivery_date", "expected_date")
    plain = {**DocumentAdmin.plain, "delivery": moment("delivery_date")}

    @display(description=gettext_lazy("to be delivered on"), ordering="delivery_date")
    def delivery(self, order) -> object:
        return cells.moment(order.delivery_date)


@admin.register(Bill)
class BillAdmin(FromVendorAdmin):
    list_display = ("title", "day", "partner", "state", "amount", "left", "due", "place", "age")


@admin.register(VendorCredit)
class VendorCreditAdmin(FromVendorAdmin):
    list_display = ("title", "day", "partner", "state", "amount", "left", "place", "age")
    balance_name = gettext_lazy("not used yet")
