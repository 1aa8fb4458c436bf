"""What a record's page and a look-up cost the server: `python -m bench.records PRODUCTS`, or `measure`.

100,000 products with five stock levels each, seven price lists, 10,000 customers, and changes of stock; one product has
changed 2,000 times. Each page goes through our whole WSGI application by session; one process, one thread, all warm.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from . import filling
from .api import NO_LIMITS, PRODUCTS, asking, visitors
from .surroundings import PROJECT, environment

TIMES, AIM = 30, 300
LISTS, PRICED, CUSTOMERS, CHANGED, CHANGES = 7, 1_300, 10_000, 50_000, 2_000


def measure(folder: Path, databases: list) -> None:
    """Fill each database, and print what a page costs."""
    table = Table(title=f"Pages at {PRODUCTS:,} products and {PRODUCTS * 5:,} stock rows, medians of {TIMES}")
    for name in ("database", "page", "ms", "slowest ms", "aim", "KB", "KB gzipped"):
        table.add_column(name, justify="left" if name in ("database", "page") else "right")
    for database in databases:
        words = [sys.executable, "-m", "bench.records", str(PRODUCTS)]
        surroundings = environment(database.fresh("records"), NO_LIMITS, folder)
        done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit("bench.records failed; the lines above say why.")
        for what, (middle, slowest, size, packed) in json.loads(done.stdout).items():
            table.add_row(
                database.version(), what, f"{middle:.0f}", f"{slowest:.0f}", str(AIM), f"{size:.0f}",
                f"{packed:.0f}",
            )  # fmt: skip
        database.drop("records")
    Console(highlight=False, width=110).print(table)


# --- In a process of its own ---------------------------------------------------------------------------


def main(products: int) -> None:
    import django

    django.setup()
    filling.catalogue(products)
    rows = _further(products)
    session, _token = visitors()
    figures = {}
    for what, address in _addresses(rows, products).items():
        ask = asking(address, **session)
        status, body, _told = ask()
        if status != "200 OK":
            sys.exit(f"{what}: {status}")
        times = []
        for _turn in range(TIMES):
            began = time.perf_counter()
            ask()
            times.append(1000 * (time.perf_counter() - began))
        figures[what] = (median(times), max(times), len(body) / 1000, len(gzip.compress(body)) / 1000)
    sys.stdout.write(json.dumps(figures))


def _addresses(rows: dict[str, Any], products: int) -> dict[str, str]:
    pages = {name: f"/admin/inventory/{name}/{row.pk}/change/" for name, row in rows.items()}
    return {
        **{f"page of a {name}": address for name, address in pages.items()},
        "look-up, nothing asked": "/admin/look-up/",
        "look-up by SKU": f"/admin/look-up/?q=SKU-{products // 2 + 1}",
        "look-up by external id": f"/admin/look-up/?q=52{products // 2:014}",
        "look-up, rare Arabic words": f"/admin/look-up/?q=شبكه+{products // 2}",
        "look-up, words of every product": "/admin/look-up/?q=كيبل+شبكة",
        "look-up, nothing found": "/admin/look-up/?q=nothing-of-the-kind",
        "look-up, a customer": "/admin/look-up/?q=SKU-1&customer=مخزن+77",
    }


def _further(products: int) -> dict[str, Any]:
    """Prices, customers and history; one row of each table, those of the product that changed most."""
    from datetime import UTC, datetime, timedelta
    from decimal import Decimal

    from django.contrib.auth import get_user_model

    from inventory import models

    now = datetime.now(UTC)
    organization = models.Organization.objects.get()
    common: dict[str, Any] = {"organization": organization, "synced_at": now, "cause": "run 1"}
    product = models.Product.objects.order_by("pk")[products // 2]
    keys = [product.pk, *models.Product.objects.order_by("pk").values_list("pk", flat=True)[: PRICED - 1]]
    models.StockCheck.objects.bulk_create(
        models.StockCheck(product_id=key, organization=organization, verified_at=now)
        for key in models.Product.objects.values_list("pk", flat=True)
    )
    for number in range(LISTS):
        price_list = models.PriceList.objects.create(
            **common, external_id=str(number), name=f"List {number}", kind="per_item", currency_code="USD",
            is_active=True, detail_at=now, detail_payload="[" + ",".join(['{"rate": 8.10}'] * 20_000) + "]",
        )  # fmt: skip
        models.PriceListItem.objects.bulk_create(
            models.PriceListItem(
                **common, external_id=f"{number}:{key}", price_list=price_list, product_id=key,
                currency_code="USD", rate=Decimal(key) / 7,
            )
            for key in keys
        )  # fmt: skip
    models.Customer.objects.bulk_create(
        models.Customer(
            **common, external_id=str(number), name=f"مخزن النور {number}", mobile=f"+96477{number:08}",
            currency_code="IQD", price_list=price_list, search_text=f"\n{number}\nمخزن النور {number}\n",
        )
        for number in range(CUSTOMERS)
    )  # fmt: skip
    levels = list(models.StockLevel.objects.filter(product=product).values_list("pk", flat=True))
    others = list(models.StockLevel.objects.order_by("pk").values_list("pk", flat=True)[:CHANGED])
    models.StockChange.objects.bulk_create(
        models.StockChange(
            level_id=key, figure="available_for_sale", before=number % 50, after=number % 49, cause="run 1",
            changed_at=now - timedelta(minutes=number),
        )
        for number, key in enumerate([*others, *(levels * (CHANGES // len(levels)))])
    )  # fmt: skip
    models.PriceChange.objects.bulk_create(
        models.PriceChange(
            product_id=key, price_list=price_list, currency_code="USD", figure="rate", before=8, after=9,
            changed_at=now, cause="run 1",
        )
        for key in keys * 20
    )  # fmt: skip
    filling.analyze()
    user = get_user_model().objects.create(username="bench", is_staff=True)
    models.ChosenPriceList.objects.create(user=user, price_list=price_list)
    return {
        "product": product,
        "stocklevel": models.StockLevel.objects.filter(product=product).first(),
        "pricelistitem": models.PriceListItem.objects.filter(product=product).first(),
        "pricelist": price_list,
        "warehouse": models.Warehouse.objects.first(),
        "customer": models.Customer.objects.first(),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
