"""/api/v1/customers/{id}/statement/: what a customer owes, why, and whether the source's own figure says the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from ... import balances, days, dues
from ...balances import Balance
from ...models import CreditNote, Customer, CustomerPayment, Invoice
from .. import exports, paging
from ..conditional import Conditional
from ..filters import refuse_strange_parameters
from ..rendering import OrjsonRenderer, decimal_text
from .kinds import Kind
from .sales import CREDIT_NOTES, CUSTOMER_PAYMENTS, INVOICES
from .statement_schema import COLUMNS, statement_described

MOST_OPEN, MOST_PAYMENTS = 500, 50


class Statement(Conditional, APIView):
    permissions = {
        "get": (
            "inventory.view_customer",
            "inventory.view_invoice",
            "inventory.view_creditnote",
            "inventory.view_customerpayment",
        )
    }
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat

    @statement_described
    def get(self, request: Request, pk: int) -> Response:
        refuse_strange_parameters(request, {exports.PARAMETER})
        found = Customer.objects.filter(pk=pk) if pk <= paging.LARGEST_KEY else Customer.objects.none()
        customer: Any = found.select_related("organization").first()
        if customer is None:
            raise NotFound
        today = days.today(customer.organization)
        invoices = dues.unpaid(_live(Invoice, customer))
        credits = dues.unpaid(_live(CreditNote, customer))
        payments = _live(CustomerPayment, customer)
        by_due_day = (F("due_date").asc(nulls_last=True), "pk")
        latest = (F("date").desc(nulls_last=True), "-pk")
        return Response(
            {
                "customer": {"id": str(pk), "external_id": customer.external_id, "name": customer.name},
                "date": today,
                "balances": _balances(customer, today),
                "open_invoices": _listed(INVOICES, invoices.order_by(*by_due_day), MOST_OPEN),
                "credits": _listed(CREDIT_NOTES, credits.order_by(*latest), MOST_OPEN),
                "payments": _listed(CUSTOMER_PAYMENTS, payments.order_by(*latest), MOST_PAYMENTS),
                "urls": {
                    "open_invoices": _url(request, INVOICES, customer, "&unpaid=true"),
                    "credits": _url(request, CREDIT_NOTES, customer, "&unused=true"),
                    "payments": _url(request, CUSTOMER_PAYMENTS, customer, ""),
                },
            }
        )


def _live(model: Any, customer: Customer) -> QuerySet:
    return model.objects.live().filter(customer=customer)


def _listed(kind: Kind, rows: QuerySet, at_most: int) -> list[dict[str, Any]]:
    reading = kind.shape.reading(name for name in kind.shape.names if name in COLUMNS)
    return reading.told(reading.fetch(list(rows.values_list("pk", flat=True)[:at_most])))


def _url(request: Request, kind: Kind, customer: Customer, more: str) -> str:
    return f"{reverse(f'api-{kind.address}', request=request)}?customer={customer.external_id}{more}"


def _balances(customer: Customer, today: date) -> list[dict[str, Any]]:
    """In the customer's currency, and in every other that a document of his has."""
    found = balances.of_customer(customer, today)
    own = [each for each in found if each.currency == customer.currency_code]
    others = [each for each in found if each.currency != customer.currency_code]
    told = _told((own or [_nothing(customer.currency_code)])[0])
    beside = {
        "receivable": balances.compared(customer.receivable, customer.currency_code, found, "owed"),
        "unused_credits": balances.compared(
            customer.unused_credits, customer.currency_code, found, "credits"
        ),
    }
    for name, compared in beside.items():
        told[f"source_{name}"] = decimal_text(compared.told)
    can_be_judged = not told["unknown"] and all(
        compared.told is not None and not compared.others for compared in beside.values()
    )
    told["agrees"] = all(compared.agrees for compared in beside.values()) if can_be_judged else None
    return [told, *map(_told, others)]


def _nothing(currency: str) -> Balance:
    zero = balances.NOTHING
    return Balance(currency, owed=zero, open_count=0, late=zero, late_since=None, credits=zero, unknown=0)


def _told(each: Balance) -> dict[str, Any]:
    return {
        "currency_code": each.currency,
        "receivable": decimal_text(each.owed),
        "open_invoices_count": each.open_count,
        "overdue": decimal_text(each.late),
        "overdue_since": each.late_since,
        "unused_credits": decimal_text(each.credits),
        "balance": decimal_text(each.owed - each.credits),
        "unknown": each.unknown,
        "source_receivable": None,
        "source_unused_credits": None,
        "agrees": None,
    }
