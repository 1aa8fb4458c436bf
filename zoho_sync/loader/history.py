"""History rows: every change of a stock figure or a price, before and after, and who brought it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from inventory.models import PriceChange, PriceListItem, Product, StockChange, StockLevel

from ..processors.base import Mapping
from ..work import Page, Work


def store(work: Work, page: Page, mapping: Mapping, changes) -> None:
    """Write the history of `changes` (changes.Change), just written. What appears in a first load did not change."""
    told = [change for change in changes if change.stored or not work.is_first_load]
    told = [change for change in told if _since(change, mapping)]
    if not told:
        return
    if mapping.model is StockLevel:
        StockChange.objects.bulk_create(_stock_changes(work, page, mapping, told))
    else:
        PriceChange.objects.bulk_create(
            change for each in told for change in _price_changes(work, page, mapping, each)
        )


def _since(change, mapping: Mapping) -> dict:
    """{column: (before, after)} of what history keeps. Of a row that was gone nothing was known since then."""
    if change.is_back and mapping.set_of:
        told = change.row.values
        return {name: (None, told[name]) for name in mapping.history if name in told}
    return {name: change.diff[name] for name in mapping.history if name in change.diff}


def _stock_changes(work: Work, page: Page, mapping: Mapping, changes) -> Iterator[StockChange]:
    keys = {change.row.external_id: change.stored["pk"] for change in changes if change.stored}
    new = [change.row.external_id for change in changes if not change.stored]
    if new:
        rows = StockLevel.objects.filter(organization=work.organization, external_id__in=new)
        keys |= dict(rows.values_list("external_id", "pk"))
    for change in changes:
        for name, (before, after) in _since(change, mapping).items():
            if before is not None or after is not None:
                yield StockChange(
                    level_id=keys[change.row.external_id],
                    figure=name,
                    before=before,
                    after=after,
                    changed_at=page.asked_at,
                    cause=work.run.cause,
                )


def _price_changes(work: Work, page: Page, mapping: Mapping, change) -> Iterator[PriceChange]:
    shared = {"changed_at": page.asked_at, "cause": work.run.cause}
    if mapping.model is Product:
        if change.stored is None:
            return  # a new product's prices are its first
        shared |= {"product_id": change.stored["pk"], "currency_code": work.organization.currency_code}
    else:
        values = (change.stored or {}) | change.row.values
        shared |= {name: values[name] for name in ("product_id", "price_list_id", "currency_code")}
    for name, (before, after) in _since(change, mapping).items():
        if name == "brackets":
            if before or after:
                yield PriceChange(
                    figure=name, brackets_before=before or [], brackets_after=after or [], **shared
                )
        elif before is not None or after is not None:
            yield PriceChange(figure=name, before=before, after=after, **shared)


def store_vanished(work: Work, moment: datetime, model, keys: list[int]) -> None:
    """The rows with these keys have just left the source: their figures are unknown from now on."""
    _store_all(work, moment, model, keys, is_back=False)


def store_returned(work: Work, moment: datetime, model, keys: list[int]) -> None:
    """They have not left after all: their figures are what they were."""
    _store_all(work, moment, model, keys, is_back=True)


def _store_all(work: Work, moment: datetime, model, keys: list[int], *, is_back: bool) -> None:
    """Every figure of these rows changes from what it is to nothing, or from nothing to what it is."""
    shared = {"changed_at": moment, "cause": work.run.cause}

    def turned(before: Any, after: Any, name: str = "") -> dict[str, Any]:
        first, last = (after, before) if is_back else (before, after)
        return {f"{name}before": first, f"{name}after": last}

    if model is StockLevel:
        StockChange.objects.bulk_create(
            StockChange(level_id=level.pk, figure=name, **turned(figure, None), **shared)
            for level in StockLevel.objects.filter(pk__in=keys)
            for name in StockLevel.FIGURES
            if (figure := getattr(level, name)) is not None
        )
    elif model is PriceListItem:
        PriceChange.objects.bulk_create(
            PriceChange(
                product_id=price.product_id,
                price_list_id=price.price_list_id,
                currency_code=price.currency_code,
                figure="brackets" if price.brackets else "rate",
                **turned(price.rate, None),
                **(turned(price.brackets, [], "brackets_") if price.brackets else {}),
                **shared,
            )
            for price in PriceListItem.objects.filter(pk__in=keys)
            if price.rate is not None or price.brackets
        )
