"""What every page of the admin costs at 100,000 products: `python -m bench.pages PRODUCTS`, or `measure`.

A company of that size with five stock levels of each product, half as many customers, prices, histories, runs, failures
and webhooks. An administrator asks for every page of the access matrix, and for the first and a middle page of every
list and a middle record, through our whole WSGI application. One process, one thread, all warm; the best wall time of a
few, as whatever else the machine does can only add to it.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from . import filling
from .surroundings import PROJECT, environment

PRODUCTS, TIMES, SHOWN = 100_000, 5, 25
MOST_MS, MOST_KB, MOST_ZIPPED_KB = 300, 300, 60
KILO = 1000
SEARCHED = ("a", "cable", "SKU-77", "black cable 10m", "510000000000077", "nothingatall", "sync", "%23118")


def measure(folder: Path, databases: list, products: int = PRODUCTS) -> None:
    """Fill each database; print the slowest pages, and every page that breaks a limit."""
    for database in databases:
        words = [sys.executable, "-m", "bench.pages", str(products)]
        done = subprocess.run(
            words,
            cwd=PROJECT,
            env=environment(database.fresh("pages"), {}, folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit("bench.pages failed; the lines above say why.")
        show(f"{database.version()}, {products:,} products", json.loads(done.stdout))
        database.drop("pages")


def show(title: str, pages: list[dict[str, Any]]) -> None:
    pages.sort(key=lambda page: -page["ms"])
    over = [page for page in pages if _breaks(page)]
    shown = over + [page for page in pages if page not in over][: max(0, SHOWN - len(over))]
    table = Table(title=f"{title}: {len(pages)} pages, {len(over)} beyond a limit")
    for name in ("page", "ms", "queries", "KB", "KB zipped"):
        table.add_column(name, justify="left" if name == "page" else "right")
    for page in shown:
        table.add_row(
            page["path"], f"{page['ms']:.0f}", str(page["queries"]), f"{page['kb']:.0f}", f"{page['zipped']:.0f}",
            style="bold red" if _breaks(page) else "",
        )  # fmt: skip
    table.caption = f"limits: {MOST_MS} ms, {MOST_KB} KB, {MOST_ZIPPED_KB} KB zipped; best of {TIMES}"
    Console(highlight=False, width=120).print(table)


def _breaks(page: dict[str, Any]) -> bool:
    return page["ms"] > MOST_MS or page["kb"] > MOST_KB or page["zipped"] > MOST_ZIPPED_KB


# --- In a process of its own ---------------------------------------------------------------------------


def main(products: int) -> None:
    import django

    django.setup()

    from tests.access import world as worlds

    world = worlds.build()
    company = filling.catalogue(products, world.organization.external_id)
    filling.business(company)
    sys.stdout.write(json.dumps(timed(_paths(world), cookie_of(world.people["administrator"]))))


def cookie_of(person: Any) -> str:
    """The header of somebody who has signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def timed(paths: Iterable[str], cookie: str) -> list[dict[str, Any]]:
    """What each page costs; the first time of each, when nothing is warm, is not counted."""
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    told = []
    for path in dict.fromkeys(paths):
        times = []
        for turn in range(TIMES + 1):
            reset_queries()  # Django keeps no more than nine thousand
            with CaptureQueriesContext(connection) as queries:
                began = time.perf_counter()
                status, body = _ask(path, cookie)
                took = KILO * (time.perf_counter() - began)
            if turn:
                times.append(took)
        if status == 302 and "?p=" in path:
            continue  # so far it does not go
        if status != 200:
            sys.exit(f"{path} answers {status}")
        told.append(
            {
                "path": path,
                "ms": min(times),
                "queries": len(queries),
                "kb": len(body) / KILO,
                "zipped": len(gzip.compress(body)) / KILO,
            }
        )
    return told


def _ask(path: str, cookie: str) -> tuple[int, bytes]:
    from django.test.client import FakePayload, RequestFactory

    from tsh_erp.wsgi import application

    environ = RequestFactory(SERVER_NAME="localhost").get(path, HTTP_COOKIE=cookie).environ
    told: list[str] = []
    answer = application(
        environ | {"wsgi.input": FakePayload(b"")}, lambda status, _headers: told.append(status)
    )
    body = b"".join(answer)
    answer.close()
    return int(told[0].split()[0]), body


def _paths(world: Any) -> Iterator[str]:
    from django.contrib import admin
    from django.urls import NoReverseMatch, reverse

    from tests.access.matrix import rooms

    yield from (f"/admin/search/results/?q={typed}" for typed in SEARCHED)
    exports = "export"  # streams the whole list; its time is that of the table
    for rows in rooms().values():
        for row in rows:
            is_page = row.route.startswith("admin/") and row.method == "GET" and exports not in row.route
            if is_page and row.expected()["administrator"] == 200:
                yield row.address(world)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
        count = keys.count()
        if count < KILO:
            continue
        try:
            listed, alone = reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[keys[count // 2]])
        except NoReverseMatch:
            continue
        yield from (listed, f"{listed}?p=100", f"{listed}?q=SKU-77", alone)


if __name__ == "__main__":
    main(int(sys.argv[1]))
