"""The pages that all documents share: their list with its filters and totals, one document with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from .. import cells
from ..changelists import QuietChangeList
from ..columns import moment, money, text
from ..integrity.records import finding_panels
from ..mirror import MirrorAdmin, PresenceFilter
from ..pages import with_related
from ..panels import Banner, Facts, Figure, Figures
from . import page
from .filters import DayFilter, LinesFilter, PlaceFilter, StateFilter
from .related import related_table
from .states import due_cell, has_balance, has_due_day, state_cell, state_name
from .totals import said, totals_of, totals_panel

PARTNERS = ("customer", "vendor")
SHOWN_ELSEWHERE = {
    "number", "status", "date", "due_date", "total", "balance", "customer", "customer_name", "vendor", "vendor_name",
    "customer_external_id", "vendor_external_id", "warehouse", "warehouse_external_id", "source_notes", "terms",
    "billing_address", "shipping_address", "custom_fields", "salesperson_name", "reference", "currency_code",
    "exchange_rate", "sub_total", "discount_total", "tax_total", "shipping_charge", "adjustment",
}  # fmt: skip


class DocumentList(QuietChangeList):
    def countable(self) -> QuerySet:
        """By the index of the list, which knows all that is filtered by; another would lead to each row."""
        return self.queryset.order_by("-date", "-pk")


class DocumentAdmin(MirrorAdmin):
    """One kind of document.

    balance_name: what its balance is called, where it has one. further_facts: columns of the head that are its own.
    """

    list_display: Sequence[Any] = ("title", "day", "partner", "state", "amount", "place", "age")
    list_filter: Sequence[Any] = (StateFilter, DayFilter, PlaceFilter, LinesFilter, PresenceFilter)
    list_select_related: Sequence[str] = ("organization", "warehouse")
    list_before_template = "admin/documents/list.html"
    ordering = ("-date", "-pk")
    currency = "currency_code"
    search_fields: Sequence[str] = ("number", "reference", "external_id")
    search_help_text = gettext_lazy("Number, reference, name or external id")
    balance_name: Any = gettext_lazy("still to be paid")
    further_facts: tuple[str, ...] = ()
    plain = {
        **MirrorAdmin.plain,
        "title": text("number", "external_id", make=lambda number, external_id: number or external_id),
        "day": moment("date"),
        "state": text("removed_at", "status", make=lambda gone, status: _("removed") if gone else state_name(status)),
        "amount": money("total", "currency_code"),
        "left": money("balance", "currency_code"),
        "due": moment("due_date"),
        "place": text("warehouse__name", "warehouse_external_id", make=lambda name, key: name or key),
        "seller": text("salesperson_name"),
    }  # fmt: skip

    @cached_property
    def partner_name(self) -> str:
        """The link to whom it is with: "customer", "vendor" or ""."""
        names = {column.name for column in self.model._meta.concrete_fields}
        return next((name for name in PARTNERS if name in names), "")

    @cached_property
    def has_money(self) -> bool:
        return any(column.name == "currency_code" for column in self.model._meta.concrete_fields)

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if self.partner_name:
            named = {"partner": text(f"{self.partner_name}_name")}
            self.plain = self.plain | named

    # --- The list --------------------------------------------------------------------------------

    @display(description=gettext_lazy("number"), ordering="number")
    def title(self, document) -> object:
        return page.number_cell(document)

    @display(description=gettext_lazy("date"), ordering="date")
    def day(self, document) -> object:
        return cells.moment(document.date)

    @display(description=gettext_lazy("with"))
    def partner(self, document) -> object:
        return page.partner_cell(document, self.partner_name)

    @display(description=gettext_lazy("state"), ordering="status")
    def state(self, document) -> object:
        return state_cell(document, timezone.localdate())

    @display(description=gettext_lazy("total"), ordering="total")
    def amount(self, document) -> object:
        return cells.money(document.total, page.currency_of(document))

    @display(description=gettext_lazy("still open"), ordering="balance")
    def left(self, document) -> object:
        return cells.money(document.balance, document.currency_code)

    @display(description=gettext_lazy("due on"), ordering="due_date")
    def due(self, document) -> object:
        return due_cell(document, timezone.localdate())

    @display(description=gettext_lazy("place"))
    def place(self, document) -> object:
        return page.place_cell(document)

    @display(description=gettext_lazy("salesperson"), ordering="salesperson_name")
    def seller(self, document) -> object:
        return cells.words(document.salesperson_name)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[QuietChangeList]:
        return DocumentList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        changelist = (getattr(answer, "context_data", None) or {}).get("cl")
        if changelist is not None and self.has_money:
            leave_out = request.GET.get("state") not in ("draft", "void")
            totals = totals_of(changelist.countable(), is_cut=not changelist.is_exact, leave_out=leave_out)
            unpaid = "unpaid" if has_due_day(self.model) else "unused"
            open_url = changelist.get_query_string({"state": unpaid}) if has_balance(self.model) else ""
            told: Any = answer
            told.context_data["totals"] = totals_panel(totals, str(self.balance_name), open_url)
            told.context_data["totals_note"] = said(totals)
        return answer

    # --- One document ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """One document comes with whom and where, in one query."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_list = bool(match and match.url_name and match.url_name.endswith("_changelist"))
        if is_list:
            return rows
        return with_related(rows, *self.page_links())

    def page_links(self) -> list[str]:
        """Links that the document's own page follows."""
        known = {column.name for column in self.model._meta.concrete_fields if column.is_relation}
        wanted = ("organization", "warehouse", "customer", "vendor", "sales_order", "to_warehouse")
        return [name for name in wanted if name in known]

    def page_title(self, obj: Any) -> str:
        return f"{capfirst(str(self.opts.verbose_name))} {obj}"

    def get_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        if waits := page.waiting_words(obj):
            yield Banner(text=waits)
        yield from finding_panels(request, obj)
        yield Figures(tiles=list(self.tiles(obj)))
        yield Facts(title=_("Head"), pairs=list(self.head(obj)))
        lines = page.lines_of(obj)
        yield from page.lines_panels(obj, lines)
        if table := related_table(obj):
            yield table
        yield from page.text_panels(obj)

    def tiles(self, obj: Any) -> Iterable[Figure]:
        today = timezone.localdate()
        yield Figure(name=_("state"), value=state_cell(obj, today), note=self.state_note(obj))
        yield Figure(name=_("date"), value=cells.moment(obj.date), note=cells.age(obj.source_created_at))
        if self.has_money:
            rate = page.rate_words(obj)
            yield Figure(name=_("total"), value=cells.money(obj.total, obj.currency_code), note=rate)
        if has_balance(self.model):
            note = due_cell(obj, today) if has_due_day(self.model) and obj.due_date else ""
            yield Figure(
                name=str(self.balance_name), value=cells.money(obj.balance, obj.currency_code), note=note
            )

    def state_note(self, obj: Any) -> object:
        return ""

    def head(self, obj: Any) -> Iterable[tuple[str, object]]:
        if self.partner_name:
            name = str(self.model._meta.get_field(self.partner_name).verbose_name)
            yield name, page.partner_cell(obj, self.partner_name)
        yield self.pair(obj, "reference")
        if hasattr(obj, "salesperson_name"):
            yield _("salesperson"), cells.words(obj.salesperson_name)
        yield _("place"), page.place_cell(obj)
        for name in self.further_facts:
            yield self.pair(obj, name) if name not in page.STATUS_COLUMNS else page.status_pair(obj, name)

    def get_sections(self) -> Sequence[tuple[Any, Sequence[str]]]:
        shown = SHOWN_ELSEWHERE | set(self.further_facts)
        return [
            (_("What else the source says"), [name for name in names if name not in shown])
            for _title, names in super().get_sections()
        ]
