"""What documents cost by the API beside the same rows in plain SQL: `python -m bench.api_documents INVOICES`.

200,000 invoices; those around the middle have five lines each. As in bench.api: our whole WSGI application by token,
beside it the driver alone and orjson, in turn, one process, all warm, medians of wall time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from . import api, filling
from .api import AIM, NO_LIMITS, PAGE, TIMES
from .surroundings import PROJECT, environment

INVOICES, WITH_LINES, LINES = 200_000, 500, 5
SLOW_TIMES = 10  # of what reads them all


def measure(folder: Path, databases: list) -> None:
    """Fill each database, and print what a page costs."""
    table = Table(title=f"A page of {PAGE} of {INVOICES:,} invoices by token, medians of {TIMES}")
    for name in ("database", "what", "API ms", "SQL + orjson ms", "ratio", "aim"):
        table.add_column(name, justify="left" if name in ("database", "what") else "right")
    for database in databases:
        words = [sys.executable, "-m", "bench.api_documents", str(INVOICES)]
        surroundings = environment(database.fresh("api_documents"), NO_LIMITS, folder)
        done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit("bench.api_documents failed; the lines above say why.")
        for what, (ours, floor) in json.loads(done.stdout).items():
            beside = (f"{floor:.2f}", f"{ours / floor:.1f}", f"{AIM}") if floor is not None else ("", "", "")
            table.add_row(database.version(), what, f"{ours:.2f}", *beside)
        database.drop("api_documents")
    Console(highlight=False, width=110).print(table)


# --- In a process of its own ---------------------------------------------------------------------------


def main(invoices: int) -> None:
    import django

    django.setup()
    middle = invoices // 2
    fill(invoices, middle)
    _session, token = api.visitors()
    figures: dict[str, tuple[float, float | None]] = {}
    start = f"/api/v1/invoices/?page_size={PAGE}&cursor={api.cursor_at(middle)}"
    few = "id,number,date,customer,total,balance"
    for what, fields in (
        ("all columns", ""),
        (f"fields={few}", f"&fields={few}"),
        ("with lines", f"&fields={few},lines"),
    ):
        ask = api.asking(start + fields, **token)
        status, body, _headers = ask()
        rows = json.loads(body)["results"]
        floor = _floor(rows, middle)
        same = [str(row["id"]) for row in json.loads(floor())["results"]] == [row["id"] for row in rows]
        if status != "200 OK" or not same:
            sys.exit(f"{what}: the two do not tell the same rows ({status})")
        figures[what] = api.in_turn(ask, floor)
    others = {
        "unpaid, by the day of its due date": "?unpaid=true&ordering=due_date",
        "latest first": "?ordering=-date",
        "of one customer": "?customer=c7&ordering=-date",
        "q": "?q=INV-1234",
        "totals of all": "totals/",
        "totals of one customer": "totals/?customer=c7",
    }
    for what, address in others.items():
        ask = api.asking(f"/api/v1/invoices/{address}", **token)
        if ask()[0] != "200 OK":
            sys.exit(f"{what} is refused")
        figures[what] = (api.in_turn(ask, lambda: None, times=SLOW_TIMES)[0], None)
    sys.stdout.write(json.dumps(figures))


def fill(invoices: int, middle: int) -> None:
    from inventory.models import Customer, Invoice, InvoiceLine, Organization, Product
    from inventory.searching import lines

    now, first = datetime.now(UTC), date(2024, 1, 1)
    company = Organization.objects.create(external_id="1", name="Bench", currency_code="IQD")
    theirs: dict[str, Any] = {"organization": company, "synced_at": now, "cause": "run 1"}
    filling.write(Customer, (
        Customer(external_id=f"c{number}", name=f"مخزن النور {number}", **theirs) for number in range(2500)
    ))  # fmt: skip
    filling.write(
        Product, (Product(external_id=f"p{number}", name=f"كيبل {number}", **theirs) for number in range(50))
    )
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    products = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    filling.write(Invoice, (
        Invoice(
            external_id=f"52{number:014}", number=f"INV-{number}", status="paid" if number % 20 else "sent",
            date=first + timedelta(days=number // 220), due_date=first + timedelta(days=number // 220 + 14),
            customer_id=customers[number % 2500], customer_external_id=f"c{number % 2500}",
            customer_name=f"مخزن النور {number % 2500}", salesperson_name="Zainab", exchange_rate=Decimal(1310),
            currency_code="USD" if number % 3 else "IQD", total=Decimal(number) / 4, sub_total=Decimal(number) / 4,
            balance=Decimal(0) if number % 20 else Decimal(number) / 4, source_modified_at=now, source_created_at=now,
            search_text=lines((f"52{number:014}", f"INV-{number}", f"مخزن النور {number % 2500}")),
            custom_fields={"cf_route": "3"}, payload=filling.PAYLOAD % number, **theirs,
        )
        for number in range(1, invoices + 1)
    ))  # fmt: skip
    beside = Invoice.objects.filter(pk__gt=middle - WITH_LINES, pk__lt=middle + WITH_LINES)
    filling.write(InvoiceLine, (
        InvoiceLine(
            external_id=f"{key}-{place}", document_id=key, position=place, name="كيبل", unit="pcs", quantity=place + 1,
            product_id=products[(key + place) % 50], product_external_id="p", rate=Decimal("12.5"), total=Decimal("25"),
            **theirs,
        )
        for key in beside.values_list("pk", flat=True) for place in range(LINES)
    ))  # fmt: skip
    filling.analyze()


def _floor(rows: list[dict[str, Any]], middle: int) -> Callable[[], bytes]:
    """Reads the columns behind the same names of the same rows, and their lines if there are any, and dumps them."""
    import orjson
    from django.db import connection

    from inventory.api.documents.sales import INVOICES as KIND

    names = [name for name in rows[0] if name != "lines"]
    listed = _columns([KIND.shape.by_name[name] for name in names], "d")
    sql = (
        f"SELECT d.id, {listed} FROM inventory_invoice d JOIN inventory_organization o ON o.id = d.organization_id "  # noqa: S608
        f"WHERE d.id > {middle} AND d.removed_at IS NULL ORDER BY d.id LIMIT {PAGE + 1}"
    )
    told = ["id", *listed.split(", ")]
    shape: Any = KIND.shape
    parts = _columns(shape.parts.columns, "l")
    part_names = ["document_id", *parts.split(", ")]
    lines = (
        f"SELECT l.document_id, {parts} FROM inventory_invoiceline l "  # noqa: S608
        "WHERE l.document_id IN (%s) AND l.removed_at IS NULL ORDER BY l.position, l.id"
    )

    def read() -> bytes:
        connection.ensure_connection()  # it is renewed after a minute
        raw = connection.connection.cursor()
        raw.execute(sql)
        found = [dict(zip(told, row, strict=True)) for row in raw.fetchall()[:PAGE]]
        if "lines" in rows[0]:
            by_key: dict[Any, list] = {row["id"]: [] for row in found}
            raw.execute(lines % ",".join(map(str, by_key)))
            for line in raw.fetchall():
                by_key[line[0]].append(dict(zip(part_names, line, strict=True)))
            for row in found:
                row["lines"] = by_key[row["id"]]
        return orjson.dumps({"results": found}, default=str)

    return read


def _columns(columns: Any, table: str) -> str:
    """The columns of the table itself that stand behind these, each once."""
    paths = dict.fromkeys(path for column in columns for path in column.paths if path not in ("pk", "id"))
    return ", ".join(
        "o.external_id" if path == "organization__external_id" else f"{table}.{path}"
        for path in paths
        if "__" not in path or path == "organization__external_id"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
