"""Our sync, measured: `python -m bench.ours MODE ENTITY…` works one run of each in this process."""

from __future__ import annotations

import logging
import sys

import django

from .meter import metered


def main(mode: str, entities: list[str]) -> None:
    django.setup()
    logging.disable(logging.INFO)  # as LOG_LEVEL has it unless somebody asks for more
    from django.conf import settings

    from zoho_sync import services
    from zoho_sync.options import SyncMode, Trigger

    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": 10**6}  # work is measured, not waiting
    for run in services.start_all(SyncMode(mode), trigger=Trigger.COMMAND, entities=entities):
        with metered(run.entity) as figures:
            run = services.work_here(run)
            figures.calls = run.calls_count
        if run.status != "succeeded":
            sys.exit(f"{run.entity}: {run.status}, {run.failed_count} failed. {run.message}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
