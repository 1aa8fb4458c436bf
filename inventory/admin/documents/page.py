"""What stands on one document's page: its lines, its sums, what was written on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ... import sums
from ...models import CustomerPayment, PaymentAllocation
from ...models.documents import PricedDocument
from .. import cells
from ..pages import plain_json, with_related
from ..panels import Facts, Table
from .states import state_tag

MOST_LINES = 200  # on a page; a document with more says so
ADDRESS_LINES = ("attention", "address", "street2", "city", "state", "zip", "country", "phone", "fax")
STATUS_COLUMNS = {
    "order_status", "invoiced_status", "paid_status", "shipped_status", "shipment_status", "receive_status",
    "refund_status",
}  # fmt: skip
PROGRESS = (
    "quantity_packed",
    "quantity_shipped",
    "quantity_invoiced",
    "quantity_received",
    "quantity_billed",
)
SUM_NAMES = {
    sums.LINES: gettext_lazy("the lines, to the subtotal"),
    sums.TOTAL: gettext_lazy("subtotal, discount, tax and the rest, to the total"),
    sums.BALANCE: gettext_lazy("total less payments and credits, to what is still to be paid"),
    sums.SHARES: gettext_lazy("what invoices took, what is left and what was paid back, to the payment"),
}


# --- Cells -------------------------------------------------------------------------------------------------


def linked(model: type[Model], key: int, shown: object) -> object:
    """A link to a row's page by its key alone: the row itself is not needed."""
    opts = model._meta
    return cells.link(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(key)]), shown)


def number_cell(document: Any) -> object:
    """On one line, however narrow its column: a number that is broken in two is read as two."""
    return format_html('<span class="tsh-nowrap">{}</span>', cells.ltr(str(document)))


def partner_cell(document: Any, name: str) -> object:
    """Whom it is with, under the name that the document says; linked when that row is here."""
    key, said = getattr(document, f"{name}_id"), getattr(document, f"{name}_name")
    shown = cells.words(said or getattr(document, f"{name}_external_id"))
    return linked(document._meta.get_field(name).related_model, key, shown) if key else shown


def place_cell(document: Any, name: str = "warehouse") -> object:
    """A place; its bare id when the place itself has not arrived."""
    if getattr(document, f"{name}_id"):
        return cells.link_to(getattr(document, name))
    return cells.ltr(getattr(document, f"{name}_external_id"))


def product_cell(line: Any) -> object:
    """The product, or the plain text of a line that names none; under it what else the line says."""
    shown: object = cells.words(line.name or line.product_external_id)
    described = getattr(line, "description", "")
    if line.product_id:
        shown = cells.link_to(line.product, cells.words(line.name or line.product.name))
    return wide(cells.stacked(shown, cells.paragraphs(described) if described else ""))


def wide(cell: object) -> object:
    """A cell that holds sentences or names; the table may be pushed sideways, but no name stands a word a line."""
    return format_html('<span class="tsh-wide">{}</span>', cell)


def currency_of(document: Any) -> str:
    """The document's own; the organisation's for those that have none."""
    return getattr(document, "currency_code", "") or document.organization.currency_code


def rate_words(document: Any) -> object:
    """What one unit of its currency is in the base currency, and where that differs."""
    base = document.organization.currency_code
    if not document.exchange_rate or document.currency_code in ("", base):
        return ""
    return cells.joined(
        [cells.ltr(f"1 {document.currency_code}"), cells.money(document.exchange_rate, base)], " = "
    )


def status_pair(document: Any, name: str) -> tuple[str, object]:
    return str(document._meta.get_field(name).verbose_name), state_tag(getattr(document, name))


# --- Lines -------------------------------------------------------------------------------------------------


def waiting_words(document: Any) -> str:
    """What is not here yet, and what happens next; "" when everything is."""
    if document.is_removed:
        return ""
    if document.detail_at is None:
        return _(
            "Only the head of this document is here: its lines, addresses and custom fields have not been read yet. "
            "They are read in the background, newest documents first, when calls are left; a refresh reads them now."
        )
    if document.detail_is_due:
        return _(
            "The source has changed this document since its lines were read, or in that very second, so they may be "
            "older than its head. They are read again in the background when calls are left; a refresh reads them now."
        )
    return ""


def lines_of(document: Any) -> list[Any]:
    """The live ones in their order, one more than MOST_LINES when there are more; in one query."""
    rows: QuerySet = document.lines.live().defer("payload")
    names = {column.name for column in rows.model._meta.concrete_fields}
    links = [name for name in ("product", "warehouse", "invoice") if name in names]
    if links:
        rows = with_related(rows, *links)
    return list(rows.order_by("position", "pk")[: MOST_LINES + 1])


def lines_panels(document: Any, lines: Sequence[Any]) -> Iterable[object]:
    if isinstance(document, CustomerPayment):
        yield allocations_table(document, lines)
    else:
        yield lines_table(document, lines)
    if found := sums_panel(document, lines):
        yield found


def lines_table(document: Any, lines: Sequence[Any]) -> Table:
    shown = lines[:MOST_LINES]
    model: Any = document.lines.model
    names = {column.name for column in model._meta.concrete_fields}
    currency = currency_of(document)
    columns: list[tuple[str, bool, Any]] = [
        (_("position"), True, lambda line: cells.number(line.position)),
        (_("product"), False, product_cell),
        (_("quantity"), True, lambda line: cells.number(line.quantity)),
        (_("unit"), False, lambda line: cells.words(line.unit)),
    ]
    for name in PROGRESS:
        if name in names:
            title = str(model._meta.get_field(name).verbose_name)
            columns.append((title, True, lambda line, name=name: progress_cell(line, name)))
    if "rate" in names:
        columns.append((_("price"), True, lambda line: cells.money(line.rate, currency)))
    if "tax_name" in names:
        columns.append((_("discount"), True, lambda line: cells.ltr(line.discount)))
        columns.append((_("tax"), False, tax_cell))
    if "value" in names:
        columns.append((_("value"), True, lambda line: cells.money(line.value, currency)))
        columns.append((_("account"), False, lambda line: cells.words(line.account_name)))
    if "total" in names:
        columns.append((_("line total"), True, lambda line: cells.money(line.total, currency)))
    if "warehouse" in names and any(line.warehouse_id or line.warehouse_external_id for line in shown):
        columns.append((_("place"), False, place_cell))
    note = ""
    if len(lines) > MOST_LINES:
        note = _("These are the first %(count)s lines; the raw record below has them all.") % {
            "count": MOST_LINES
        }
    return Table(
        title=_("Lines"),
        headers=[title for title, _numeric, _cell in columns],
        rows=[[cell(line) for _title, _numeric, cell in columns] for line in shown],
        numeric=frozenset(place for place, (_title, numeric, _cell) in enumerate(columns) if numeric),
        empty=_("No lines.") if document.detail_at else _("The lines have not been read yet."),
        note=note,
    )


def progress_cell(line: Any, name: str) -> object:
    """How many; coloured when it is all that the line asks for, or only a part of it."""
    done = getattr(line, name)
    if done is None or not line.quantity:
        return cells.number(done)
    mood = "good" if done >= line.quantity else "warn" if done > 0 else "quiet"
    return cells.tag(cells.number(done), mood)


def tax_cell(line: Any) -> object:
    if not line.tax_name and line.tax_percentage is None:
        return cells.UNKNOWN
    return cells.stacked(
        cells.words(line.tax_name) if line.tax_name else "", cells.percent(line.tax_percentage)
    )


def allocations_table(payment: CustomerPayment, lines: Sequence[PaymentAllocation]) -> Table:
    rows = [
        [
            cells.link_to(line.invoice) if line.invoice_id else cells.ltr(line.invoice_number),
            cells.moment(line.invoice.date) if line.invoice else cells.UNKNOWN,
            cells.money(line.invoice.total if line.invoice else None, payment.currency_code),
            cells.money(line.amount, payment.currency_code),
        ]
        for line in lines[:MOST_LINES]
    ]
    return Table(
        title=_("Invoices that it pays"),
        headers=[_("invoice"), _("date"), _("total"), _("applied")],
        rows=rows,
        numeric=frozenset({2, 3}),
        empty=_("No invoice has taken any of it.")
        if payment.detail_at
        else _("The lines have not been read yet."),
    )


# --- Sums --------------------------------------------------------------------------------------------------


def sums_panel(document: Any, lines: Sequence[Any]) -> Table | None:
    """The amounts that make the total, and whether they do."""
    is_whole = document.detail_at is not None and not document.detail_is_due and len(lines) <= MOST_LINES
    known = lines if is_whole else None
    if isinstance(document, PricedDocument):
        checks = sums.sums_of_priced(document, known)
        names: tuple[str, ...] = (
            "sub_total",
            "discount_total",
            "tax_total",
            "shipping_charge",
            "adjustment",
            "total",
        )
    elif isinstance(document, CustomerPayment):
        checks = sums.sums_of_payment(document, known)
        names = ("total", "unused", "refunded", "bank_charges")
    else:
        return None
    currency = document.currency_code
    rows = [
        [
            capfirst(str(document._meta.get_field(name).verbose_name)),
            cells.money(getattr(document, name), currency),
        ]
        for name in names
        if getattr(document, name) is not None
    ]
    return Table(
        title=_("Sums"),
        headers=[_("figure"), _("amount")],
        rows=rows,
        numeric=frozenset({1}),
        empty=_("No amount is known."),
        note=sums_in_words(checks, currency, is_whole=is_whole),
    )


def sums_in_words(checks: Sequence[sums.Sum], currency: str, *, is_whole: bool) -> object:
    wrong = [check for check in checks if not check.adds_up]
    told: list[object] = [
        format_html(
            _("{mark} {which}: the source says {told}, it comes to {reckoned}, {difference} apart."),
            mark=cells.tag(_("does not add up"), "bad"),
            which=SUM_NAMES[check.kind],
            told=cells.money(check.told, currency),
            reckoned=cells.money(check.reckoned, currency),
            difference=cells.money(abs(check.difference), currency),
        )
        for check in wrong
    ]
    if wrong:
        told.append(
            _("Open the document at the source, or refresh it; if it stays so, the source is at odds.")
        )
    elif checks and is_whole:
        told.append(
            format_html("{} {}", cells.tag(_("adds up"), "good"), _("Lines, subtotal and total agree."))
        )
    if not is_whole:
        told.append(_("The lines cannot be checked until they have been read."))
    return cells.stacked(*told)


# --- What was written on it --------------------------------------------------------------------------------


def text_panels(document: Any) -> Iterable[Facts]:
    pairs: list[tuple[str, object]] = []
    for name, title in (
        ("billing_address", _("Billing address")),
        ("shipping_address", _("Shipping address")),
    ):
        address = getattr(document, name, None) or {}
        shown = [cells.words(address.get(part)) for part in ADDRESS_LINES if address.get(part)]
        if shown:
            pairs.append((title, cells.stacked(*shown)))
    for name in ("source_notes", "terms"):
        if getattr(document, name, ""):
            title = str(document._meta.get_field(name).verbose_name)
            pairs.append((title, cells.paragraphs(getattr(document, name))))
    if document.custom_fields:
        pairs.append((_("custom fields"), cells.stacked(*plain_json(document.custom_fields))))
    if pairs:
        yield Facts(title=_("Addresses and texts"), pairs=pairs)
