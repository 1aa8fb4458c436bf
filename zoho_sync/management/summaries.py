"""The stock summary on a terminal and as plain values."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rich import box
from rich.table import Table
from rich.text import Text

from inventory.stock_summary import Holding, StockSummary, WarehouseStock

from .plain import printable


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


def table(summary: StockSummary) -> Table:
    """A row per warehouse; selling ones and the others have a sum each, and no sum over both."""
    organization = summary.organization
    result = Table(
        box=box.SIMPLE, pad_edge=False, title=Text(printable(_("Stock of %(name)s") % {"name": organization}))
    )
    result.add_column(_("Warehouse"), overflow="fold")
    titles = (
        _("Items"),
        _("With stock"),
        _("Without"),
        _("Negative"),
        _("Unknown"),
        _("On hand"),
        _("For sale"),
    )
    value = _("Value in %(currency)s") % {"currency": printable(organization.currency_code)}
    for title in (
        *titles,
        value if organization.currency_code else _("Value, currency unknown"),
        _("Oldest figure"),
    ):
        result.add_column(Text(title), justify="right", overflow="fold")  # a figure is never cut
    for sells, title in ((True, _("All that sell")), (False, _("All that do not sell"))):
        places = [each for each in summary.warehouses if each.warehouse.sells is sells]
        for each in places:
            result.add_row(Text(printable(each.warehouse)), *_cells(each))
        if places:
            result.add_row(
                title,
                *_cells(summary.selling if sells else summary.not_selling),
                style="bold",
                end_section=True,
            )
    return result


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
