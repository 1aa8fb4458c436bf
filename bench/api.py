"""What a page of the API costs beside the same rows in plain SQL: `python -m bench.api PRODUCTS`, or `measure`.

100,000 products with five stock levels each. A page of 100 from the middle goes through our whole WSGI application,
session, user and permissions included; beside it, in turn, the driver alone reads the same columns of the same rows
with their sellable sum, and orjson dumps them as the driver gives them. One process, one thread, all warm; medians of
wall time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from .surroundings import PROJECT, environment

PRODUCTS, PLACES, PAGE, TIMES = 100_000, 5, 100, 300
AIM = 2.0
PAYLOAD = '{"item_id":"%s","filler":"' + "x" * 1500 + '"}'


def measure(folder: Path, databases: list) -> None:
    """Fill each database, and print what a page costs."""
    table = Table(title=f"A page of {PAGE} of {PRODUCTS:,} products, medians of {TIMES}")
    for name in ("database", "what", "API ms", "SQL + orjson ms", "ratio", "aim"):
        table.add_column(name, justify="left" if name in ("database", "what") else "right")
    for database in databases:
        words = [sys.executable, "-m", "bench.api", str(PRODUCTS)]
        surroundings = environment(database.fresh("api"), {}, folder)
        done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit("bench.api failed; the lines above say why.")
        for what, (ours, floor) in json.loads(done.stdout).items():
            has_floor = floor is not None
            table.add_row(
                database.version(), what, f"{ours:.2f}", f"{floor:.2f}" if has_floor else "",
                f"{ours / floor:.1f}" if has_floor else "", f"{AIM}" if has_floor else "",
            )  # fmt: skip
        database.drop("api")
    Console(highlight=False, width=110).print(table)


# --- In a process of its own ---------------------------------------------------------------------------


def main(products: int) -> None:
    import django

    django.setup()
    from django.test.client import RequestFactory

    from tsh_erp.wsgi import application

    _fill(products)
    cookie = _cookie()
    factory = RequestFactory(SERVER_NAME="localhost", HTTP_COOKIE=cookie)

    def ask(address: str, **headers: str) -> tuple[str, bytes, dict[str, str]]:
        told: list[Any] = []
        environ = factory.get(address, **headers).environ
        answer = application(environ, lambda status, found: told.extend((status, dict(found))))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return told[0], body, told[1]

    middle = products // 2
    figures = {}
    for what, fields in (("all columns", ""), ("fields=id,name,sku", "&fields=id,name,sku")):
        cursor = _cursor(middle)
        address = f"/api/v1/products/?page_size={PAGE}&cursor={cursor}{fields}"
        status, body, headers = ask(address)
        rows = json.loads(body)["results"]
        floor = _floor(rows, middle)
        same = [str(row["id"]) for row in json.loads(floor())["results"]] == [row["id"] for row in rows]
        if status != "200 OK" or not same:
            sys.exit(f"{what}: the two do not tell the same rows ({status})")
        figures[what] = _in_turn(lambda address=address: ask(address), floor)
        if not fields:
            etag = headers["ETag"]
    address = f"/api/v1/products/?page_size={PAGE}&cursor={_cursor(middle)}"
    if ask(address, HTTP_IF_NONE_MATCH=etag)[0] != "304 Not Modified":
        sys.exit("the ETag does not hold")
    figures["304"] = (_in_turn(lambda: ask(address, HTTP_IF_NONE_MATCH=etag), lambda: None)[0], None)
    checkpoint = json.loads(ask("/api/v1/products/?page_size=1")[1])["checkpoint"]
    address = f"/api/v1/products/?changed_since={checkpoint}"
    figures["changed_since, nothing new"] = (_in_turn(lambda: ask(address), lambda: None)[0], None)
    sys.stdout.write(json.dumps(figures))


def _in_turn(ours: Callable[[], Any], floor: Callable[[], Any]) -> tuple[float, float]:
    """Medians in milliseconds of both, measured in turn so that the machine's moods meet both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(TIMES + 20):
        for act, kept in zip((ours, floor), times, strict=True):
            began = time.perf_counter()
            act()
            if turn >= 20:
                kept.append(time.perf_counter() - began)
    return 1000 * median(times[0]), 1000 * median(times[1])


def _cursor(key: int) -> str:
    from inventory.api.paging import Cursor

    return Cursor("id", None, key, False, {}).encode()


def _cookie() -> str:
    """Of a session of somebody who may look, by permissions of his own, as most who ask are no administrators."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Permission
    from django.test import Client

    user = get_user_model().objects.create(username="bench", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _fill(products: int) -> None:
    from datetime import UTC, datetime
    from decimal import Decimal

    from django.db import connection, transaction

    from inventory.models import Organization, Product, StockLevel, Warehouse
    from zoho_sync.upsert import upsert

    now = datetime.now(UTC)
    organization = Organization.objects.create(external_id="1", name="Bench", currency_code="IQD")
    places = [
        Warehouse.objects.create(
            organization=organization,
            external_id=str(number),
            name=f"W{number}",
            synced_at=now,
            sells=number < 2,
        )
        for number in range(PLACES)
    ]

    def write(model, rows: list) -> None:
        names = tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)
        values = [[getattr(row, name) for name in names] for row in rows]
        with transaction.atomic():
            upsert(model, names, values, key=("organization_id", "external_id"))

    for start in range(0, products, 2000):
        numbers = range(start + 1, min(start + 2000, products) + 1)
        write(Product, [
            Product(
                organization=organization, external_id=f"51{number:014}", name=f"كيبل شبكة {number}",
                sku=f"SKU-{number}" if number % 2 else "", synced_at=now, cause="run 1", status="active",
                is_active=True, is_tracked=True, unit="pcs", unit_price=Decimal(number) / 4, brand="Ugreen",
                category_name="Cables", description="A cable. " * 20, payload=PAYLOAD % number,
                custom_fields={"cf_colour": "black"}, source_modified_at=now, source_created_at=now,
                purchase_price=Decimal(number) / 5,
            )
            for number in numbers
        ])  # fmt: skip
        first = Product.objects.order_by("-pk").values_list("pk", flat=True)[0] - len(numbers) + 1
        write(StockLevel, [
            StockLevel(
                organization=organization, external_id=f"{number}:{place.external_id}", product_id=first + offset,
                warehouse=place, synced_at=now, on_hand=number % 50, available_for_sale=number % 50,
            )
            for offset, number in enumerate(numbers) for place in places
        ])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _floor(rows: list[dict[str, Any]], middle: int) -> Callable[[], bytes]:
    """Reads the same names of the same rows by the driver alone, and dumps them."""
    import orjson
    from django.db import connection

    columns = {
        "id": "p.id", "organization": "o.external_id", "base_price": "p.unit_price",
        "purchase_price": "p.purchase_price",
        "sellable": "(SELECT sum(l.available_for_sale) FROM inventory_stocklevel l "
                    "JOIN inventory_warehouse w ON w.id = l.warehouse_id WHERE l.product_id = p.id "
                    "AND l.removed_at IS NULL AND w.sells AND w.removed_at IS NULL)",
        "sellable_unknown": "NULL",
    }  # fmt: skip
    names = [name for name in rows[0] if name != "local"]
    if "local" in rows[0]:
        names += ["reorder_point", "is_hidden", "notes"]
    listed = ", ".join(columns.get(name, f"p.{name}") for name in names)
    sql = (
        f"SELECT {listed} FROM inventory_product p JOIN inventory_organization o ON o.id = p.organization_id "  # noqa: S608
        f"WHERE p.id > {middle} AND p.removed_at IS NULL ORDER BY p.id LIMIT {PAGE + 1}"
    )

    def read() -> bytes:
        connection.ensure_connection()  # it is renewed after a minute
        raw = connection.connection.cursor()
        raw.execute(sql)
        told = [dict(zip(names, row, strict=True)) for row in raw.fetchall()[:PAGE]]
        return orjson.dumps({"results": told}, default=str)

    return read


if __name__ == "__main__":
    main(int(sys.argv[1]))
