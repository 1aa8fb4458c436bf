"""Who owes us, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ...models import Customer, Invoice
from ..base import Column, Note, Report, Row, at_most, counted
from ..parameters import CurrencyField, Parameters
from ..registry import register
from ..sold import NOT_COUNTED
from ..sums import ExactSum

ZERO = Decimal(0)


class ReceivablesParameters(Parameters):
    currency = CurrencyField()
    show = forms.ChoiceField(
        label=_("Show"),
        initial="all",
        choices=[
            ("all", _("everybody who owes")),
            ("overdue", _("who is overdue")),
            ("different", _("where the source says otherwise")),
        ],
    )


def unpaid(currency: str = "") -> Any:
    rows = Invoice.objects.live().filter(balance__gt=0).exclude(status__in=NOT_COUNTED).order_by()
    rows = rows.filter(currency_code=currency) if currency else rows
    return rows.annotate(due=Coalesce("due_date", "date"))


def ages(today: date) -> dict[str, Q]:
    """{column: which invoices}, by the day on which they were due; one without any day is not due."""

    def days_ago(days: int) -> date:
        return today - timedelta(days=days)

    return {
        "not_due": Q(due__gte=today) | Q(due=None),
        "to_30": Q(due__lt=today, due__gte=days_ago(30)),
        "to_60": Q(due__lt=days_ago(30), due__gte=days_ago(60)),
        "to_90": Q(due__lt=days_ago(60), due__gte=days_ago(90)),
        "over_90": Q(due__lt=days_ago(90)),
    }


@register
class Receivables(Report):
    key = "receivables"
    place = 70
    icon = "hourglass_bottom"
    title = _("Receivables by age")
    question = _("Who owes us how much, for how long is it overdue, and does the source say the same?")
    method = _(
        "What is still to be paid of invoices that are still at the source and in force, by customer and currency, and "
        "by the days since they were due (today is not overdue; an invoice without a due day is due on its date). "
        "Drafts, void ones and those that wait for approval do not count. Beside it stands what the source's customer "
        "record says he owes, and the difference: ours less the source's. Unused credits are not set off."
    )
    behind = _("invoices")
    parameters = ReceivablesParameters
    order = "-total"

    def columns(self, asked: Parameters) -> list[Column]:
        def owed(name: str, title: Any, note: Any = "") -> Column:
            return Column(name, title, "money", "currency", sums=True, note=note)

        return [
            Column("customer", _("customer"), "customer", nothing=_("customers not mirrored yet")),
            Column("currency", _("currency")),
            owed("not_due", _("not due")),
            owed("to_30", _("1–30 days")),
            owed("to_60", _("31–60 days")),
            owed("to_90", _("61–90 days")),
            owed("over_90", _("over 90 days")),
            owed("total", _("owes in all")),
            Column("oldest", _("oldest due"), "date"),
            Column("documents", _("invoices"), "count", sums=True),
            owed("source_total", _("the source says"), _("Of the customer's record, in his own currency.")),
            owed("difference", _("difference"), _("Ours less the source's.")),
        ]

    def rows(self, asked: Parameters) -> Iterable[Row]:
        currency, show = asked.value("currency"), asked.value("show")
        told = _told(currency)
        parts = {name: ExactSum("balance", filter=which) for name, which in ages(asked.today).items()}
        found = unpaid(currency).values_list("customer_id", "currency_code")
        found = found.annotate(**parts, owed=ExactSum("balance"), oldest=Min("due"), documents=Count("pk"))
        rows = []
        for customer, code, *sums, total, oldest, documents in found.iterator(chunk_size=5000):
            source = told.pop((customer, code), None)
            difference = None if source is None else total - source
            by_age = [each or ZERO for each in sums]
            rows.append((customer, code, *by_age, total, oldest, documents, source, difference))
        nothing = (ZERO,) * 6
        rows += [
            (customer, code, *nothing, None, 0, source, -source)
            for (customer, code), source in told.items()
            if source
        ]
        for row in rows:
            is_overdue, is_different = any(row[3:7]), bool(row[-1])
            if show == "all" or (is_overdue if show == "overdue" else is_different):
                yield row

    def notes(self, asked: Parameters) -> Iterable[Note]:
        rows = unpaid(asked.value("currency"))
        yield from counted(
            "%(count)s unpaid invoice has no due day; its date counts as one.",
            "%(count)s unpaid invoices have no due day; their dates count as such.",
            rows.filter(due_date=None).count(),
        )
        yield from counted(
            "%(count)s unpaid invoice names a customer who is not mirrored yet.",
            "%(count)s unpaid invoices name customers who are not mirrored yet.",
            rows.filter(customer=None).count(),
            "warn",
        )
        unknown = Invoice.objects.live().filter(balance=None).exclude(status__in=NOT_COUNTED)
        yield from counted(
            "Of %(count)s invoice the source does not tell what is still to be paid; it is left out.",
            "Of %(count)s invoices the source does not tell what is still to be paid; they are left out.",
            unknown.count(),
            "warn",
        )

    def weight(self, asked: Parameters) -> int:
        return at_most(Invoice.objects.live().filter(balance__gt=0)) + at_most(Customer.objects.live())

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        if not row["customer"]:
            return ""
        return f"{reverse('admin:inventory_invoice_changelist')}?customer__id__exact={row['customer']}"


def _told(currency: str) -> dict[tuple[int | None, str], Decimal]:
    """{(customer, currency): what the source's record says he owes}, as far as it says."""
    rows = Customer.objects.live().exclude(receivable=None).order_by()
    rows = rows.filter(currency_code=currency) if currency else rows
    columns = rows.values_list("pk", "currency_code", "receivable")
    return {(key, code): owed for key, code, owed in columns.iterator(chunk_size=5000)}
