"""The floor, measured: the least that could be called the same sync.

python -m bench.floor COLUMNS.JSON written|read ENTITY…

Pages by `requests`, decoded by orjson (numbers become floats, nothing is checked), written to our own tables with their
own indexes, raw records kept: COPY on PostgreSQL, executemany on SQLite, one commit a page. PostgreSQL's planner hears
of growing tables as often as from us. No Django, no comparison, no history, no stale answers, no limits on calls, no
retries, no fetching ahead.

"read" is the same without its writes, upon what "written" has left: the pages are fetched, decoded and gone through,
and no row is made of them.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
import requests

from .meter import metered

NOW = datetime.now(UTC).isoformat(sep=" ")
PER_PAGE = 200
FIRST, TIMES = 1_000, 4  # as in zoho_sync/statistics.py
JOURNAL = "inventory_rowchange"  # which the tables' triggers fill


class Zoho:
    """Reads the sandbox; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._session = requests.Session()
        self._session.trust_env = False
        self._base = os.environ["ZOHO_API_BASE_URL"] + "/inventory/v1/"
        self._organization = {"organization_id": os.environ["ZOHO_ORGANIZATION_ID"]}
        form = {
            name: os.environ[f"ZOHO_{name.upper()}"]
            for name in ("client_id", "client_secret", "refresh_token")
        }
        answer = self._session.post(
            os.environ["ZOHO_ACCOUNTS_URL"] + "/oauth/v2/token", data=form | {"grant_type": "refresh_token"}
        )
        self._session.headers["Authorization"] = f"Zoho-oauthtoken {answer.json()['access_token']}"

    def get(self, path: str, **params: Any) -> dict:
        self.calls += 1
        answer = self._session.get(self._base + path, params=params | self._organization)
        answer.raise_for_status()
        return orjson.loads(answer.content)

    def pages(self, path: str, **params: Any) -> Iterator[list[dict]]:
        page, more = 0, True
        while more:
            page += 1
            answer = self.get(path, page=page, per_page=PER_PAGE, **params)
            yield answer[path]
            more = answer["page_context"]["has_more_page"]


class Table:
    """Bulk inserts into one of our tables, as bench.columns describes it. links: its foreign keys, in order."""

    def __init__(self, database, description: dict[str, Any], *links: str):
        self._database = database
        self._told = [(key, nothing, is_json) for _, key, nothing, is_json in description["told"]]
        self._rest = list(description["rest"].values())
        names = [column for column, *_ in description["told"]] + list(description["rest"])
        names += ["organization_id", "external_id", "synced_at", "payload", *links]
        self._name, self._written, self._due = description["table"], 0, FIRST
        self._statement = f"{self._name} ({', '.join(names)})"
        self._marks = ", ".join("?" * len(names))

    def row(self, payload: dict, external_id: str, *links: int) -> list:
        values = []
        for key, nothing, is_json in self._told:
            value = payload.get(key)
            if value is None or value == "":
                value = nothing
            elif is_json:
                value = orjson.dumps(value).decode()
            values.append(value)
        return [*values, *self._rest, 1, external_id, NOW, orjson.dumps(payload).decode(), *links]

    def insert(self, rows: list[list]) -> None:
        if isinstance(self._database, sqlite3.Connection):
            with self._database:
                self._database.executemany(f"INSERT INTO {self._statement} VALUES ({self._marks})", rows)  # noqa: S608
            return
        with (
            self._database.transaction(),
            self._database.cursor().copy(f"COPY {self._statement} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        self._written += len(rows)
        if self._written >= self._due:
            self._due = self._written * TIMES
            self._database.execute(f"ANALYZE {self._name}, {JOURNAL}")


class Unwritten(Table):
    """Of the same table: nothing is made of its records."""

    def row(self, payload: dict, external_id: str, *links: int) -> list:
        return []

    def insert(self, rows: list[list]) -> None:
        return


def connect(address: str):
    if address.startswith("sqlite:///"):
        connection = sqlite3.connect(address.removeprefix("sqlite:///"))
        connection.executescript(
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-16384;PRAGMA temp_store=MEMORY;"
            "PRAGMA foreign_keys=ON;"
        )
        return connection
    return psycopg.connect(address, autocommit=True)


class Floor:
    """One method an entity; each returns how many rows it wrote."""

    def __init__(self, database, zoho: Zoho, columns: dict[str, dict], *, writes: bool):
        self.database, self.zoho, self.columns, self.writes = database, zoho, columns, writes

    def _ids(self, table: str) -> dict[str, int]:
        rows = self.database.execute(f"SELECT external_id, id FROM {table}")  # noqa: S608
        return dict(rows.fetchall())

    def _table(self, name: str, *links: str) -> Table:
        return (Table if self.writes else Unwritten)(self.database, self.columns[name], *links)

    def warehouses(self) -> int:
        if self.writes:
            self.database.execute(
                "INSERT INTO inventory_organization (id, external_id, name, currency_code, time_zone, created_at) "
                "VALUES (1, '1', '', '', '', CURRENT_TIMESTAMP)"
            )
        places, table = self.zoho.get("locations")["locations"], self._table("warehouses")
        table.insert([table.row(each, each["location_id"]) for each in places])
        return len(places)

    def products(self) -> int:
        table, count = self._table("products"), 0
        for page in self.zoho.pages(
            "items", filter_by="Status.All", sort_column="created_time", sort_order="A"
        ):
            table.insert([table.row(item, item["item_id"]) for item in page])
            count += len(page)
        return count

    def stock(self) -> int:
        table, count = self._table("stock", "product_id", "warehouse_id"), 0
        places = self._ids("inventory_warehouse")
        tracked = self.database.execute(
            "SELECT external_id, id FROM inventory_product WHERE is_tracked ORDER BY id"
        )
        products = tracked.fetchall()
        for start in range(0, len(products), PER_PAGE):
            keys = dict(products[start : start + PER_PAGE])
            rows = []
            for item in self.zoho.get("itemdetails", item_ids=",".join(keys))["items"]:
                item_id = item["item_id"]
                for place in item["locations"]:
                    place_id = place["location_id"]
                    rows.append(table.row(place, f"{item_id}:{place_id}", keys[item_id], places[place_id]))
            table.insert(rows)
            count += len(rows)
        return count

    def price_lists(self) -> int:
        lists, prices = self._table("price_lists"), self._table("prices", "price_list_id", "product_id")
        count, products = 0, self._ids("inventory_product")
        for page in self.zoho.pages("pricebooks", filter_by="SalesOrPurchaseType.All"):
            lists.insert([lists.row(each, each["pricebook_id"]) for each in page])
            keys = self._ids("inventory_pricelist")
            for list_id in (each["pricebook_id"] for each in page):
                entries = self.zoho.get(f"pricebooks/{list_id}")["pricebook"].get("pricebook_items", [])
                items = [(each, each["item_id"]) for each in entries]
                prices.insert(
                    [
                        prices.row(each, f"{list_id}:{item}", keys[list_id], products[item])
                        for each, item in items
                    ]
                )
                count += 1 + len(items)
        return count


def main(columns: str, way: str, entities: list[str]) -> None:
    zoho = Zoho()
    described = orjson.loads(Path(columns).read_bytes())
    floor = Floor(connect(os.environ["DATABASE_URL"]), zoho, described, writes=way == "written")
    for name in entities:
        calls = zoho.calls
        with metered(name) as figures:
            figures.rows = getattr(floor, name)()
            figures.calls = zoho.calls - calls


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
