"""What staff ask a list of documents: what is unpaid, what is overdue, of this week, by whom, from where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...dues import is_overdue, is_unpaid
from ...models import Customer, Vendor, Warehouse
from .states import has_balance, has_due_day

SOME = 10_000  # of the newest documents are looked through for who sells and in which currencies
SECONDS = 300


class StateFilter(admin.SimpleListFilter):
    """The states that matter, in words; the rest of the source's states are found by their own names."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def __init__(self, request: HttpRequest, params: dict, model: Any, model_admin: Any) -> None:
        self.model, self.today = model, timezone.localdate()
        super().__init__(request, params, model, model_admin)

    def _choices(self) -> list[tuple[str, str, Q]]:
        model = self.model
        told = [("open", _("Open"), Q(status__in=model.OPEN))]
        if has_due_day(model):
            told.append(("unpaid", _("Unpaid"), is_unpaid(model)))
            told.append(("overdue", _("Overdue"), is_overdue(model, self.today)))
        elif has_balance(model):
            told.append(("unused", _("Not used up"), is_unpaid(model)))
        told.append(("draft", _("Draft"), Q(status="draft")))
        told.append(("void", _("Void or cancelled"), Q(status__in=("void", "cancelled", "rejected"))))
        settled = ~Q(status__in=(*model.OPEN, *model.VOID))
        told.append(("settled", _("Done"), settled))
        return told

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, words, _condition in self._choices()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        for value, _words, condition in self._choices():
            if value == self.value():
                return queryset.filter(condition)
        return queryset


class DayFilter(admin.ListFilter):
    """Documents of some days, by the organisation's calendar. A day that cannot be read finds nothing."""

    title = gettext_lazy("date")
    template = "admin/documents/day_filter.html"
    WITHIN, SINCE, UNTIL = "within", "date_from", "date_until"

    def __init__(self, request: HttpRequest, params: dict, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.used_parameters = {name: value for name, value in self.used_parameters.items() if value}
        told = [str(self.used_parameters.get(name, "")) for name in self.expected_parameters()]
        self.within, self.since, self.until = told
        own = {*self.expected_parameters(), "p"}
        self.others = [
            (name, value) for name, values in request.GET.lists() for value in values if name not in own
        ]
        self.windows = windows(timezone.localdate())

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str]:
        return [self.WITHIN, self.SINCE, self.UNTIL]

    def choices(self, changelist: Any) -> Iterator[dict]:
        yield {
            "selected": not self.used_parameters,
            "query_string": changelist.get_query_string(remove=self.expected_parameters()),
            "display": _("On any day"),
        }
        for name, (title, _first, _last) in self.windows.items():
            yield {
                "selected": self.within == name,
                "query_string": changelist.get_query_string({self.WITHIN: name}, [self.SINCE, self.UNTIL]),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        try:
            if self.within:
                _title, first, last = self.windows[self.within]
                return queryset.filter(date__gte=first, date__lte=last)
            if self.since:
                queryset = queryset.filter(date__gte=date.fromisoformat(self.since))
            if self.until:
                queryset = queryset.filter(date__lte=date.fromisoformat(self.until))
        except (KeyError, ValueError):
            return queryset.none()
        return queryset


def windows(today: date) -> dict[str, tuple[str, date, date]]:
    """{name: (words, first day, last day)}. A week is the seven days that end today."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return {
        "today": (_("Today"), today, today),
        "week": (_("In the last 7 days"), today - timedelta(days=6), today),
        "month": (_("This month"), month, today),
        "last_month": (_("Last month"), before.replace(day=1), before),
    }


class SeenValuesFilter(admin.SimpleListFilter):
    """The values that a column holds in the newest documents, as they were some minutes ago. column: whose."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        model = model_admin.model
        key = f"seen-{model._meta.label_lower}-{self.column}"
        found = cache.get(key)
        if found is None:
            newest = model._default_manager.order_by("-date", "-pk").values(self.column)[:SOME]
            found = sorted({row[self.column] for row in newest if row[self.column]})[:50]
            cache.set(key, found, SECONDS)
        chosen = self.used_parameters.get(str(self.parameter_name))
        names = found if not chosen or chosen in found else [*found, chosen]
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class SalespersonFilter(SeenValuesFilter):
    title = gettext_lazy("salesperson")
    parameter_name = "salesperson"
    column = "salesperson_name"


class CurrencyFilter(SeenValuesFilter):
    title = gettext_lazy("currency")
    parameter_name = "currency"
    column = "currency_code"


class PlaceFilter(admin.SimpleListFilter):
    title = gettext_lazy("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        places = Warehouse.objects.order_by("name", "pk").values_list("pk", "name", "external_id")[:100]
        named = [(str(pk), name or external_id) for pk, name, external_id in places]
        return [*named, ("none", _("Without a place"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value is None:
            return queryset
        if value == "none":
            return queryset.filter(warehouse=None)
        return queryset.filter(warehouse=int(value)) if value.isdecimal() else queryset.none()


class PartnerFilter(admin.SimpleListFilter):
    """One customer's or vendor's documents: led to from their page, and taken away again here.

    There are too many to offer them all; they are found by their names in the search.
    """

    partner: Any = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        key = str(self.used_parameters.get(str(self.parameter_name)) or "")
        if not key:
            return []
        rows = self.partner.objects.filter(pk=int(key)) if key.isdecimal() else self.partner.objects.none()
        row = rows.only("name", "external_id").first()
        return [(key, str(row or key))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value is None:
            return queryset
        key = str(self.partner._meta.model_name)
        return queryset.filter(**{f"{key}_id": int(value)}) if value.isdecimal() else queryset.none()


class CustomerFilter(PartnerFilter):
    title = gettext_lazy("customer")
    parameter_name = "customer"
    partner = Customer


class VendorFilter(PartnerFilter):
    title = gettext_lazy("vendor")
    parameter_name = "vendor"
    partner = Vendor


class LinesFilter(admin.SimpleListFilter):
    title = gettext_lazy("lines")
    parameter_name = "lines"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", _("Not read yet")), ("changed", _("To be read again")), ("read", _("Read"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen: dict[str | None, Q] = {
            "waiting": Q(detail_at__isnull=True),
            "changed": Q(detail_at__isnull=False, detail_is_due=True),
            "read": Q(detail_at__isnull=False, detail_is_due=False),
        }
        return queryset.filter(chosen.get(self.value(), Q()))
