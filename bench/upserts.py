"""`zoho_sync.upsert` beside Django's bulk_create(update_conflicts=True): `python -m bench.upserts ours|django`.

Three passes over the same rows: all new, all changed, and all as they are (which the sync never writes; it shows what
the statement itself costs). 2,000 products and 10,000 stock levels, in batches of one page of the sync.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import django

from .meter import metered

PRODUCTS, PLACES, PAGE = 2_000, 5, 200
PAYLOAD = '{"item_id":"%s","filler":"' + "x" * 1500 + '"}'
NOW = datetime.now(UTC)


def main(way: str) -> None:
    django.setup()
    from django.db import transaction

    from inventory.models import Organization, Product, StockLevel, Warehouse

    organization = Organization.objects.create(external_id="1")
    places = [
        Warehouse.objects.create(organization=organization, external_id=str(n), name=str(n), synced_at=NOW)
        for n in range(PLACES)
    ]
    write = ours if way == "ours" else bulk_create

    def products(turn: int) -> Iterator[object]:
        for n in range(PRODUCTS):
            yield Product(
                organization=organization, external_id=str(n), name=f"Product {n}", sku=f"S-{n}", synced_at=NOW,
                unit_price=Decimal(n + turn), payload=PAYLOAD % n, source_modified_at=NOW, is_tracked=True,
            )  # fmt: skip

    def levels(turn: int) -> Iterator[object]:
        for key in keys:
            for place in places:
                figures = dict.fromkeys(StockLevel.FIGURES, Decimal(key + turn))
                yield StockLevel(
                    organization=organization, external_id=f"{key}:{place.external_id}", product_id=key,
                    warehouse=place, synced_at=NOW, payload=PAYLOAD[:300], **figures,
                )  # fmt: skip

    for name, model, make, page in (
        ("products", Product, products, PAGE),
        ("stock", StockLevel, levels, PAGE * PLACES),
    ):
        keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
        for turn, told in ((0, "new"), (1, "changed"), (1, "as they are")):
            batches = _batches(list(make(turn)), page)
            with metered(f"{name}, {told}") as figures:
                for batch in batches:
                    with transaction.atomic():
                        write(model, batch)
                figures.rows = sum(map(len, batches))


def _batches(rows: list, size: int) -> list[list]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def ours(model, rows: list) -> None:
    from zoho_sync.upsert import upsert

    names = _names(model)
    upsert(model, names, [[getattr(row, name) for name in names] for row in rows], key=_KEY)


def bulk_create(model, rows: list) -> None:
    for row in rows:
        row.pk = None
    model.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organization", "external_id"],
        update_fields=[name for name in _names(model) if name not in _KEY],
    )


_KEY = ("organization_id", "external_id")


def _names(model) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


if __name__ == "__main__":
    main(sys.argv[1])
