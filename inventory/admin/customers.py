from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import Customer, Vendor
from . import cells
from .columns import moment, money, state_in_words, text
from .documents.accounts import customer_panels
from .filters import ChangedFilter, OwesFilter, PhoneFilter, ValuesFilter
from .integrity.records import finding_panels
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .pages import LightRelatedFilter, plain_json
from .panels import Banner, Facts, Figure, Figures, Table
from .products import active_tag

ADDRESS_LINES = ("attention", "address", "street2", "city", "state", "zip", "country", "phone", "fax")


class DetailFilter(admin.SimpleListFilter):
    title = gettext_lazy("detail")
    parameter_name = "detail"

    def lookups(self, request, model_admin):
        return [("read", _("Read")), ("waiting", _("Not read yet"))]

    def queryset(self, request, queryset):
        if self.value() not in ("read", "waiting"):
            return queryset
        return queryset.filter(detail_at__isnull=self.value() == "waiting")


@admin.register(Customer)
class CustomerAdmin(MirrorAdmin):
    list_display = ("title", "contact", "owes", "credits", "list_cell", "changed", "state")
    list_filter = (
        PresenceFilter,
        "is_active",
        ("currency_code", ValuesFilter),
        ("price_list", LightRelatedFilter),
        OwesFilter,
        PhoneFilter,
        ChangedFilter,
        DetailFilter,
        "is_hidden",
    )
    list_select_related = ("organization", "price_list")
    more_columns = (
        "external_id", "company_name", "number", "email", "mobile", "currency_code", "credit_limit",
        "payment_terms_label", "owner_name", "sub_type", "is_hidden", "synced_at",
    )  # fmt: skip
    currency = "currency_code"
    plain = {
        "title": text("name"),
        "contact": text("mobile", "phone", make=lambda mobile, phone: mobile or phone),
        "owes": money("receivable", "currency_code"),
        "credits": money("unused_credits", "currency_code"),
        "list_cell": text(
            "price_list__name", "price_list_external_id", make=lambda name, external_id: name or external_id
        ),
        "changed": moment("source_modified_at"),
        "state": text("removed_at", "is_active", "status", make=state_in_words),
    }
    search_fields = ("name", "company_name", "phone", "mobile", "email", "number", "external_id")
    search_help_text = gettext_lazy("Name, company, phone, e-mail, number or external id")
    sections = (
        (
            gettext_lazy("Customer"),
            ("name", "company_name", "number", "sub_type", "status", "first_name", "last_name", "email", "phone",
             "mobile", "website", "language_code", "portal_status", "owner_name", "source_notes"),
        ),
        (
            gettext_lazy("Terms"),
            ("currency_code", "payment_terms", "payment_terms_label", "is_taxable", "custom_fields", "tags"),
        ),
    )  # fmt: skip

    @display(description=gettext_lazy("customer"), ordering="name")
    def title(self, customer) -> object:
        return cells.words(customer)

    @display(description=gettext_lazy("phone"))
    def contact(self, customer) -> object:
        return cells.ltr(customer.mobile or customer.phone)

    @display(description=gettext_lazy("owes us"), ordering="receivable")
    def owes(self, customer) -> object:
        return cells.money(customer.receivable, customer.currency_code)

    @display(description=gettext_lazy("unused credits"), ordering="unused_credits")
    def credits(self, customer) -> object:
        return cells.money(customer.unused_credits, customer.currency_code)

    @display(description=gettext_lazy("price list"), ordering="price_list__name")
    def list_cell(self, customer) -> object:
        return price_list_cell(customer)

    @display(description=gettext_lazy("changed at the source"), ordering="source_modified_at")
    def changed(self, customer) -> object:
        return cells.age(customer.source_modified_at)

    @display(description=gettext_lazy("state"))
    def state(self, customer) -> object:
        return removed_tag(customer) or active_tag(customer)

    def get_panels(self, request: HttpRequest, obj: Customer) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        if obj.detail_at is None:
            yield Banner(
                text=_(
                    "The detail of this customer has not been read yet: price list, credit limit, addresses and "
                    "contact persons are unknown. It is read in the background when calls are left."
                )
            )
        base = obj.organization.currency_code
        yield Figures(
            tiles=[
                Figure(
                    name=_("owes us"),
                    value=cells.money(obj.receivable, obj.currency_code),
                    note=in_base(obj.receivable_base, base, obj),
                ),
                Figure(
                    name=_("unused credits"),
                    value=cells.money(obj.unused_credits, obj.currency_code),
                    note=in_base(obj.unused_credits_base, base, obj),
                ),
                Figure(name=_("credit limit"), value=credit_limit_cell(obj)),
                Figure(name=_("price list"), value=price_list_cell(obj)),
                Figure(name=_("owner"), value=cells.words(obj.owner_name)),
            ]
        )
        yield from finding_panels(request, obj)
        yield from customer_panels(obj, request.user.has_perm)
        yield persons_table(obj)
        yield from addresses_panels(obj)


def in_base(amount, base: str, customer: Customer) -> object:
    return cells.money(amount, base) if amount is not None and base != customer.currency_code else ""


def credit_limit_cell(customer: Customer) -> object:
    if customer.credit_limit is None and customer.detail_at:
        return _("none set")
    return cells.money(customer.credit_limit, customer.currency_code)


def price_list_cell(customer: Customer) -> object:
    """The list; "none" only when the detail said so; the bare id when the list itself has not arrived."""
    if customer.price_list:
        return cells.link_to(customer.price_list)
    if customer.price_list_external_id:
        return cells.ltr(customer.price_list_external_id)
    return _("none") if customer.detail_at else _("not read yet")


def persons_table(customer: Customer | Vendor) -> Table:
    persons = [person for person in customer.contact_persons if isinstance(person, dict)]
    rows = [
        [
            cells.words(f"{person.get('first_name') or ''} {person.get('last_name') or ''}".strip()),
            cells.ltr(person.get("mobile") or person.get("phone") or ""),
            cells.ltr(person.get("email") or ""),
            cells.words(person.get("designation") or ""),
            cells.tag(_("primary"), "good") if person.get("is_primary_contact") else "",
        ]
        for person in persons
    ]
    return Table(
        title=_("Contact persons"),
        headers=[_("name"), _("phone"), _("e-mail"), _("post"), ""],
        rows=rows,
        empty=_("No contact person.") if customer.detail_at else _("Not read yet."),
    )


def addresses_panels(customer: Customer | Vendor) -> Iterable[Facts]:
    named = [
        (_("Billing address"), customer.billing_address),
        (_("Shipping address"), customer.shipping_address),
    ]
    named += [
        (_("Further address"), each) for each in getattr(customer, "addresses", ()) if isinstance(each, dict)
    ]
    for title, address in named:
        lines = [cells.words(address.get(name)) for name in ADDRESS_LINES if address.get(name)]
        if lines:
            yield Facts(title=title, pairs=[(_("address"), cells.stacked(*lines))])
    if customer.custom_fields:
        yield Facts(
            title=_("Custom fields"),
            pairs=[(_("fields"), cells.stacked(*plain_json(customer.custom_fields)))],
        )
