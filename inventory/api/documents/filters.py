"""What documents can be asked for: which filters a kind has follows from its columns.

Who owes and since when (unpaid, overdue) is what inventory/dues.py says.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import models
from django.db.models import Q, QuerySet

from ... import dues
from ...models import Customer, Invoice, Product, SalesOrder, Vendor, Warehouse
from ..filters import FlagFilter, ReferenceFilter
from ..following import SinceFilter
from ..mirrored import MirroredFilters
from ..search import SearchFilter
from .kinds import Kind
from .lined import LinedShape
from .values import DayFilter, SeveralFilter

TIMELY = frozenset({"overdue"})  # its outcome changes with the day, although no row does
ID = "by external id or ours."


def _exactly(column: str, told: str) -> django_filters.CharFilter:
    return django_filters.CharFilter(column, lookup_expr="iexact", help_text=told)


# {what is asked: (the columns that a model needs for it, the filter)}
BY_COLUMNS: dict[str, tuple[set[str], django_filters.Filter]] = {
    "number": ({"number", "date"}, _exactly("number", "Exactly this number.")),
    "reference": ({"reference"}, _exactly("reference", "Exactly this reference.")),
    "status": (
        {"status"},
        SeveralFilter("status", help_text="The source's own word, such as sent; may come several times."),
    ),
    "unpaid": (
        {"balance", "due_date"},
        FlagFilter(method="by_unpaid", help_text="Something is still to be paid, or not; drafts bind nobody."),
    ),
    "overdue": (
        {"balance", "due_date"},
        FlagFilter(method="by_overdue", help_text="Unpaid, and its day is over where the organisation is."),
    ),
    "date_from": ({"date"}, DayFilter("date", "gte", help_text="Of this day or later.")),
    "date_to": ({"date"}, DayFilter("date", "lte", help_text="Of this day or earlier.")),
    "customer": ({"customer"}, ReferenceFilter("customer", model=Customer, help_text=f"For this customer; {ID}")),
    "salesperson": (
        {"salesperson_name"},
        django_filters.CharFilter(method="by_salesperson", help_text="By name or external id."),
    ),
    "vendor": ({"vendor"}, ReferenceFilter("vendor", model=Vendor, help_text=f"From this vendor; {ID}")),
    "sales_order": (
        {"sales_order"},
        ReferenceFilter("sales_order", model=SalesOrder, help_text=f"Of this sales order; {ID}"),
    ),
    "warehouse": (
        {"warehouse"},
        ReferenceFilter(model=Warehouse, method="by_warehouse", help_text=f"Of this place; {ID}"),
    ),
    "currency": ({"currency_code"}, _exactly("currency_code", "ISO 4217.")),
    "is_active": ({"is_active"}, FlagFilter(help_text="Active at the source.")),
    "is_base": ({"is_base"}, FlagFilter(help_text="The organisation's base currency.")),
}  # fmt: skip


class DocumentFilters(MirroredFilters):
    """How the rows are narrowed; `filters_of` says which kind is asked what."""

    parts: type[models.Model]  # of a kind with lines

    def by_open(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        states = rows.model.OPEN
        return rows.filter(status__in=states) if value else rows.exclude(status__in=states)

    def by_unpaid(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return dues.unpaid(rows) if value else _without(rows, dues.unpaid)

    def by_overdue(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return dues.overdue(rows) if value else _without(rows, dues.overdue)

    def by_rest(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        column = "unused" if hasattr(rows.model, "unused") else "balance"
        return rows.filter(**{f"{column}__{'gt' if value else 'lte'}": 0})

    def by_salesperson(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(Q(salesperson_name=value) | Q(salesperson_external_id=value))

    def by_warehouse(self, rows: QuerySet, _name: str, value: list[int]) -> QuerySet:
        here = Q(warehouse__in=value)
        return rows.filter(here | Q(to_warehouse__in=value) if hasattr(rows.model, "to_warehouse") else here)

    def by_line(self, rows: QuerySet, name: str, value: list[int]) -> QuerySet:
        """name: of the line's link."""
        column = "invoice" if name == "invoice" else "product"
        lines = self.parts._default_manager.filter(removed_at__isnull=True, **{f"{column}__in": value})
        return rows.filter(pk__in=lines.order_by().values("document"))


def _without(rows: QuerySet, narrowed: Any) -> QuerySet:
    """The others, those of which it is not known too."""
    return rows.exclude(pk__in=narrowed(rows.model._default_manager.order_by()).values("pk"))


def filters_of(kind: Kind) -> type[DocumentFilters]:
    """The filters of this kind."""
    model = kind.shape.model
    columns = {field.name for field in model._meta.get_fields()}
    asked: dict[str, Any] = {
        "changed_since": SinceFilter(kind.kind),
        "q": SearchFilter(help_text=_searched(model)),
        **{name: made for name, (needs, made) in BY_COLUMNS.items() if needs <= columns},
    }
    if getattr(model, "OPEN", ()):
        told = f"Somebody still has to do something: its status is one of {', '.join(model.OPEN)}."
        asked["open"] = FlagFilter(method="by_open", help_text=told)
    if "unused" in columns or ("balance" in columns and "due_date" not in columns):
        asked["unused"] = FlagFilter(
            method="by_rest", help_text="Something of it is not used yet, or nothing."
        )
    more: dict[str, Any] = {}
    if isinstance(kind.shape, LinedShape):
        more["parts"] = kind.shape.parts.model
        told = "Its lines are not read yet, or not since it changed; or they are."
        asked["lines_pending"] = FlagFilter("detail_is_due", help_text=told)
        asked |= _by_lines(columns, kind.shape.parts.model)
    return type(f"{kind.shape.name}Filters", (DocumentFilters,), {**asked, **more, "__doc__": None})


def _by_lines(columns: set[str], parts: type[models.Model]) -> dict[str, Any]:
    """What is asked of the lines."""

    def by_line(model: type[models.Model], told: str) -> ReferenceFilter:
        return ReferenceFilter(model=model, method="by_line", help_text=f"{told}; {ID}")

    told = {field.name for field in parts._meta.get_fields()}
    if "invoice" in told:
        return {"invoice": by_line(Invoice, "Pays this invoice, or a share of it")}
    if "product" in columns:
        composed = ReferenceFilter(
            "product", model=Product, help_text=f"How this product is put together; {ID}"
        )
        return {"product": composed, "part": by_line(Product, "This product is a part of it")}
    return {"product": by_line(Product, "Has a line of this product")}


def _searched(model: type[models.Model]) -> str:
    """Which columns `q` looks through, in words."""
    *names, last = [name.replace("_", " ") for name in model.SEARCHED]
    return f"Every word stands in the {', '.join(names)} or {last}."
