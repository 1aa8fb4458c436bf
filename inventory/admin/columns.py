"""Which columns a list shows, and what stands in them when it goes out as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.db import models
from django.utils.translation import gettext as _

KINDS = ("text", "number", "money", "moment", "flag")


@dataclass(frozen=True)
class Plain:
    """The value behind a column of a list, as it goes into a file.

    kind: text (names and codes alike), number, money, moment or flag. paths: what is read for it. make: from these
    values to the one that is told, where it is not the first of them. currency: the path of an amount's currency, which
    goes into a column of its own beside it.
    """

    kind: str
    paths: tuple[str, ...]
    make: Callable[..., Any] | None = None
    currency: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or (self.kind == "money") != bool(self.currency):
            raise ValueError(f"{self.paths}: a kind of {KINDS}, and a currency for money alone")

    def value(self, values: Sequence[Any]) -> Any:
        return self.make(*values) if self.make else values[0]


def text(*paths: str, make: Callable[..., Any] | None = None) -> Plain:
    return Plain("text", paths, make)


def number(*paths: str, make: Callable[..., Any] | None = None) -> Plain:
    return Plain("number", paths, make)


def money(path: str, currency: str) -> Plain:
    return Plain("money", (path,), None, currency)


def moment(path: str) -> Plain:
    return Plain("moment", (path,))


def of_field(model: type[models.Model], name: str, currency: str) -> Plain:
    """The plain value of a model's own column."""
    column = model._meta.get_field(name)
    if isinstance(column, models.BooleanField):
        return Plain("flag", (name,))
    if isinstance(column, models.DateField):
        return moment(name)
    if name in AMOUNTS:
        return money(name, currency)
    if isinstance(column, (models.DecimalField, models.IntegerField)):
        return number(name)
    return text(name)


def state_in_words(removed_at: Any, is_active: bool | None, status: str) -> str:
    """As `products.active_tag` shows it."""
    if removed_at:
        return _("removed")
    if is_active is None:
        return status
    return _("active") if is_active else _("inactive")


AMOUNTS = {
    "unit_price",
    "purchase_price",
    "receivable",
    "unused_credits",
    "credit_limit",
    "asset_value",
    "rate",
    "total",
    "balance",
    "sub_total",
    "discount_total",
    "tax_total",
    "payment_made",
    "credits_applied",
    "write_off",
    "unused",
    "refunded",
    "bank_charges",
}


class FieldCell:
    """A model's own column in a list: drawn as on the row's page, ordered by itself."""

    def __init__(self, admin: Any, name: str) -> None:
        column = admin.model._meta.get_field(name)
        self.__name__ = name
        self.short_description = column.verbose_name
        self.admin_order_field = name
        self.currency = admin.currency if name in AMOUNTS else ""

    def __call__(self, row: Any) -> object:
        from . import cells
        from .pages import column_cell

        if not self.currency:
            return column_cell(row, self.__name__)
        owner: Any = row
        for part in self.currency.split("__"):
            owner = getattr(owner, part)
        return cells.money(getattr(row, self.__name__), owner)


def name_of(column: Any) -> str:
    return column if isinstance(column, str) else column.__name__


def title_of(admin: Any, column: Any) -> str:
    return str(label_for_field(column, admin.model, model_admin=admin))
