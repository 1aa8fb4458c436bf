"""A worker as a process of its own, to be killed: `python -m tests.zoho_sync.engine.worker LEASE_SECONDS RUN …`.

It says "ready", waits for a line, then works the runs in their order until all have ended, and says each outcome.
"""

from __future__ import annotations

import sys
import time


def main(lease_seconds: float, run_ids: list[int]) -> None:
    import django

    django.setup()
    from django.conf import settings

    from zoho_sync.models import SyncRun
    from zoho_sync.runner import work_slice

    settings.ZOHO |= {
        "LEASE_SECONDS": lease_seconds,
        "CALLS_PER_MINUTE": 100_000,
        "CALLS_PER_DAY": 1_000_000,
        "CONCURRENT_CALLS": 100,  # the calls of the killed count as under way until they expire
    }
    print("ready", flush=True)
    sys.stdin.readline()
    for run_id in run_ids:
        while not SyncRun.objects.get(pk=run_id).is_ended:
            outcome = work_slice(run_id, rings=False)
            if outcome == "not free":
                time.sleep(0.02)
            else:
                print(run_id, outcome, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), [int(word) for word in sys.argv[2:]])
