"""The stock summary on a terminal and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from inventory.stock_summary import Holding, StockSummary, WarehouseStock

from .plain import printable

_UNBOUNDED = 10_000  # columns


def facts(summary: StockSummary) -> dict[str, Any]:
    """Plain JSON values; decimals as text, unknown as null. There is no sum over all warehouses."""
    return {
        "organization": summary.organization.external_id,
        "currency": summary.organization.currency_code,
        "warehouses": [
            {
                "id": each.warehouse.external_id,
                "name": each.warehouse.name,
                "sells": each.warehouse.sells,
                "is_active": each.warehouse.is_active,
            }
            | _plain(each)
            for each in summary.warehouses
        ],
        "selling": _plain(summary.selling),
        "not_selling": _plain(summary.not_selling),
    }


def _plain(holding: Holding) -> dict[str, Any]:
    values = {name: value for name, value in asdict_of(holding).items() if name != "warehouse"}
    return {
        name: figure(value, grouped=False) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def asdict_of(holding: Holding) -> dict[str, Any]:
    if isinstance(holding, WarehouseStock):
        return {name: getattr(holding, name) for name in holding.__dataclass_fields__ if name != "warehouse"}
    return asdict(holding)


def table(summary: StockSummary, screen: Console) -> Table:
    """The summary, as wide as it is, or one block a warehouse where the screen is too narrow for its columns."""
    wide = _wide(summary)
    needed = screen.measure(wide, options=screen.options.update(max_width=_UNBOUNDED)).maximum
    fits = needed <= screen.width
    return wide if fits else _narrow(summary)


def _wide(summary: StockSummary) -> Table:
    """A row per warehouse."""
    result = _empty(summary)
    result.add_column(_("Warehouse"))
    for title in _titles(summary):
        result.add_column(Text(title), justify="right")
    for name, cells, is_sum in _holdings(summary):
        result.add_row(name, *cells, style="bold" if is_sum else "", end_section=is_sum)
    return result


def _narrow(summary: StockSummary) -> Table:
    """A line per figure, each warehouse under its name."""
    result = _empty(summary)
    result.show_header = False
    result.add_column(overflow="fold")
    result.add_column(justify="right", overflow="fold")  # a figure is never cut
    for name, cells, _is_sum in _holdings(summary):
        result.add_row(name, style="bold")
        for title, cell in zip(_titles(summary), cells, strict=True):
            result.add_row(Text(f"  {title}"), cell)
        result.add_section()
    return result


def _empty(summary: StockSummary) -> Table:
    title = Text(printable(_("Stock of %(name)s") % {"name": summary.organization}))
    return Table(box=box.SIMPLE, pad_edge=False, title=title)


def _titles(summary: StockSummary) -> list[str]:
    currency = printable(summary.organization.currency_code)
    value = _("Value in %(currency)s") % {"currency": currency} if currency else _("Value, currency unknown")
    counts = [_("Items"), _("With stock"), _("Without"), _("Negative"), _("Unknown")]
    return [*counts, _("On hand"), _("For sale"), value, _("Oldest figure")]


def _holdings(summary: StockSummary) -> Iterator[tuple[Text, list[str], bool]]:
    """(name, cells, is it a sum): selling warehouses and the others have a sum each, and no sum over both."""
    for sells, title in ((True, _("All that sell")), (False, _("All that do not sell"))):
        places = [each for each in summary.warehouses if each.warehouse.sells is sells]
        for each in places:
            yield Text(printable(each.warehouse)), _cells(each), False
        if places:
            yield Text(title), _cells(summary.selling if sells else summary.not_selling), True


def _cells(holding: Holding) -> list[str]:
    counts = [holding.items, holding.with_stock, holding.without_stock, holding.negative, holding.unknown]
    return [
        *(f"{each:,}" for each in counts),
        _known(holding.quantity, holding.unknown, holding.items),
        _known(holding.available_for_sale, holding.unknown_for_sale, holding.items),
        "–" if holding.value is None else figure(holding.value) + ("*" if holding.no_value else ""),
        age(holding.oldest_at) if holding.items else "–",
    ]


def _known(total: Decimal, unknown: int, items: int) -> str:
    if unknown == items:
        return "–"
    return figure(total) + ("*" if unknown else "")


def notes(summary: StockSummary) -> list[str]:
    """What the table's figures do not say by themselves."""
    lines = [_("Warehouses that sell and those that do not are not added together.")]
    if not any(each.warehouse.sells for each in summary.warehouses):
        lines.append(_("No warehouse is marked as selling; mark them in the admin under Warehouses."))
    holdings = summary.warehouses
    if any(each.unknown or each.unknown_for_sale or each.no_value for each in holdings):
        lines.append(_("* Some figures are unknown; the sum is over the known ones."))
    if never := sum(each.never_verified for each in holdings):
        lines.append(
            _("%(count)s stock levels belong to products never verified at Zoho.") % {"count": f"{never:,}"}
        )
    return lines


def figure(value: Decimal, *, grouped: bool = True) -> str:
    """All its decimals, and no zeros behind them."""
    text = f"{value:,f}" if grouped else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def age(moment: datetime | None) -> str:
    if moment is None:
        return _("never verified")
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return _("under a minute")
    if minutes < 120:
        return _("%(count)s min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)s h") % {"count": minutes // 60}
    return _("%(count)s days") % {"count": f"{minutes // (24 * 60):,}"}
