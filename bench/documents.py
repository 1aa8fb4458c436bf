"""What the pages of documents cost at 200,000 invoices: `python -m bench.documents INVOICES`, or `measure`.

Two lines on each invoice, 2,000 products, 1,000 customers of whom the first has a fiftieth of all invoices, five
places, six salespeople; a third unpaid, in two currencies. An administrator asks for the list in every way that its
filters offer, for an invoice, for that customer and for a product that is on 200 of them. As `bench.pages` otherwise.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from . import filling, pages
from .surroundings import PROJECT, environment

INVOICES, PRODUCTS, SELLERS = 200_000, 2000, 6
LIST = "/admin/inventory/invoice/"
WAYS = (
    "", "?p=100", "?state=open", "?state=unpaid", "?state=overdue", "?state=draft", "?state=void", "?state=settled",
    "?within=today", "?within=month", "?within=last_month", "?date_from=2020-01-01", "?salesperson=Seller+3",
    "?salesperson=Nobody", "?place=3", "?place=none", "?currency=USD", "?lines=waiting", "?lines=changed",
    "?presence=removed", "?presence=all", "?q=INV-100077", "?q=nothingatall", "?q=a",
    "?state=unpaid&salesperson=Seller+3", "?o=-4", "?state=overdue&place=2&currency=USD",
)  # fmt: skip
SEARCHES = ("INV-100077", "a", "nothingatall")


def measure(folder: Path, databases: list, invoices: int = INVOICES) -> None:
    """Fill each database; print the slowest pages, and every page that breaks a limit."""
    for database in databases:
        words = [sys.executable, "-m", "bench.documents", str(invoices)]
        done = subprocess.run(
            words,
            cwd=PROJECT,
            env=environment(database.fresh("documents"), {}, folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit("bench.documents failed; the lines above say why.")
        pages.show(f"{database.version()}, {invoices:,} invoices", json.loads(done.stdout))
        database.drop("documents")


def main(invoices: int) -> None:
    import django

    django.setup()

    from tests.access import world as worlds

    world = worlds.build()
    company = filling.catalogue(PRODUCTS, world.organization.external_id)
    filling.business(company)
    fill(company, invoices)
    cookie = pages.cookie_of(world.people["administrator"])
    sys.stdout.write(json.dumps(pages.timed(_paths(), cookie)))


def fill(company: Any, invoices: int) -> None:
    """As many invoices, thirty a day back from today, with two lines each."""
    from inventory.models import Customer, Invoice, InvoiceLine, Product, Warehouse

    now = datetime.now(UTC)
    customers = list(Customer.objects.order_by("pk").values_list("pk", "name"))
    places = list(Warehouse.objects.order_by("pk").values_list("pk", flat=True))
    states = (
        "paid",
        "paid",
        "paid",
        "sent",
        "overdue",
        "void",
        "paid",
        "draft",
        "paid",
        "partially_paid",
        "paid",
    )
    theirs: dict[str, Any] = {"organization": company, "synced_at": now, "cause": "run 1"}

    def invoice(number: int) -> Invoice:
        customer, name = customers[0 if number % 50 == 0 else number % len(customers)]
        state, total = states[number % len(states)], Decimal(number % 9000 + 1) * 250
        is_paid = state in ("paid", "void")
        day = (now - timedelta(days=number // 30)).date()
        return Invoice(
            external_id=f"81{number:014}", number=f"INV-{number:06}", reference=f"SO-{number:06}", status=state,
            date=day, due_date=day + timedelta(days=30), customer_id=customer, customer_name=name,
            salesperson_name=f"Seller {number % SELLERS}", warehouse_id=places[number % len(places)],
            currency_code="USD" if number % 3 == 0 else "IQD", exchange_rate=Decimal(1), total=total, sub_total=total,
            balance=Decimal(0) if is_paid else total, detail_at=None if number % 40 == 0 else now,
            detail_is_due=number % 40 == 0, payload=filling.PAYLOAD % number, detail_payload=filling.PAYLOAD % number,
            billing_address={"city": "Baghdad", "address": "Karrada, street 62"},
            source_created_at=now - timedelta(days=number // 30), source_modified_at=now, **theirs,
        )  # fmt: skip

    filling.write(Invoice, map(invoice, range(1, invoices + 1)))
    products = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    keys = Invoice.objects.filter(external_id__startswith="81").order_by("pk").values_list("pk", flat=True)
    filling.write(InvoiceLine, (
        InvoiceLine(
            external_id=f"{key}:{place}", document_id=key, position=place, name="كيبل شبكة", quantity=Decimal(2),
            product_id=products[(key * 2 + place) % len(products)], rate=Decimal(125), total=Decimal(250), **theirs,
        )
        for key in keys.iterator() for place in (1, 2)
    ))  # fmt: skip
    filling.analyze()


def _paths() -> Iterator[str]:
    from inventory.models import Customer, Invoice, InvoiceLine

    invoices = Invoice.objects.order_by("pk").values_list("pk", flat=True)
    busiest = Customer.objects.filter(name="مخزن النور 0").values_list("pk", flat=True)[0]
    product = InvoiceLine.objects.order_by("-pk").values_list("product", flat=True)[0]
    yield from (f"{LIST}{way}" for way in WAYS)
    yield f"{LIST}?customer={busiest}"
    yield f"{LIST}{invoices[invoices.count() // 2]}/change/"
    yield f"/admin/inventory/customer/{busiest}/change/"
    yield f"/admin/inventory/product/{product}/change/"
    yield f"/admin/inventory/product/{product}/why/"
    yield f"/admin/inventory/product/{product}/why/?before=2020-01-01"
    yield from (f"/admin/search/results/?q={typed}" for typed in SEARCHES)


if __name__ == "__main__":
    main(int(sys.argv[1]))
