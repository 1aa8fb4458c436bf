"""How many signed deliveries a second the door takes: `python -m bench.ingest load ADDRESS SECONDS`, or `measure`.

The project's own web server with its own number of processes, on a fresh database; the load comes from a process of its
own, for a bounded time, over connections that stay open, each delivery about another item. What was acknowledged is
counted in the table afterwards. Server, database and load share the machine's cores.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from .surroundings import PROJECT, environment

SECONDS, CONNECTIONS = 10, 16
AIMS = {"sqlite": 200, "postgresql": 500}  # deliveries a second
SLOWEST_MS = 500  # of the quickest 99 in 100
SECRET = "BenchSecret1234567890"  # noqa: S105  (of this measurement alone)
PATH = "/api/zoho/webhooks/products"


def measure(folder: Path, databases: list) -> None:
    """Load the door on each database, and print what it took."""
    table = Table(title=f"Signed webhooks over {CONNECTIONS} connections for {SECONDS} s, two web processes")
    for name in ("database", "deliveries/s", "aim", "p50 ms", "p99 ms", "aim", "refused or lost"):
        table.add_column(name, justify="left" if name == "database" else "right")
    for database in databases:
        told = _measure(folder, database)
        lost = told["refused"] + told["acknowledged"] - told["stored"]
        table.add_row(
            database.version(), f"{told['acknowledged'] / told['seconds']:,.0f}", str(AIMS[database.vendor]),
            f"{told['p50']:.0f}", f"{told['p99']:.0f}", str(SLOWEST_MS), str(lost),
        )  # fmt: skip
    Console(highlight=False, width=110).print(table)


def _measure(folder: Path, database) -> dict:
    address = database.fresh("ingest")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = environment(address, {}, folder) | {
        "PORT": str(port), "WEB_PROCESSES": "2", "ZOHO_WEBHOOK_SECRET": "", "WEBHOOK_PER_MINUTE": "10000000",
        "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    _in_process(surroundings, "prepare")
    words = [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
    server = subprocess.Popen(words, cwd=PROJECT, env=surroundings, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        told = json.loads(_in_process(surroundings, "load", f"http://127.0.0.1:{port}", str(SECONDS)))
    finally:
        server.terminate()
        server.wait(20)
    told["stored"] = int(_in_process(surroundings, "count"))
    database.drop("ingest")
    return told


def _in_process(surroundings: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "bench.ingest", *words]
    done = subprocess.run(command, cwd=PROJECT, env=surroundings, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("bench.ingest failed; the lines above say why.")
    return done.stdout


def _await(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("The web server did not start.")


# --- In processes of their own -------------------------------------------------------------------------


def prepare() -> None:
    import django

    django.setup()
    from inventory.models import Organization
    from zoho_sync.webhooks.keys import make_secret

    organization = Organization.objects.create(external_id="1", name="Bench")
    make_secret(organization, "bench", value=SECRET)


def count() -> None:
    import django

    django.setup()
    from zoho_sync.models import WebhookDelivery

    sys.stdout.write(str(WebhookDelivery.objects.count()))


def load(address: str, seconds: float) -> None:
    """Post for so long, and print what came back."""
    times: list[float] = []
    refused = [0]
    ends_at = time.monotonic() + seconds
    clients = [
        threading.Thread(target=_client, args=(address, number, ends_at, times, refused))
        for number in range(CONNECTIONS)
    ]
    began = time.monotonic()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    times.sort()
    told = {
        "seconds": time.monotonic() - began,
        "acknowledged": len(times),
        "refused": refused[0],
        "p50": 1000 * times[len(times) // 2],
        "p99": 1000 * times[int(len(times) * 0.99)],
    }
    sys.stdout.write(json.dumps(told))


def _client(address: str, number: int, ends_at: float, times: list[float], refused: list[int]) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    filling = "x" * 1500  # as long as an item's
    serial = 0
    while (began := time.monotonic()) < ends_at:
        serial += 1
        item = {"item_id": f"{number:03}{serial:09}", "name": filling}
        body = json.dumps({"item": item}).encode()
        signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Zoho-Webhook-Signature": signed}
        try:
            connection.request("POST", PATH, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            refused[0] += 1
            continue
        if answer.status == 202:
            times.append(time.monotonic() - began)
        else:
            refused[0] += 1


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(sys.argv[2], float(sys.argv[3]))
    else:
        {"prepare": prepare, "count": count}[sys.argv[1]]()
