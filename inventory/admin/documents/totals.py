"""What the documents of a list come to, in each currency by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from .. import cells
from ..changelists import MOST_COUNTED
from ..panels import Figure, Figures
from .states import has_balance


@dataclass(frozen=True)
class Total:
    """count: of documents in this currency that count; total, balance: None where none of them is known. unknown:
    documents among them whose total is not known."""

    currency: str
    count: int
    total: Decimal | None
    balance: Decimal | None
    unknown: int


@dataclass(frozen=True)
class Totals:
    """left_out: void, rejected and draft documents, which count nothing. is_cut: there are more than were added up."""

    parts: Sequence[Total]
    left_out: int
    is_cut: bool


def totals_of(rows: QuerySet, *, is_cut: bool, leave_out: bool = True) -> Totals:
    """Of the first MOST_COUNTED of `rows`, in their order: two queries, which the list's index answers by itself.

    is_cut: there are more of them than that.
    """
    model: Any = rows.model
    first = rows[:MOST_COUNTED]
    currencies = sorted(set(first.values_list("currency_code", flat=True)))
    if not currencies:
        return Totals([], 0, is_cut)
    counts = ~Q(status__in=model.VOID) if leave_out else Q()
    figures: dict[str, Any] = {"all": Count("pk")}
    for place, currency in enumerate(currencies):
        here = counts & Q(currency_code=currency)
        figures[f"count{place}"] = Count("pk", filter=here)
        figures[f"sum{place}"] = Sum("total", filter=here)
        figures[f"known{place}"] = Count("total", filter=here)
        if has_balance(model):
            figures[f"open{place}"] = Sum("balance", filter=here)
    found = first.aggregate(**figures)
    parts = [
        Total(
            currency,
            found[f"count{place}"],
            found[f"sum{place}"],
            found.get(f"open{place}"),
            found[f"count{place}"] - found[f"known{place}"],
        )
        for place, currency in enumerate(currencies)
        if found[f"count{place}"]
    ]
    parts.sort(key=lambda part: (-part.count, part.currency))
    return Totals(parts, found["all"] - sum(part.count for part in parts), is_cut)


def totals_panel(totals: Totals, open_name: str, open_url: str = "") -> Figures | None:
    """Nothing where there is nothing to add up. open_name: what the balance is called there."""
    tiles = []
    for part in totals.parts:
        currency = part.currency or _("no currency")
        note = [_("%(count)s documents") % {"count": cells.decimal_text(part.count)}]
        if part.unknown:
            note.append(_("%(count)s without a total") % {"count": cells.decimal_text(part.unknown)})
        tiles.append(
            Figure(
                name=_("total in %(currency)s") % {"currency": currency},
                value=cells.money(part.total, part.currency),
                note=cells.joined(note),
            )
        )
        if part.balance is not None:
            tiles.append(
                Figure(
                    name=_("%(amount)s in %(currency)s") % {"amount": open_name, "currency": currency},
                    value=cells.money(part.balance, part.currency),
                    url=open_url if part.balance else "",
                )
            )
    return Figures(tiles=tiles, title=_("Totals")) if tiles else None


def said(totals: Totals) -> str:
    """What the sums do not hold, in words; "" when they hold everything."""
    told = []
    if totals.is_cut:
        words = _("These are sums of the newest %(count)s documents; narrow the list for the whole.")
        told.append(words % {"count": cells.decimal_text(MOST_COUNTED)})
    if totals.left_out:
        words = _("Left out: %(count)s that are drafts, void, cancelled or rejected.")
        told.append(words % {"count": cells.decimal_text(totals.left_out)})
    if len(totals.parts) > 1:
        told.append(_("Currencies are never added to each other."))
    return " ".join(told)
