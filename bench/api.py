"""What a page of the API costs beside the same rows in plain SQL: `python -m bench.api PRODUCTS`, or `measure`.

100,000 products with five stock levels each. A page of 100 from the middle goes through our whole WSGI application,
by session and by token, user and permissions included; beside it, in turn, the driver alone reads the same columns of
the same rows with their sellable sum, and orjson dumps them as the driver gives them. One process, one thread, all
warm; medians of wall time, from the request as the web server hands it over to the last byte of the answer.
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

from . import filling
from .surroundings import PROJECT, environment

PRODUCTS, PAGE, TIMES = 100_000, 100, 300
AIM = 2.0
NO_LIMITS = dict.fromkeys(("API_PER_MINUTE_TOKEN", "API_PER_MINUTE_ADDRESS"), "10000000")


def measure(folder: Path, databases: list) -> None:
    """Fill each database, and print what a page costs."""
    table = Table(title=f"A page of {PAGE} of {PRODUCTS:,} products, medians of {TIMES}")
    for name in ("database", "what", "API ms", "SQL + orjson ms", "ratio", "aim"):
        table.add_column(name, justify="left" if name in ("database", "what") else "right")
    for database in databases:
        words = [sys.executable, "-m", "bench.api", str(PRODUCTS)]
        surroundings = environment(database.fresh("api"), NO_LIMITS, folder)
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
    filling.catalogue(products)
    session, token = visitors()
    middle = products // 2
    figures: dict[str, tuple[float, float | None]] = {}
    for what, fields in (("all columns", ""), ("fields=id,name,sku", "&fields=id,name,sku")):
        address = f"/api/v1/products/?page_size={PAGE}&cursor={cursor_at(middle)}{fields}"
        for who, headers in (("session", session), ("token", token)):
            ask = asking(address, **headers)
            status, body, told = ask()
            rows = json.loads(body)["results"]
            floor = _floor(rows, middle)
            same = [str(row["id"]) for row in json.loads(floor())["results"]] == [row["id"] for row in rows]
            if status != "200 OK" or not same:
                sys.exit(f"{what}: the two do not tell the same rows ({status})")
            figures[f"{what}, {who}"] = in_turn(ask, floor)
            if not fields:
                etag = told["ETag"]
    address = f"/api/v1/products/?page_size={PAGE}&cursor={cursor_at(middle)}"
    ask = asking(address, HTTP_IF_NONE_MATCH=etag, **token)
    if ask()[0] != "304 Not Modified":
        sys.exit("the ETag does not hold")
    figures["304, token"] = (in_turn(ask, lambda: None)[0], None)
    checkpoint = json.loads(asking("/api/v1/products/?page_size=1", **token)()[1])["checkpoint"]
    ask = asking(f"/api/v1/products/?changed_since={checkpoint}", **token)
    figures["changed_since, nothing new, token"] = (in_turn(ask, lambda: None)[0], None)
    sys.stdout.write(json.dumps(figures))


def asking(address: str, **headers: str) -> Callable[[], tuple[str, bytes, dict[str, str]]]:
    """One question, ready to be put to our application again and again."""
    from django.test.client import FakePayload, RequestFactory

    from tsh_erp.wsgi import application

    environ = RequestFactory(SERVER_NAME="localhost").get(address, **headers).environ

    def ask() -> tuple[str, bytes, dict[str, str]]:
        told: list[Any] = []
        surroundings = environ | {"wsgi.input": FakePayload(b"")}
        answer = application(surroundings, lambda status, found: told.extend((status, dict(found))))
        body = b"".join(answer)
        answer.close()
        return told[0], body, told[1]

    return ask


def in_turn(ours: Callable[[], Any], floor: Callable[[], Any], times: int = TIMES) -> tuple[float, float]:
    """Medians in milliseconds of both, measured in turn so that the machine's moods meet both."""
    taken: tuple[list[float], list[float]] = ([], [])
    warm = min(20, times)
    for turn in range(times + warm):
        for act, kept in zip((ours, floor), taken, strict=True):
            began = time.perf_counter()
            act()
            if turn >= warm:
                kept.append(time.perf_counter() - began)
    return 1000 * median(taken[0]), 1000 * median(taken[1])


def cursor_at(key: int) -> str:
    from inventory.api.paging import Cursor

    return Cursor("id", None, key, False, {}).encode()


def visitors() -> tuple[dict[str, str], dict[str, str]]:
    """The headers of a session and of a token of somebody who may look, by permissions of his own, as most who ask
    are no administrators."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Permission
    from django.db.models import Q
    from django.test import Client

    from tsh_erp.access.tokens import make_token

    user, _made = get_user_model().objects.get_or_create(username="bench", defaults={"is_staff": True})
    seen = Q(codename__startswith="view_") | Q(codename="look_up_product")
    user.user_permissions.set(Permission.objects.filter(seen))
    client = Client()
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    _token, text = make_token(user=user, name="bench", scope="read", expires_at=None, maker=None)
    return {"HTTP_COOKIE": cookie}, {"HTTP_AUTHORIZATION": f"Bearer {text}"}


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
        "picture": "(SELECT i.state || i.problem || i.digest || i.width || i.height FROM inventory_productpicture i "
                   "WHERE i.product_id = p.id AND i.removed_at IS NULL)",
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
