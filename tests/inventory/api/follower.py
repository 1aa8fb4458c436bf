"""A client that keeps its own copy of the catalogue by `changed_since`, and writers that disturb him."""

from __future__ import annotations

import json
import random
import threading
from decimal import Decimal

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from inventory.models import (
    Customer,
    Organization,
    PriceList,
    PriceListItem,
    Product,
    StockLevel,
    Warehouse,
)
from zoho_sync.upsert import upsert

LISTS = ("products", "customers", "price-lists", "prices", "stock-levels", "warehouses")


class Follower:
    """{list: {id: row}}, from nothing but answers of the API."""

    def __init__(self, client: Client, page_size: int = 50):
        self.client, self.page_size = client, page_size
        self.copies: dict[str, dict[str, dict]] = {name: {} for name in LISTS}
        self.checkpoints: dict[str, str] = {}
        self.rows_read = 0

    def follow(self) -> None:
        for name in LISTS:
            since = f"changed_since={self.checkpoints[name]}" if name in self.checkpoints else "removed=all"
            checkpoint = None
            address = f"/api/v1/{name}/?page_size={self.page_size}&{since}"
            while address:
                response = self.client.get(address)
                assert response.status_code == 200, response.content
                page = json.loads(response.content)
                checkpoint = checkpoint or page["checkpoint"]
                assert page["checkpoint"] == checkpoint
                self.rows_read += len(page["results"])
                self.copies[name] |= {row["id"]: row for row in page["results"]}
                address = page["next"]
            self.checkpoints[name] = checkpoint

    def differences(self) -> list[str]:
        """What the copy has otherwise than a fresh reading of everything."""
        fresh = Follower(self.client, 500)
        fresh.follow()
        return [
            f"{name} {key}"
            for name in LISTS
            for key in self.copies[name].keys() | fresh.copies[name].keys()
            if self.copies[name].get(key) != fresh.copies[name].get(key)
        ]


class Writers:
    """Threads that each change random rows, in transactions of several rows that last a moment, as the loader, staff
    and tombstones do; each its own share of the rows, so that none waits for long."""

    def __init__(self, organization: Organization, *, changes: int, threads: int, seed: int):
        self.organization, self.threads = organization, threads
        self.each, self.seed = changes // threads, seed
        self.errors: list[BaseException] = []
        self._running = [threading.Thread(target=self._work, args=(number,)) for number in range(threads)]

    def start(self) -> None:
        for thread in self._running:
            thread.start()

    def are_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._running)

    def join(self) -> None:
        for thread in self._running:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _work(self, number: int) -> None:
        rng = random.Random(self.seed * 1000 + number)
        try:
            done = 0
            while done < self.each:
                with transaction.atomic():
                    for _ in range(rng.randint(1, 8)):
                        self._change(rng, number)
                        done += 1
                    if rng.random() < 0.1:
                        transaction.set_rollback(True)  # what is taken back has never happened
        except BaseException as error:  # told in the test's own thread
            self.errors.append(error)
        finally:
            connection.close()

    def _change(self, rng: random.Random, number: int) -> None:
        now, figure = timezone.now(), Decimal(rng.randint(-50, 5000)) / 10
        mine = number * 10_000

        def some(model):
            """One row of those that this thread alone writes."""
            keys = model.objects.order_by().values_list("pk", flat=True)
            return model.objects.filter(
                pk=rng.choice([key for key in keys if key % self.threads == number] or [0])
            )

        kinds = {
            "load products": lambda: upsert(
                Product,
                _names(Product),
                [_values(Product, self.organization, f"{mine + rng.randint(0, 60)}", now, name=f"N{figure}")
                 for _ in range(1)],
                key=("organization_id", "external_id"),
                keep=frozenset({"notes", "is_hidden", "reorder_point"}),
            ),
            "stock": lambda: some(StockLevel).update(available_for_sale=figure, synced_at=now),
            "unknown": lambda: some(StockLevel).update(available_for_sale=None, on_hand=None),
            "price": lambda: some(PriceListItem).update(rate=figure),
            "edit": lambda: some(Product).update(notes=f"note {figure}", edited_at=now),
            "customer": lambda: some(Customer).update(receivable=figure),
            "relink": lambda: some(Customer).update(price_list=PriceList.objects.order_by("?").first()),
            "bury": lambda: some(Product).update(removed_at=now, removed_reason="gone"),
            "bury level": lambda: some(StockLevel).update(removed_at=now),
            "revive": lambda: some(Product).update(removed_at=None, removed_reason=""),
            "revive level": lambda: some(StockLevel).update(removed_at=None),
            "sells": lambda: some(Warehouse).update(sells=rng.random() < 0.5),
            "rename list": lambda: some(PriceList).update(name=f"L{figure}"),
        }  # fmt: skip
        weights = {"load products": 6, "stock": 6, "sells": 1, "rename list": 1}
        kind = rng.choices([*kinds], [weights.get(name, 3) for name in kinds])[0]
        kinds[kind]()


def _names(model) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


def _values(model, organization, external_id: str, now, **told) -> list:
    row = model(organization=organization, external_id=external_id, synced_at=now, cause="run 9", **told)
    return [getattr(row, name) for name in _names(model)]
