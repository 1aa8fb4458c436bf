"""/api/v1/customers/: who buys, what he owes, and by which prices."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from ..models import Customer, PriceList
from .columns import Shape, flag, local, moment, money, plain, text, whole
from .filters import AmountFilter, FlagFilter, ReferenceFilter
from .following import SinceFilter
from .mirrored import ORDERINGS, MirroredFilters, MirroredView
from .origin import identity, origin, price_list
from .search import SearchFilter
from .wording import described

OWN, BASE = "In the customer's own currency.", "In the organisation's base currency."


class CustomerLocal(serializers.Serializer):
    """Staff's own; no sync touches it."""

    is_hidden = serializers.BooleanField()
    notes = serializers.CharField(allow_blank=True)


SHAPE = Shape(
    "Customer",
    Customer,
    (
        *identity(),
        text("name", "Name."),
        text("company_name", "Company."),
        text("number", "Customer number."),
        text("sub_type", "business or individual."),
        text("first_name", "First name."),
        text("last_name", "Last name."),
        text("email", "E-mail."),
        text("phone", "Phone."),
        text("mobile", "Mobile."),
        text("website", "Website."),
        text("language_code", "Language."),
        text("status", "The source's own word."),
        flag("is_active", "Active at the source."),
        text("portal_status", "Portal."),
        text("currency_external_id", "Currency."),
        text("currency_code", "Currency, ISO 4217."),
        money("receivable", f"What he owes. {OWN}", "receivable", "currency_code"),
        money("receivable_base", f"What he owes. {BASE}", "receivable_base", "organization__currency_code"),
        money("unused_credits", f"Unused credits. {OWN}", "unused_credits", "currency_code"),
        money("unused_credits_base", f"Unused credits. {BASE}", "unused_credits_base", "organization__currency_code"),
        money("credit_limit", f"Credit limit; null when the source sets none. {OWN}", "credit_limit", "currency_code"),
        whole("payment_terms", "Days; a negative number is a rule, such as end of month."),
        text("payment_terms_label", "Payment terms in words."),
        text("payment_terms_external_id", "Payment terms."),
        price_list(
            "The list he buys by; null when he has none, or it is not mirrored or his detail not read yet.",
            allow_null=True,
        ),
        text("price_list_external_id", "The list as the source names it, mirrored or not."),
        text("owner_external_id", "Salesperson."),
        text("owner_name", "Salesperson."),
        flag("is_taxable", "Taxable."),
        text("tax_external_id", "Tax."),
        text("source_notes", "Notes at the source; in a list only when `fields` names it.", is_wide=True),
        plain("billing_address", "As the source tells it; in a list only when `fields` names it.",
              serializers.DictField, is_wide=True),
        plain("shipping_address", "As the source tells it; in a list only when `fields` names it.",
              serializers.DictField, is_wide=True),
        plain("addresses", "Further ones, as the source tells them; in a list only when `fields` names it.",
              serializers.ListField, is_wide=True),
        plain("contact_persons", "As the source tells them; in a list only when `fields` names it.",
              serializers.ListField, is_wide=True),
        plain("custom_fields", "As the source tells them.", serializers.DictField),
        plain("tags", "As the source tells them.", serializers.ListField),
        moment("detail_at", "When his detail was read; null if not yet: then limits, lists and addresses are unknown."),
        local(CustomerLocal(required=False), "is_hidden", "notes"),
        *origin(),
    ),
)  # fmt: skip


class CustomerFilters(MirroredFilters):
    changed_since = SinceFilter("customer")
    q = SearchFilter(
        help_text="Every word stands in the name, company, phone, e-mail, number or external id.",
    )
    price_list = ReferenceFilter(
        "price_list", model=PriceList, help_text="Buys by this list; by external id or ours."
    )
    owner = django_filters.CharFilter(method="by_owner", help_text="Salesperson, by name or external id.")
    currency = django_filters.CharFilter("currency_code", lookup_expr="iexact", help_text="ISO 4217.")
    receivable_gt = AmountFilter("receivable", "gt", help_text="Owes more than this, in his own currency.")
    owes = FlagFilter(method="by_debt", help_text="Owes something, or is known to owe nothing.")
    is_active = FlagFilter(help_text="Active at the source.")
    is_hidden = FlagFilter(help_text="Hidden by staff.")

    def by_owner(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(Q(owner_name=value) | Q(owner_external_id=value))

    def by_debt(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return rows.filter(receivable__gt=0) if value else rows.filter(receivable__lte=0)


@described(
    "customers",
    one="customer",
    example={"name": "Al Noor", "receivable": {"amount": "250.5", "currency_code": "USD"}},
)
class Customers(MirroredView):
    shape = SHAPE
    kind = "customer"
    filterset_class = CustomerFilters
    orderings = {**ORDERINGS, "receivable": "receivable"}
    near = MirroredView.near | {
        "q", "price_list", "owner", "currency", "receivable_gt", "owes", "is_active", "is_hidden",
    }  # fmt: skip
    permissions = {"list": ("inventory.view_customer",), "retrieve": ("inventory.view_customer",)}
