"""Curves from the changes that are kept: of a stock figure by warehouse, of prices by list and currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from ..models import PriceChange, StockChange, StockLevel
from .curves import Curve, Point
from .history import figure_name, price_figure_name

_OWN = ("unit_price", "purchase_price")  # prices of the product itself
_LISTED = "rate"


def stock_curves(changes: Sequence[StockChange], figure: str, names: Mapping[int, str]) -> list[Curve]:
    """One figure, a curve for each stock level. changes: newest first. names: of the levels, by their keys."""
    found: dict[int, list[Point]] = {}
    for change in reversed(changes):
        if change.figure == figure:
            point = Point(change.changed_at, change.before, change.after)
            found.setdefault(change.level_id, []).append(point)
    return [Curve(names.get(key, ""), points) for key, points in found.items()]


def figure_curves(changes: Sequence[StockChange], figures: Sequence[str]) -> list[Curve]:
    """Several figures of one stock level, a curve each."""
    found: dict[str, list[Point]] = {}
    for change in reversed(changes):
        if change.figure in figures:
            found.setdefault(change.figure, []).append(Point(change.changed_at, change.before, change.after))
    return [Curve(figure_name(StockLevel, figure), points) for figure, points in found.items()]


def price_curves(changes: Sequence[PriceChange]) -> dict[str, list[Curve]]:
    """{currency: a curve for each list, and for the product's own prices}: amounts of two currencies share no axis.

    Prices by quantity change as a whole and are no single figure; they stand in the list alone.
    """
    found: dict[tuple[str, str], list[Point]] = {}
    for change in reversed(changes):
        if change.figure in (*_OWN, _LISTED):
            name = str(change.price_list) if change.price_list else price_figure_name(change.figure)
            place = found.setdefault((change.currency_code, name), [])
            place.append(Point(change.changed_at, change.before, change.after))
    curves: dict[str, list[Curve]] = {}
    for (currency, name), points in found.items():
        curves.setdefault(currency or _("unknown currency"), []).append(Curve(name, points))
    return curves
