"""Fills a database with a company many times the size of ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

PLACES, LISTS, BATCH = 5, 5, 2000
PAYLOAD = '{"item_id":"%s","filler":"' + "x" * 1500 + '"}'


def catalogue(products: int, organization: str = "1") -> Any:
    """The organisation of that id, with so many products and five stock levels of each. Settings must be there."""
    from inventory.models import Organization, Product, StockLevel, Warehouse

    now = datetime.now(UTC)
    company, _ = Organization.objects.get_or_create(
        external_id=organization, defaults={"name": "Bench", "currency_code": "IQD"}
    )
    places = [
        Warehouse.objects.create(
            organization=company, external_id=str(number), name=f"W{number}", synced_at=now, sells=number < 2
        )
        for number in range(PLACES)
    ]
    for start in range(0, products, BATCH):
        numbers = range(start + 1, min(start + BATCH, products) + 1)
        write(Product, [
            Product(
                organization=company, external_id=f"52{number:014}", name=f"كيبل شبكة {number}",
                sku=f"SKU-{number}" if number % 2 else "", synced_at=now, cause="run 1", status="active",
                is_active=True, is_tracked=True, unit="pcs", unit_price=Decimal(number) / 4, brand="Ugreen",
                category_name="Cables", description="A cable. " * 20, payload=PAYLOAD % number,
                custom_fields={"cf_colour": "black"}, source_modified_at=now, source_created_at=now,
                purchase_price=Decimal(number) / 5, image_name="" if number % 3 else f"{number}.jpg",
                image_document_id="" if number % 3 else f"53{number:014}",
            )
            for number in numbers
        ])  # fmt: skip
        first = Product.objects.order_by("-pk").values_list("pk", flat=True)[0] - len(numbers) + 1
        write(StockLevel, [
            StockLevel(
                organization=company, external_id=f"{number}:{place.external_id}", product_id=first + offset,
                warehouse=place, synced_at=now, on_hand=number % 50, available_for_sale=number % 50,
            )
            for offset, number in enumerate(numbers) for place in places
        ])  # fmt: skip
    analyze()
    return company


def business(company: Any) -> None:
    """And what it leaves behind: pictures of a third of the products, half as many customers as products, prices of a
    fifth of them in five lists, a change of stock every seven minutes and one of prices every fourteen, runs, failures
    and webhooks."""
    from inventory import models as inventory
    from tests import factories as make
    from zoho_sync.models import RecordError, SyncRun, WebhookDelivery

    now = datetime.now(UTC)
    keys = list(
        inventory.Product.objects.filter(organization=company, stock_check=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    levels = list(
        inventory.StockLevel.objects.filter(organization=company).order_by("pk").values_list("pk", flat=True)
    )
    theirs: dict[str, Any] = {"organization": company, "synced_at": now, "cause": "run 1"}
    lists = [
        make.PriceListFactory(external_id=f"list-{number}", name=f"List {number}") for number in range(LISTS)
    ]
    write(inventory.Customer, (
        inventory.Customer(
            external_id=f"61{number:014}", name=f"مخزن النور {number}", currency_code="IQD", status="active",
            is_active=True, price_list=lists[number % LISTS], payload=PAYLOAD % number, **theirs,
        )
        for number in range(len(keys) // 2)
    ))  # fmt: skip
    write(inventory.PriceListItem, (
        inventory.PriceListItem(
            external_id=f"71{number:014}-{place}", price_list=price_list, product_id=key, currency_code="USD",
            rate=Decimal(number % 900) / 4, **theirs,
        )
        for number, key in enumerate(keys[: len(keys) // LISTS]) for place, price_list in enumerate(lists)
    ))  # fmt: skip
    pictured = inventory.Product.objects.filter(organization=company, picture=None).exclude(image_name="")
    write(inventory.ProductPicture, (
        inventory.ProductPicture(
            external_id=external_id, product_id=key, name=name, document_id=document, state="here",
            digest=f"{key:064x}", source_digest=f"{key:064x}", width=1200, height=900, bytes=90_000,
            fetched_at=now, **theirs,
        )
        for key, external_id, name, document in pictured.values_list(
            "pk", "external_id", "image_name", "image_document_id"
        )
    ))  # fmt: skip
    past = [now - timedelta(minutes=7 * number) for number in range(len(keys) // 2)]
    _add(
        inventory.StockCheck,
        (inventory.StockCheck(product_id=key, organization=company, verified_at=now) for key in keys),
    )
    _add(inventory.StockChange, (
        inventory.StockChange(
            level_id=levels[number * 7 % len(levels)], figure="on_hand", before=number % 50, after=number % 47,
            changed_at=at, cause="run 1",
        )
        for number, at in enumerate(past)
    ))  # fmt: skip
    _add(inventory.PriceChange, (
        inventory.PriceChange(
            product_id=keys[number * 11 % len(keys)], currency_code="IQD", figure="unit_price",
            before=Decimal(number), after=Decimal(number + 1), changed_at=at, cause="run 1",
        )
        for number, at in enumerate(past[::2])
    ))  # fmt: skip
    _add(SyncRun, (
        make.SyncRunFactory.build(organization=company, created_at=at, started_at=at, finished_at=at)
        for at in past[: len(past) // 25]
    ))  # fmt: skip
    _add(RecordError, (
        make.RecordErrorFactory.build(organization=company, external_id=f"e{number}", record_key=f"e{number}")
        for number in range(len(past) // 25)
    ))  # fmt: skip
    _add(WebhookDelivery, (
        make.WebhookDeliveryFactory.build(organization=company, received_at=at, status="applied", settled_at=at)
        for at in past
    ))  # fmt: skip
    analyze()


def write(model: Any, rows: Iterable[Any]) -> None:
    """As the loader does, with the columns that only it fills."""
    from django.db import transaction

    from zoho_sync.upsert import upsert

    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = tuple(field.attname for field in fields)
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        values = [[field.pre_save(row, add=True) for field in fields] for row in batch]
        with transaction.atomic():
            upsert(model, names, values, key=("organization_id", "external_id"))


def _add(model: Any, rows: Iterable[Any]) -> None:
    model.objects.bulk_create(rows, batch_size=BATCH)


def analyze() -> None:
    """As PostgreSQL's own housekeeping does when it has come round. SQLite has none, and lives without statistics."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
