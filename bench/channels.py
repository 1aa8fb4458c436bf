"""What a channel that never answers costs a sync: `python -m bench.channels URL ENTITY…`, or `measure`.

The same full sync beside the watch, which has 200 messages to send all the while: to a server that answers at once, and
to one that takes everything and never answers, in turn, each in fresh processes upon a fresh database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from .metrics import ENTITIES
from .surroundings import PROJECT, environment, sandbox

MESSAGES, AIM_PERCENT = 200, 5.0
WAYS = {"answers": True, "never answers": False}
WATCH = {"WATCH_ROUND_SECONDS": "1", "ALERT_ALLOW_PRIVATE": "true", "LOG_LEVEL": "ERROR"}


def measure(folder: Path, databases: list, options: Any) -> None:
    told: dict[tuple[str, str], list[float]] = {}
    with sandbox(options.size, options.warehouses, options.prices) as zoho:
        for _ in range(options.rounds):
            for database in databases:
                for way, answers in WAYS.items():
                    with receiver(answers=answers) as url:
                        seconds = _in_process(database, zoho | WATCH, folder, url)
                    told.setdefault((database.vendor, way), []).append(seconds)
    table = Table(
        title=f"A channel that never answers: full sync of {options.size:,} items x {options.warehouses} "
        f"warehouses beside the watch, medians of {options.rounds}"
    )
    for name in ("database", "wall s, it answers", "it never answers", "more %", "aim"):
        table.add_column(name, justify="left" if name == "database" else "right")
    for database in databases:
        well, ill = (median(told[database.vendor, way]) for way in WAYS)
        more = f"{100 * (ill / well - 1):+.1f}"
        table.add_row(database.version(), f"{well:.2f}", f"{ill:.2f}", more, f"{AIM_PERCENT:g}")
    Console(highlight=False, width=110).print(table)


@contextmanager
def receiver(*, answers: bool) -> Iterator[str]:
    """The address of a server that takes every message; it answers, or holds the connection and says nothing."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not answers:
                over.wait()
                return
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def _in_process(database: Any, variables: dict[str, str], folder: Path, url: str) -> float:
    words = [sys.executable, "-m", "bench.channels", url, *ENTITIES]
    surroundings = environment(database.fresh("channels"), variables, folder)
    done = subprocess.run(words, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
    database.drop("channels")
    if done.returncode:
        sys.exit("bench.channels failed; the lines above say why.")
    return json.loads(done.stdout)


# --- In a process of its own ---------------------------------------------------------------------------


def main(url: str, entities: list[str]) -> None:
    import django

    django.setup()
    from django.conf import settings

    from zoho_sync import services
    from zoho_sync.options import SyncMode, Trigger

    _make_messages(url)
    settings.ZOHO |= {"CALLS_PER_MINUTE": 10**6, "CALLS_PER_DAY": 10**6}
    watch = subprocess.Popen([sys.executable, "manage.py", "run_monitor"], cwd=PROJECT, env=os.environ)
    try:
        _wait_for_an_attempt()
        began = time.monotonic()
        for run in services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND, entities=entities):
            run = services.work_here(run)
            if run.status != "succeeded":
                sys.exit(f"{run.entity}: {run.status}, {run.failed_count} failed. {run.message}")
        seconds = time.monotonic() - began
    finally:
        watch.kill()
        watch.wait()
    sys.stdout.write(json.dumps(seconds))


def _make_messages(url: str) -> None:
    from django.utils import timezone

    from monitoring import channel_config
    from monitoring.models import AlertChannel, AlertDelivery

    channel = AlertChannel(name="Far away", kind="webhook")
    channel_config.put(channel, {"url": url, "secret": "a secret of sixteen"})
    channel.save()
    now = timezone.now()
    AlertDelivery.objects.bulk_create(
        AlertDelivery(channel=channel, occasion="test", created_at=now, next_attempt_at=now)
        for _ in range(MESSAGES)
    )


def _wait_for_an_attempt() -> None:
    from monitoring.models import AlertDelivery

    until = time.monotonic() + 60
    while not AlertDelivery.objects.filter(attempts_count__gt=0).exists():
        if time.monotonic() > until:
            sys.exit("The watch has sent nothing within a minute.")
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
