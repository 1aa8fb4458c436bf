"""The first load of many invoices, day by day: `python -m bench.first_load` in a process of its own, or `measure`.

A day ends when no more calls are left to it; then its line of the ledger is moved a day into the past, so that the next
one begins at once. What is left is asked for as the schedule does it each hour. Zoho is the sandbox.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from datetime import timedelta
from math import ceil
from pathlib import Path

import django
from rich.console import Console
from rich.table import Table

from .meter import peak_megabytes
from .surroundings import PROJECT, environment, sandbox

CALLS_PER_DAY, PER_PAGE = 5_000, 200


def measure(folder: Path, databases: list, options) -> None:
    """Load `--size` invoices on each database, and print the calls, the days and what they cost here."""
    table = Table(
        title=f"First load of {options.size:,} invoices with their lines, {CALLS_PER_DAY:,} calls a day"
    )
    names = (
        "database",
        "counted in",
        "unavoidable",
        "calls",
        "days",
        "newest first",
        "whole",
        "CPU s",
        "peak MB",
    )
    for name in names:
        table.add_column(name, justify="left" if name == "database" else "right")
    for database in databases:
        with sandbox(100, 3, 10, documents=options.size) as zoho:
            words = [sys.executable, "-m", "bench.first_load"]
            surroundings = environment(database.fresh("first"), zoho, folder)
            done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
            if done.returncode:
                sys.exit("bench.first_load failed; the lines above say why.")
            told = json.loads(done.stdout)
            database.drop("first")
        table.add_row(
            database.version(), f"{told['counting']} calls", f"{told['unavoidable']:,}", f"{told['calls']:,}",
            " + ".join(f"{calls:,}" for calls in told["days"]), "yes" if told["is_newest_first"] else "NO",
            f"{told['whole']:,}", f"{told['cpu']:.0f}", f"{told['peak']:.0f}",
        )  # fmt: skip
    Console(highlight=False, width=140).print(table)


def main() -> None:
    django.setup()
    logging.disable(logging.INFO)
    from django.conf import settings

    from inventory.models import Invoice
    from zoho_sync import services
    from zoho_sync.connections import organization_for
    from zoho_sync.options import SyncMode, SyncOptions, Trigger

    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": CALLS_PER_DAY}
    organization = organization_for()
    counted = services.count_at_source(organization, ["invoices"])["invoices"].count or 0
    counting = _calls()
    run = services.start_run(
        SyncOptions(entity="invoices", mode=SyncMode.FULL), trigger=Trigger.COMMAND, organization=organization
    )
    services.work_here(run)
    days, is_newest_first, before = [], True, counting
    while True:
        _hours_of_a_day()
        days.append(_calls() - before)
        before = _calls()
        is_newest_first = is_newest_first and _is_newest_first()
        if not Invoice.objects.filter(detail_is_due=True).exists():
            break
        _next_day()
    if Invoice.objects.count() != counted:
        sys.exit(f"{counted} invoices were counted, and {Invoice.objects.count()} are here.")
    sys.stdout.write(
        json.dumps(
            {
                "counting": counting,
                "unavoidable": ceil(counted / PER_PAGE) + counted,
                "calls": _calls() - counting,
                "days": days,
                "is_newest_first": is_newest_first,
                "whole": Invoice.objects.exclude(lines=None).count(),
                "cpu": time.process_time(),
                "peak": peak_megabytes(),
            }
        )
    )


def _hours_of_a_day() -> None:
    """What the hourly schedule does, until nothing is left to be read, or to be spent on it."""
    from zoho_sync import documents_left, services
    from zoho_sync.models import SyncRun

    while documents_left.read_on():
        for run in SyncRun.objects.filter(status__in=SyncRun.ACTIVE):
            services.work_here(run)


def _calls() -> int:
    """All that were ever made."""
    from django.db.models import Sum

    from zoho_sync.models import ApiUsage

    return ApiUsage.objects.exclude(api="accounts").aggregate(sum=Sum("calls_count"))["sum"] or 0


def _next_day() -> None:
    from zoho_sync.models import ApiUsage

    for row in ApiUsage.objects.order_by("day"):  # the oldest first: one line a day and run
        row.day -= timedelta(days=1)
        row.save(update_fields=["day"])


def _is_newest_first() -> bool:
    """No invoice whose lines are here was changed before one whose lines are not."""
    from django.db.models import Max, Min

    from inventory.models import Invoice

    left = Invoice.objects.filter(detail_is_due=True).aggregate(at=Max("source_modified_at"))["at"]
    read = Invoice.objects.filter(detail_is_due=False).aggregate(at=Min("source_modified_at"))["at"]
    return left is None or read is None or read >= left


if __name__ == "__main__":
    main()
