"""How changed rows are called on pages: figures and prices have no name of their own, but that of their product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from inventory import models
from inventory.admin import cells

TABLES: dict[str, Any] = {
    model._meta.model_name or "": model
    for model in (
        models.Product, models.Warehouse, models.StockLevel, models.Customer, models.PriceList,
        models.PriceListItem,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """label: for people. url: of the row's page; "" while it has none. currency_code: of its price, if it has one."""

    label: object
    url: str = ""
    currency_code: str = ""

    @property
    def cell(self) -> object:
        return cells.link(self.url, self.label) if self.url else self.label


class Names:
    """Of some rows, each told as (table, external id, label): a few queries, however many rows there are."""

    def __init__(self, organization: models.Organization, rows: Iterable[tuple[str, str, str]]):
        self._organization = organization
        self._labels = {(table, external_id): label for table, external_id, label in rows}
        self._keys: dict[tuple[str, str], int] = {}
        self._of_parts: dict[str, dict[str, str]] = {}
        self._currencies: dict[str, str] = {}
        self._look()

    def of(self, table: str, external_id: str) -> Named:
        key = self._keys.get((table, external_id))
        url = reverse(f"admin:inventory_{table}_change", args=[key]) if key else ""
        label = self._labels.get((table, external_id)) or ""
        if table == "stocklevel":
            item, _colon, place = external_id.partition(":")
            return Named(self._pair("product", item, "warehouse", place), url)
        if table == "pricelistitem":
            price_list, _colon, item = external_id.partition(":")
            shown = self._pair("product", item, "pricelist", price_list)
            return Named(shown, url, self._currencies.get(price_list, ""))
        shown = cells.words(label) if label else cells.ltr(external_id)
        return Named(shown, url, self._organization.currency_code if table == "product" else "")

    def _pair(self, first: str, first_id: str, second: str, second_id: str) -> object:
        names = (self._part(first, first_id), cells.joined([self._part(second, second_id)]))
        return cells.stacked(*names)

    def _part(self, table: str, external_id: str) -> object:
        name = self._of_parts.get(table, {}).get(external_id)
        return cells.words(name) if name else cells.ltr(external_id)

    def _look(self) -> None:
        ids: dict[str, set[str]] = {}
        parts: dict[str, set[str]] = {}
        for table, external_id in self._labels:
            ids.setdefault(table, set()).add(external_id)
            before, _colon, after = external_id.partition(":")
            if table == "stocklevel":
                parts.setdefault("product", set()).add(before)
                parts.setdefault("warehouse", set()).add(after)
            elif table == "pricelistitem":
                parts.setdefault("pricelist", set()).add(before)
                parts.setdefault("product", set()).add(after)
        for table, wanted in ids.items():
            if table in TABLES:
                found = self._rows(table, wanted).values_list("external_id", "pk")
                self._keys |= {(table, external_id): key for external_id, key in found}
        for table, wanted in parts.items():
            self._of_parts[table] = dict(self._rows(table, wanted).values_list("external_id", "name"))
        if "pricelist" in parts:
            rows = self._rows("pricelist", parts["pricelist"])
            self._currencies = dict(rows.values_list("external_id", "currency_code"))

    def _rows(self, table: str, external_ids: set[str]) -> Any:
        return TABLES[table].objects.filter(organization=self._organization, external_id__in=external_ids)
