"""A generator of requests looks for an answer that the schema does not tell of, a door without a lock, or a 5xx.

The server is a real one, its rows are those of the matrix. Nothing here is random: each run asks the same.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest

from inventory.api.documents.urls import DOCUMENTS
from tests.access import world as worlds
from tests.access.conftest import bearer, token_of
from tests.conftest import PROJECT
from tests.zoho_sync.test_processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.one_leg]
HOOKS = Path(__file__).with_name("meaningful.py")
EXPECTED = Path(__file__).with_name("schemathesis.toml")
UNLIMITED = {
    f"API_{name}": "10000000" for name in ("PER_MINUTE_TOKEN", "PER_MINUTE_ADDRESS", "REFUSED_PER_MINUTE")
}


@dataclass
class Server:
    address: str
    folder: Path
    world: SimpleNamespace

    def token(self, person: str, scope: str) -> str:
        return token_of(self.world.people[person], scope)[1]

    def test(self, *options: str, token: str = "", more: str = "") -> str:
        """What the generator reports. more: of its configuration."""
        schema, config = self.folder / "schema.json", self.folder / "schemathesis.toml"
        config.write_text(f'hooks = "{HOOKS}"\n{EXPECTED.read_text()}\n{more}')
        words = ["schemathesis", f"--config-file={config}", "run", str(schema), "--url", self.address]
        words += [
            "--generation-deterministic",
            "--continue-on-failure",
            "--no-shrink",
            "--no-color",
            *options,
        ]
        if token:
            words += ["--header", f"Authorization: Bearer {token}"]
        done = subprocess.run(
            [str(Path(sys.executable).with_name(words[0])), *words[1:]],
            cwd=self.folder,
            env=os.environ | {"REAL_IDS": json.dumps(real_names(self.world))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-20_000:]}\n{done.stderr[-2000:]}\n{self.log()}"
        return done.stdout

    def log(self) -> str:
        return (self.folder / "web.log").read_text()[-5000:]


@pytest.fixture
def server(process_environment, groups, tmp_path) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    more = {"PORT": str(port), "WEB_PROCESSES": "2", "WEB_THREADS": "4", "LOG_LEVEL": "ERROR"}
    web = [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
    found = Server(f"http://127.0.0.1:{port}", tmp_path, worlds.build())
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            web, cwd=PROJECT, env=process_environment | UNLIMITED | more, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: is_open(port), 60)
        (tmp_path / "schema.json").write_bytes(schema_of(found))
        yield found
    finally:
        process.terminate()
        process.wait(30)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def schema_of(server: Server) -> bytes:
    asked = Request(f"{server.address}/api/schema/", headers=bearer(server.token("viewer", "read")))
    with urlopen(asked, timeout=60) as answer:
        return answer.read()


def asked_for(report: str) -> int:
    """How many operations the generator has asked for."""
    return int(re.search(r"Tested: (\d+)", report)[1])


def real_names(world: SimpleNamespace) -> dict[str, str]:
    """What there is, by the name under which a query or a body asks for it."""
    return {
        "organization": world.organization.external_id,
        "warehouse": world.warehouse.external_id,
        "price_list": world.pricelist.external_id,
        "product": world.product.external_id,
        "part": world.product.external_id,
        "customer": world.customer.external_id,
        "vendor": world.vendor.external_id,
        "sales_order": world.salesorder.external_id,
        "invoice": world.invoice.external_id,
        "requested_by": "administrator",
        "delivery": str(world.webhookdelivery.pk),
        "failure": str(world.recorderror.pk),
    }


def real_ids(world: SimpleNamespace) -> str:
    """Ids that there are, so that the generator comes past the question whether they exist."""
    rows = {
        "products": world.product,
        "customers": world.customer,
        "price-lists": world.pricelist,
        "prices": world.pricelistitem,
        "stock-levels": world.stocklevel,
        "warehouses": world.warehouse,
        "runs": world.syncrun,
        "failures": world.recorderror,
        "deliveries": world.webhookdelivery,
        "findings": world.finding,
        **{name: getattr(world, view.shape.model._meta.model_name) for name, view in DOCUMENTS.items()},
    }
    told = []
    for name, row in rows.items():
        told += [
            "[[operations]]",
            f'include-path-regex = "^/api/v1/{name}/[{{]id"',
            f"parameters = {{ id = {row.pk} }}",
        ]
    return "\n".join(told)


def test_an_administrator_gets_nothing_that_the_schema_does_not_tell_of(server):
    report = server.test("--max-examples=12", token=server.token("administrator", "admin"))
    operations = sum(
        len(each) for each in json.loads((server.folder / "schema.json").read_text())["paths"].values()
    )
    assert asked_for(report) == operations


def test_neither_does_he_where_every_id_is_that_of_a_row(server):
    server.test(
        "--max-examples=12",
        "--mode=positive",
        token=server.token("administrator", "admin"),
        more=real_ids(server.world),
    )


def test_whoever_may_only_read_gets_it_neither(server):
    server.test("--max-examples=5", "--phases=examples,fuzzing", token=server.token("viewer", "read"))


def test_nor_does_a_stranger(server):
    server.test("--max-examples=5", "--phases=examples,fuzzing")
