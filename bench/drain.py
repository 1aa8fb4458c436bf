"""How fast a backlog of webhooks drains: `python -m bench.drain DELIVERIES` in a process of its own, or `measure`.

Every item has changed, and each has several hints in the inbox. The queue's jobs are done one after the other in one
process, as one worker would; Zoho is the sandbox, which answers at once.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

from .surroundings import PROJECT, environment, sandbox

ITEMS, DELIVERIES = 2_000, 10_000
AIM = 50  # deliveries a second


def measure(folder: Path, databases: list) -> None:
    """Drain a backlog on each database, and print the rates."""
    table = Table(title=f"A backlog of {DELIVERIES:,} webhooks about {ITEMS:,} items, all of them changed")
    for name in ("database", "runs", "calls", "seconds", "deliveries/s", "aim"):
        table.add_column(name, justify="left" if name == "database" else "right")
    for database in databases:
        with sandbox(ITEMS, 3, 10) as zoho:
            address = database.fresh("drain")
            words = [sys.executable, "-m", "bench.drain", str(DELIVERIES)]
            surroundings = environment(address, zoho, folder)
            done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                sys.exit("bench.drain failed; the lines above say why.")
            told = json.loads(done.stdout)
            database.drop("drain")
        rate = DELIVERIES / told["seconds"]
        table.add_row(
            database.version(), str(told["runs"]), str(told["calls"]), f"{told['seconds']:.1f}", f"{rate:,.0f}",
            f"{AIM}",
        )  # fmt: skip
    Console(highlight=False, width=110).print(table)


def main(deliveries: int) -> None:
    django.setup()
    logging.disable(logging.INFO)
    from django.conf import settings

    from zoho_sync.models import SyncRun, WebhookDelivery
    from zoho_sync.options import Trigger

    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": 10**6}  # work is measured, not waiting
    organization = _mirror()
    _change_everything()
    _fill(organization, deliveries)
    began = time.monotonic()
    _work_queue()
    seconds = time.monotonic() - began
    states = set(WebhookDelivery.objects.values_list("status", "result").distinct())
    if states != {("applied", "changed")}:
        sys.exit(f"not everything was applied: {states}")
    runs = SyncRun.objects.filter(trigger=Trigger.WEBHOOK)
    calls = sum(runs.values_list("calls_count", flat=True))
    sys.stdout.write(json.dumps({"seconds": seconds, "runs": runs.count(), "calls": calls}))


def _mirror():
    """A mirror as it is before the webhooks come, stock among it."""
    from zoho_sync import services
    from zoho_sync.options import SyncMode, Trigger

    entities = ["warehouses", "products", "stock"]
    for run in services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND, entities=entities):
        run = services.work_here(run)
        if run.status != "succeeded":
            sys.exit(f"{run.entity}: {run.status}. {run.message}")
    return run.organization


def _change_everything() -> None:
    from django.conf import settings

    from inventory.models import Product
    from zoho_sync.sandbox.control import SandboxControl

    control = SandboxControl(settings.ZOHO["API_BASE_URL"])
    for external_id in Product.objects.values_list("external_id", flat=True):
        control.change("items", external_id, name=f"Changed {external_id}")


def _fill(organization, deliveries: int) -> None:
    from django.db import transaction

    from inventory.models import Product
    from zoho_sync.models import WebhookDelivery
    from zoho_sync.webhooks import doorbell

    items = list(Product.objects.values_list("external_id", flat=True))
    rows = (
        WebhookDelivery(
            organization=organization, subject="item", entity="products", door="products",
            record_id=items[number % len(items)], proof=WebhookDelivery.Proof.ZOHO_SIGNATURE,
            content_hash=f"{number:064}", body=b'{"item":{"item_id":"%d"}}' % number,
        )
        for number in range(deliveries)
    )  # fmt: skip
    with transaction.atomic():
        WebhookDelivery.objects.bulk_create(rows, batch_size=500)
        doorbell.ring(organization.pk)


def _work_queue() -> None:
    """Do what the queue's jobs say until none is left, as a worker does."""
    from django.utils.module_loading import import_string
    from django_q.models import OrmQ
    from django_q.signing import SignedPackage

    while (job := OrmQ.objects.order_by("pk").first()) is not None:
        task = SignedPackage.loads(job.payload)
        job.delete()
        import_string(task["func"])(*task["args"])


if __name__ == "__main__":
    main(int(sys.argv[1]))
