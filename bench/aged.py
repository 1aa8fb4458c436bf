"""What years leave behind costs: `python -m bench.aged PAST TURNS`, or `measure`.

A webhook from its arrival to its end, a look of the supervisor, a round of the watch and a clearing away of old rows:
on the first day, and after so many webhooks, each with a run of its own. Medians of wall times, in their own process.
"""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from .surroundings import PROJECT, environment, sandbox

PAST, TURNS = 60_000, 7


def measure(folder: Path, databases: list, options: Any) -> None:
    table = Table(title=f"ms, on the first day and after {PAST:,} webhooks; medians of {TURNS}")
    for name in (
        "",
        *(
            f"{each.version().partition(' (')[0]}, {when}"
            for each in databases
            for when in ("first day", "after")
        ),
    ):
        table.add_column(name, justify="right" if name else "left")
    rows: dict[str, list[str]] = {}
    with sandbox(2_000, options.warehouses, 300) as zoho:
        for database in databases:
            surroundings = environment(database.fresh("aged"), zoho, folder)
            for name, times in json.loads(_in_process(surroundings, str(PAST), str(TURNS))).items():
                rows.setdefault(name, []).extend(f"{1000 * median(each):.0f}" for each in times)
            database.drop("aged")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    Console(highlight=False, width=150).print(table)


def _in_process(surroundings: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.aged", *words],
        cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit("bench.aged failed; the lines above say why.")
    return done.stdout


# --- In a process of its own ---------------------------------------------------------------------------


def main(past: int, turns: int) -> None:
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.conf import settings

    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": 10**6}
    from inventory.models import Organization, Product
    from monitoring import watch
    from zoho_sync import housekeeping, services
    from zoho_sync.options import SyncMode, Trigger

    entities = ["warehouses", "products", "stock", "price_lists"]
    for run in services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND, entities=entities):
        services.work_here(run)
    company = Organization.objects.get()
    items = iter(Product.objects.order_by("pk").values_list("external_id", flat=True))
    steps: dict[str, Callable[[], object]] = {
        "a webhook": lambda: _webhook(company, next(items)),
        "the supervisor's look": services.requeue_lost,
        "a round of the watch": watch.look_once,
        "clearing away": housekeeping.prune,
    }
    first_day = {name: _times(step, turns) for name, step in steps.items()}
    _live_on(company, past)
    told = {name: [first_day[name], _times(step, turns)] for name, step in steps.items()}
    sys.stdout.write(json.dumps(told))


def _times(step: Callable[[], object], turns: int) -> list[float]:
    step()  # what is read once, is read
    found = []
    for _turn in range(turns):
        began = time.perf_counter()
        step()
        found.append(time.perf_counter() - began)
    return found


def _webhook(company: Any, item_id: str) -> None:
    """It lies in the inbox, is drained, its item is read, and it is settled."""
    from django.db import transaction

    from zoho_sync import services
    from zoho_sync.models import WebhookDelivery
    from zoho_sync.webhooks import doorbell, draining

    with transaction.atomic():
        delivery = WebhookDelivery.objects.create(**_delivery(company, item_id, datetime.now(UTC)))
        doorbell.ring(company.pk)
    for run in draining.drain(company.pk):
        services.work_here(run)
    delivery.refresh_from_db()
    if delivery.status != WebhookDelivery.Status.APPLIED:
        sys.exit(f"The delivery is {delivery.status}: {delivery.reason}")


def _live_on(company: Any, past: int) -> None:
    """So many webhooks, one a minute, each with its run and its line in the ledger."""
    from zoho_sync.models import ApiUsage, SyncRun, WebhookDelivery

    now = datetime.now(UTC)
    for start in range(0, past, 5_000):
        each_at = [
            now - timedelta(minutes=number) for number in range(start + 1, min(start + 5_000, past) + 1)
        ]
        runs = SyncRun.objects.bulk_create(
            [
                SyncRun(
                    organization=company, entity="products", mode="realtime", trigger="webhook", status="succeeded",
                    created_at=at, started_at=at, finished_at=at, options={"ids": ["5200000000000000001"]},
                )
                for at in each_at
            ],
            batch_size=500,
        )  # fmt: skip
        WebhookDelivery.objects.bulk_create(
            [
                WebhookDelivery(
                    **_delivery(company, "5200000000000000001", at) | {"status": "applied", "run": run}
                )
                for at, run in zip(each_at, runs, strict=True)
            ],
            batch_size=500,
        )
        ApiUsage.objects.bulk_create(
            [
                ApiUsage(
                    organization=company, day=at.date(), api="inventory", endpoint="itemdetails", run_number=run.pk,
                    calls_count=1,
                )
                for at, run in zip(each_at, runs, strict=True)
            ],
            batch_size=500,
        )  # fmt: skip


def _delivery(company: Any, item_id: str, at: datetime) -> dict[str, Any]:
    from zoho_sync.models import WebhookDelivery

    body = json.dumps({"item": {"item_id": item_id}, "at": at.isoformat(), "filler": "x" * 1500}).encode()
    return {
        "organization": company,
        "subject": "item",
        "record_id": item_id,
        "entity": "products",
        "door": "items",
        "proof": WebhookDelivery.Proof.ZOHO_SIGNATURE,
        "content_hash": hashlib.sha256(body).hexdigest(),
        "body": body,
        "received_at": at,
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
