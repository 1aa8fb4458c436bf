"""What a round of the integrity desk costs at 100,000 products, 500,000 stock levels and 700,000 prices in seven lists:
`python -m bench.integrity PRODUCTS`, or `measure`.

CPU is that of our process. The first round writes what it finds; the second finds the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from . import filling
from .meter import peak_megabytes
from .surroundings import PROJECT, environment

PRODUCTS = 100_000
LISTS = (
    ("Retail USD", "USD"), ("Retail IQD", "IQD"), ("Wholesale USD", "USD"), ("Wholesale IQD", "IQD"),
    ("Friends USD", "USD"), ("Friends IQD", "IQD"), ("Export", "USD"),
)  # fmt: skip
RATE = 1310


def measure(folder: Path, databases: list, products: int = PRODUCTS) -> None:
    """Fill each database, and print what each check took."""
    for database in databases:
        words = [sys.executable, "-m", "bench.integrity", str(products)]
        done = subprocess.run(
            words,
            cwd=PROJECT,
            env=environment(database.fresh("integrity"), {}, folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit("bench.integrity failed; the lines above say why.")
        _show(f"{database.version()}, {products:,} products", json.loads(done.stdout))
        database.drop("integrity")


def _show(title: str, told: dict[str, Any]) -> None:
    rounds = told["rounds"]
    table = Table(title=f"{title}; peak {told['peak_mb']:.0f} MB, {told['before_mb']:.0f} before")
    for name in ("check", "found", "first round, s", "CPU, s", "again, s", "CPU, s"):
        table.add_column(name, justify="left" if name == "check" else "right")
    for key, (_seconds, found, _cpu) in rounds[0].items():
        times = (f"{known[key][place]:.2f}" for known in rounds for place in (0, 2))
        table.add_row(key, f"{found:,}", *times)
    table.add_section()
    sums = (f"{sum(each[place] for each in known.values()):.2f}" for known in rounds for place in (0, 2))
    table.add_row("all", "", *sums)
    Console().print(table)


def main(products: int) -> None:
    import django

    django.setup()
    from inventory.integrity import runs

    company = filling.catalogue(products)
    _prices(company)
    _flaws(company)
    filling.analyze()
    before, rounds = peak_megabytes(), []
    for _turn in range(2):
        known, cpu = {}, time.process_time()
        for outcome in runs.run([company]):
            if outcome.error:
                sys.exit(f"{outcome.check.key}: {outcome.error}")
            spent, cpu = time.process_time() - cpu, time.process_time()
            found = outcome.counts.found if outcome.counts else 0
            known[outcome.check.key] = (outcome.seconds, found, spent)
        rounds.append(known)
    began = time.perf_counter()
    skipped = sum(outcome.skipped == "unchanged" for outcome in runs.run([company], only_changed=True))
    sys.stderr.write(f"{skipped} checks skipped in {time.perf_counter() - began:.3f} s\n")
    sys.stdout.write(json.dumps({"rounds": rounds, "before_mb": before, "peak_mb": peak_megabytes()}))


def _prices(company: Any) -> None:
    from inventory.models import PriceList, PriceListItem, Product

    theirs: dict[str, Any] = {"organization": company, "synced_at": datetime.now(UTC), "cause": "run 1"}
    lists = [
        PriceList.objects.create(
            external_id=name, name=name, currency_code=code, kind="per_item", is_active=True, **theirs
        )
        for name, code in LISTS
    ]
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))

    def rows() -> Iterator[PriceListItem]:
        for number, key in enumerate(keys, start=1):
            dollars = Decimal(number % 900 + 5)
            for each in lists:
                rate = dollars if each.currency_code == "USD" else dollars * RATE
                yield PriceListItem(
                    price_list=each, product_id=key, external_id=f"{each.pk}:{key}", currency_code=each.currency_code,
                    rate=rate, **theirs,
                )  # fmt: skip

    filling.write(PriceListItem, rows())


def _flaws(company: Any) -> None:
    """One in a hundred is wrong, in each way in turn."""
    from django.db.models import F, Value
    from django.db.models.functions import Mod

    from inventory.models import Customer, PriceListItem, Product, StockLevel

    def some(model: Any, of: int, first: int) -> Any:
        return model.objects.annotate(turn=Mod(F("pk"), Value(of))).filter(turn=first).order_by()

    some(Product, 100, 1).update(name="كيبل شبكة", sku="SKU-1")
    some(Product, 100, 3).update(is_active=False)
    Product.objects.update(purchase_price=Decimal(300))
    some(StockLevel, 100, 1).update(available_for_sale=-3)
    some(PriceListItem, 700, 7).update(rate=Decimal("1234567"))
    some(PriceListItem, 700, 9).update(rate=F("rate") * 2)
    some(PriceListItem, 700, 11).update(removed_at=datetime.now(UTC))
    now = datetime.now(UTC)
    filling.write(Customer, (
        Customer(
            organization=company, external_id=str(number), name=f"C {number}", currency_code="IQD", synced_at=now,
            receivable=number % 2000, credit_limit=1980,
        )
        for number in range(50_000)
    ))  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
