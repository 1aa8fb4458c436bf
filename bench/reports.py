"""What every report costs at 100,000 products and a million lines sold: `python -m bench.reports PRODUCTS`.

A company of that size with five stock levels of each product, prices in five lists, and two invoices for each product,
of five lines, over three years. For each report: how long it takes to reckon all of it, as a worker does, and the page
of an administrator once it is kept, or that reckons it itself where there is little to read. One process, all warm.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from . import filling
from .surroundings import PROJECT, environment

PRODUCTS, TIMES, MOST_MS = 100_000, 3, 300
LINES, DAYS = 5, 1095
ASKED = {
    "past-stock": ("show=changed",),
    "stock-value": ("", "by=product"),
    "sales-by-item": ("", "since=2000-01-01"),
}


def measure(folder: Path, databases: list, products: int = PRODUCTS) -> None:
    for database in databases:
        done = subprocess.run(
            [sys.executable, "-m", "bench.reports", str(products)],
            cwd=PROJECT,
            env=environment(database.fresh("reports"), {}, folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit("bench.reports failed; the lines above say why.")
        _show(f"{database.version()}, {products:,} products", json.loads(done.stdout))
        database.drop("reports")


def _show(title: str, reports: list[dict[str, Any]]) -> None:
    table = Table(title=title)
    for name in ("report", "rows", "who reckons", "s to reckon", "page ms"):
        table.add_column(name, justify="left" if name in ("report", "who reckons") else "right")
    for each in reports:
        table.add_row(
            each["report"], f"{each['rows']:,}", "the page" if each["is_light"] else "a worker",
            f"{each['seconds']:.2f}", f"{each['ms']:.0f}",
            style="bold red" if each["ms"] > MOST_MS else "",
        )  # fmt: skip
    table.caption = f"limit of a page: {MOST_MS} ms; medians of {TIMES}"
    Console(highlight=False, width=120).print(table)


# --- In a process of its own ---------------------------------------------------------------------------


def main(products: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.utils.datastructures import MultiValueDict

    from inventory.days import company_day
    from inventory.models import KeptReport
    from inventory.reports import kept, registry, services
    from tests.factories import AdministratorFactory

    company = filling.catalogue(products)
    filling.business(company)
    sales(company, 2 * products)
    client = Client(SERVER_NAME="localhost")
    administrator: Any = AdministratorFactory()
    client.force_login(administrator)
    told = []
    for report in registry.every():
        for query in ASKED.get(report.key, ("",)):
            given = MultiValueDict(
                {name: [text] for name, text in (part.split("=") for part in query.split("&") if part)}
            )
            asked = report.parameters(given, today=company_day())
            asked.is_valid()
            began = time.perf_counter()
            answer = services.compute(report, asked)
            seconds = time.perf_counter() - began
            path = f"/admin/reports/{report.key}/?{query}"
            client.get(path)
            for key in KeptReport.objects.filter(claimed_at=None).values_list("pk", flat=True):
                kept.reckon(key)
            times = [_took(client, path) for _turn in range(TIMES + 1)][1:]
            told.append(
                {
                    "report": f"{report.key} {query}", "rows": answer.count, "seconds": seconds, "ms": median(times),
                    "is_light": report.weight(asked) <= settings.REPORTS["ROWS_AT_ONCE"],
                }
            )  # fmt: skip
            del answer
    sys.stdout.write(json.dumps(told))


def _took(client: Any, path: str) -> float:
    began = time.perf_counter()
    if client.get(path).status_code != 200:
        sys.exit(f"{path} does not answer")
    return 1000 * (time.perf_counter() - began)


def sales(company: Any, invoices: int) -> None:
    """So many invoices of five lines, in two currencies, over three years until today; every third one unpaid."""
    from inventory.models import Customer, Invoice, InvoiceLine, Product

    today = datetime.now(UTC)
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:2500])
    products = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    facts: dict[str, Any] = {"organization": company, "synced_at": today, "cause": "run 1"}
    payload = filling.PAYLOAD % 0

    def heads() -> Iterator[Any]:
        for number in range(invoices):
            day = (today - timedelta(days=number % DAYS)).date()
            is_paid = number % 3 > 0
            yield Invoice(
                external_id=f"81{number:014}", number=f"INV-{number}", status="paid" if is_paid else "overdue",
                date=day, due_date=day + timedelta(days=15), customer_id=customers[number % len(customers)],
                payload=payload, detail_payload=payload, detail_at=today, detail_is_due=False, total=5000,
                balance=0 if is_paid else 5000, currency_code="IQD" if number % 4 else "USD",
                salesperson_external_id=str(number % 9), salesperson_name=f"Person {number % 9}", **facts,
            )  # fmt: skip

    Invoice.objects.bulk_create(heads(), batch_size=filling.BATCH)
    keys = Invoice.objects.order_by("pk").values_list("pk", flat=True)
    InvoiceLine.objects.bulk_create(
        (
            InvoiceLine(
                external_id=f"82{place}{number:012}", document_id=key,
                product_id=products[(number * 7 + place) % len(products)],
                quantity=place + 1, rate=500, total=500 * (place + 1), name="كيبل شبكة", **facts,
            )
            for number, key in enumerate(list(keys)) for place in range(LINES)
        ),
        batch_size=filling.BATCH,
    )  # fmt: skip
    filling.analyze()


if __name__ == "__main__":
    main(int(sys.argv[1]))
