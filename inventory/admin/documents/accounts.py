"""A customer's or vendor's documents on their own page: the latest of each kind, and whether the balance is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ... import balances
from ...balances import Balance, Compared
from ...models import (
    Bill,
    CreditNote,
    Customer,
    CustomerPayment,
    Invoice,
    PurchaseOrder,
    SalesOrder,
    Vendor,
    VendorCredit,
)
from .. import cells
from ..panels import Facts, Table
from .states import due_cell, has_balance, has_due_day, state_cell

MOST = 10  # of a kind; the kind's list shows the others
OF_CUSTOMERS = (SalesOrder, Invoice, CustomerPayment, CreditNote)
OF_VENDORS = (PurchaseOrder, Bill, VendorCredit)

May = Callable[[str], bool]


def customer_panels(customer: Customer, may: May) -> Iterable[object]:
    """Seven queries. Of each kind only what the visitor may see as a list; the balance is that of invoices."""
    if may(_view(Invoice)):
        yield _customers_account(customer)
    for model in OF_CUSTOMERS:
        if may(_view(model)):
            yield latest(model, "customer", customer)


def vendor_panels(vendor: Vendor, may: May) -> Iterable[object]:
    """Five queries; as above, the balance being that of bills."""
    if may(_view(Bill)):
        yield _vendors_account(vendor)
    for model in OF_VENDORS:
        if may(_view(model)):
            yield latest(model, "vendor", vendor)


def _view(model: Any) -> str:
    return f"inventory.view_{model._meta.model_name}"


# --- The balance -------------------------------------------------------------------------------------------


def _customers_account(customer: Customer) -> Facts:
    found = balances.of_customer(customer, timezone.localdate())
    return _account(
        found,
        Invoice,
        {"customer": customer.pk},
        [
            (_("owes us"), balances.compared(customer.receivable, customer.currency_code, found, "owed")),
            (
                _("unused credits"),
                balances.compared(customer.unused_credits, customer.currency_code, found, "credits"),
            ),
        ],
    )


def _vendors_account(vendor: Vendor) -> Facts:
    found = balances.of_vendor(vendor, timezone.localdate())
    return _account(
        found,
        Bill,
        {"vendor": vendor.pk},
        [
            (_("we owe"), balances.compared(vendor.payable, vendor.currency_code, found, "owed")),
            (
                _("unused credits"),
                balances.compared(vendor.unused_credits, vendor.currency_code, found, "credits"),
            ),
        ],
    )


def _account(
    found: Sequence[Balance], model: Any, whose: dict[str, int], checks: Sequence[tuple[str, Compared]]
) -> Facts:
    pairs: list[tuple[str, object]] = []
    for each in found:
        named = {"currency": each.currency or _("no currency")}
        count = ngettext("%(count)s document", "%(count)s documents", each.open_count)
        pairs.append(
            (
                _("open in %(currency)s") % named,
                cells.stacked(
                    cells.link(
                        _url(model, whose | {"state": "unpaid"}), cells.money(each.owed, each.currency)
                    )
                    if each.open_count
                    else cells.money(each.owed, each.currency),
                    count % {"count": cells.decimal_text(each.open_count)},
                ),
            )
        )
        if each.late_since:
            days = (timezone.localdate() - each.late_since).days
            words = ngettext("oldest: %(count)s day", "oldest: %(count)s days", days) % {"count": days}
            late = cells.money(each.late, each.currency)
            url = _url(model, whose | {"state": "overdue"})
            pairs.append(
                (
                    _("overdue in %(currency)s") % named,
                    cells.stacked(cells.link(url, late), cells.tag(words, "bad")),
                )
            )
        if each.credits:
            title = _("left of credits and payments, %(currency)s") % named
            pairs.append((title, cells.money(each.credits, each.currency)))
    pairs += [(name, compared_cell(check)) for name, check in checks]
    unknown = sum(each.unknown for each in found)
    return Facts(
        title=_("Balance, checked"), pairs=pairs, note=_why_apart([check for _n, check in checks], unknown)
    )


def compared_cell(check: Compared) -> object:
    """The source's figure beside what the documents come to."""
    told = cells.joined([_("the source says"), cells.money(check.told, check.currency)], " ")
    ours = cells.joined([_("documents here come to"), cells.money(check.ours, check.currency)], " ")
    if check.difference is None:
        return cells.stacked(told, ours)
    if check.agrees:
        return cells.stacked(told, ours, cells.tag(_("agrees"), "good"))
    apart = format_html(_("{amount} apart"), amount=cells.money(abs(check.difference), check.currency))
    return cells.stacked(told, ours, cells.tag(apart, "warn"))


def _why_apart(checks: Sequence[Compared], unknown: int) -> object:
    """What may lie between the two figures, and what can be done; "" where there is nothing between them."""
    apart = [check for check in checks if check.difference is not None and not check.agrees]
    if not apart:
        return ""
    told = []
    if any(check.difference and check.difference > 0 for check in apart):
        told.append(
            _(
                "The source knows of more: documents older than the days that are mirrored, an opening balance, or "
                "journal entries, none of which are here."
            )
        )
    if any(check.difference and check.difference < 0 for check in apart):
        told.append(
            _(
                "The documents here come to more: a payment or credit may not have arrived yet, or this record is "
                "older than they are. Refresh it first."
            )
        )
    if unknown:
        words = ngettext(
            "The balance of %(count)s document is not known yet.",
            "The balances of %(count)s documents are not known yet.",
            unknown,
        )
        told.append(words % {"count": unknown})
    if others := sorted({name for check in apart for name in check.others}):
        words = _(
            "Documents in %(currencies)s are not in this comparison; the source adds them at its own rates."
        )
        told.append(words % {"currencies": ", ".join(name or _("no currency") for name in others)})
    return cells.stacked(*told)


# --- The latest --------------------------------------------------------------------------------------------


def latest(model: Any, link: str, partner: Any) -> Table:
    """The last ten by date; walks along the index of the partner's documents."""
    rows = model.objects.live().filter(**{link: partner}).defer("payload", "detail_payload")
    found = list(rows.order_by("-date", "-pk")[: MOST + 1])
    today = timezone.localdate()
    is_payment = model is CustomerPayment
    headers = [_("number"), _("date"), _("way of payment") if is_payment else _("state"), _("total")]
    if has_balance(model):
        headers.append(str(model._meta.get_field("balance").verbose_name))
    if has_due_day(model):
        headers.append(_("due on"))
    return Table(
        title=capfirst(str(model._meta.verbose_name_plural)),
        headers=headers,
        rows=[
            [
                cells.link_to(row, cells.ltr(str(row))),
                cells.moment(row.date),
                cells.words(row.mode) if is_payment else state_cell(row, today),
                cells.money(row.total, row.currency_code),
                *([cells.money(row.balance, row.currency_code)] if has_balance(model) else []),
                *([due_cell(row, today)] if has_due_day(model) else []),
            ]
            for row in found[:MOST]
        ],
        numeric=frozenset({3, 4} if has_balance(model) else {3}),
        empty=_("None that is mirrored."),
        more_url=_url(model, {link: partner.pk}) if found else "",
        more=_("All of them") if len(found) > MOST else _("Open as a list"),
    )


def _url(model: Any, query: dict[str, object]) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(query)}"
