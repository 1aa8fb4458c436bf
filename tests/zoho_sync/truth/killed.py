"""A round that is killed once a number of its calls are answered: `python -m tests.zoho_sync.truth.killed CALLS`."""

from __future__ import annotations

import os
import signal
import sys


def main(calls: int) -> None:
    import django

    django.setup()
    from zoho_sync import connections, services, signals

    left = [calls]

    def die(**_event):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    signals.api_called.connect(die)
    services.check_truth(connections.organization_for(), 1000)


if __name__ == "__main__":
    main(int(sys.argv[1]))
