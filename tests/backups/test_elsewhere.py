"""Restored as an operator does it, by real processes: elsewhere, into the other kind of database, killed in the middle,
with a full disk, of an older release, and in memory that does not grow."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import environ
import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from backups import checking, restoring, saving, schema, snapshot, staging
from inventory.models import Organization, Product
from inventory.pictures import store
from tests.backups.conftest import empty_all, every_row, files_of_pictures
from tests.factories import NOON, OrganizationFactory
from tests.zoho_sync.commands.terminal import Terminal

pytestmark = pytest.mark.slow
PATIENCE = 300


class Machine:
    """Settings under which processes use a database and a data folder of their own."""

    def __init__(self, manage: list[str], environment: dict[str, str]):
        self.manage, self.environment = manage, environment

    def start(self, *words: object, **more: object) -> subprocess.Popen:
        return subprocess.Popen(
            [*self.manage, *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
        )  # fmt: skip

    def give(self, *words: object, **more: object) -> subprocess.Popen:
        process = self.start(*words, **more)
        process.out, process.err = process.communicate(timeout=PATIENCE)
        return process

    def rows(self) -> dict:
        """Every row of its database."""
        with snapshot.beside("other", self._settings()) as other:
            return every_row(other.alias)

    def _settings(self) -> dict:
        config = environ.Env.db_url_config(self.environment["DATABASE_URL"])
        return (
            connection.settings_dict | {"CONN_MAX_AGE": 0} | config | {"OPTIONS": config.get("OPTIONS", {})}
        )


def as_saved(rows: dict, *, restores: int) -> dict:
    """Without the line that each restore by the command leaves in the trail."""
    lines = rows["audit.AuditLine"]
    saved = [line for line in lines if line["what"] != "restored"]
    assert len(lines) - len(saved) == restores
    return rows | {"audit.AuditLine": saved}


@pytest.fixture
def here(process_environment, manage, own_folder, settings) -> Machine:
    """This test's own database, and the same data folder as in this process."""
    return Machine(manage, process_environment | {"DATA_DIR": str(settings.DATA_DIR)})


@pytest.fixture
def elsewhere(here, manage, tmp_path) -> Iterator[Callable[[str], Machine]]:
    """A further machine, with a migrated, empty database of that kind."""
    made = []

    def make(kind: str) -> Machine:
        name = f"elsewhere_{os.getpid()}_{len(made)}"
        if kind == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
            made.append(name)
            address = here.environment["DATABASE_URL"].replace(
                f"/{connection.settings_dict['NAME']}?", f"/{name}?"
            )
        else:
            made.append("")
            address = f"sqlite:///{tmp_path}/{name}.sqlite3"
        there = here.environment | {"DATABASE_URL": address, "DATA_DIR": str(tmp_path / name)}
        machine = Machine(manage, there)
        done = machine.give("migrate", "-v0")
        assert done.returncode == 0, done.err
        return machine

    yield make
    for name in filter(None, made):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_it_is_restored_elsewhere_and_back_through_the_other_kind_of_database(
    world, here, elsewhere, tmp_path
):
    """PostgreSQL → SQLite → PostgreSQL, or SQLite → SQLite → SQLite: each row of each table, each picture."""
    rows, pictures = every_row(), files_of_pictures()
    first, second = elsewhere("sqlite"), elsewhere(connection.vendor)
    machines = [here, first, second]
    for number, (source, target) in enumerate(itertools.pairwise(machines)):
        folder = tmp_path / f"saved{number}"
        done = source.give("backup", "--to", folder)
        assert done.returncode == 0, done.err
        [path] = folder.glob("tsh-erp-*.tar")
        done = target.give("restore", path)
        assert done.returncode == 0, done.err
        assert "fingerprint" not in done.out + done.err

        assert as_saved(target.rows(), restores=number + 1) == rows
        media = Path(target.environment["DATA_DIR"]) / "media"
        assert {str(each.relative_to(media)): each.read_bytes() for each in media.rglob("*.webp")} == pictures

    done = second.give("migrate", "--check")
    assert done.returncode == 0, done.err
    done = second.give(
        "shell",
        "-v0",
        "-c",
        "from tests.factories import ProductFactory as P; print(P(external_id='new').pk)",
    )
    assert done.returncode == 0, done.err
    assert int(done.out) > max(row["id"] for row in rows["inventory.Product"])


def many_products(count: int) -> None:
    """Rows with long raw records that hardly compress."""
    organization, chance = OrganizationFactory(), random.Random(7)
    rows = (
        Product(
            organization=organization, external_id=f"many{number}", name=f"Product {number}", synced_at=NOON,
            payload=f'{{"x": "{chance.randbytes(2000).hex()}"}}',
        )
        for number in range(count)
    )  # fmt: skip
    Product.objects.bulk_create(rows, batch_size=500)


def wait_until(is_true: Callable[[], object], process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_killed_backup_leaves_no_file_that_looks_whole(transactional_db, here, folder):
    many_products(4000)

    def written() -> int:
        with contextlib.suppress(FileNotFoundError):
            return sum(path.stat().st_size for path in folder.glob(".partial-*"))
        return 0

    for least in (1, 2_000_000):
        process = here.start("backup", "--to", folder)
        wait_until(lambda least=least: written() >= least, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert list(folder.glob("tsh-erp-*")) == []
        assert written()

    done = here.give("backup", "--to", folder)

    assert done.returncode == 0, done.err
    assert len(list(folder.glob("tsh-erp-*.tar"))) == 1
    assert list(folder.glob(".partial-*")) == [], "what the killed ones have left is taken away"


def test_a_database_that_goes_away_fails_the_backup_in_one_sentence(transactional_db, here, folder):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is a file: no server can go away")
    many_products(4000)
    process = here.start("backup", "--to", folder)
    wait_until(lambda: sum(path.stat().st_size for path in folder.glob(".partial-*")) > 1_000_000, process)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        assert cursor.fetchone()[0] > 0
    _out, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert len(err.strip().splitlines()) == 1, err
    assert "The database cannot be used" in err
    assert [path for path in folder.iterdir() if not path.name.endswith(".lock")] == []


def test_a_full_disk_fails_the_backup_in_one_sentence(transactional_db, here, folder):
    many_products(500)

    def limit() -> None:  # no file may grow beyond this: as where the disk is full
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    done = here.give("backup", "--to", folder, preexec_fn=limit)

    assert done.returncode == 1
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert [path for path in folder.iterdir() if not path.name.endswith(".lock")] == []


def test_a_killed_restore_leaves_the_database_as_it_was(world, here, folder):
    for number in range(3000):
        path = store.folder() / "aa" / f"aa{number:062x}.full.webp"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture %d" % number)
    path = saving.save(folder).path
    rows, shelf = every_row(), store.folder() / "aa"
    for is_filled in (False, True):
        if is_filled:
            restoring.restore(path)
            Product.objects.update(name="later than the backup")
        else:
            empty_all()
        before = every_row()
        for each in shelf.iterdir():
            each.unlink()

        process = here.start("restore", path, *(["--replace", "--no-input"] if is_filled else []))
        wait_until(
            lambda: len(list(shelf.iterdir())) > 5, process
        )  # all rows are in by then, nothing is committed
        process.send_signal(signal.SIGKILL)
        process.communicate()

        assert process.returncode == -signal.SIGKILL
        assert every_row() == before != rows
    assert here.give("restore", path, "--replace", "--no-input").returncode == 0
    assert as_saved(every_row(), restores=1) == rows


def test_replacing_asks_first(world, here, folder):
    path = saving.save(folder).path
    Product.objects.update(name="later than the backup")
    for answer, code in (("no", 1), ("replace", 0)):
        terminal = Terminal([*here.manage, "restore", str(path), "--replace"], here.environment)
        try:
            terminal.wait_for("Type replace to go on:")
            terminal.press(f"{answer}\r")
            assert terminal.end() == code, terminal.plain
        finally:
            terminal.close()
        assert Product.objects.filter(name="later than the backup").exists() == (answer == "no")


def state_before(app: str, name: str) -> schema.State:
    """That of a release which did not know this migration, nor any that came to need it."""
    later = set(MigrationLoader(None).graph.backwards_plan((app, name)))
    known = {
        each: [one for one in names if (each, one) not in later] for each, names in schema.known().items()
    }
    return {each: names for each, names in known.items() if names}


PRICE = Decimal("123456789012.12345678" if os.environ["TEST_RUN"] == "postgresql" else "1234567.12345678")


@pytest.fixture
def older(transactional_db, own_folder, folder) -> Path:
    """A backup that the release without documents and reports made."""
    state = state_before("inventory", "0008_documents")
    with staging.throw_away_like(connection) as former:
        staging.migrate(former, state)
        known = MigrationLoader(None).project_state(schema.leaves(state)).apps
        company = known.get_model("inventory", "Organization").objects.using(former.alias).create(
            external_id="10234695", name="TSH", currency_code="IQD", time_zone="Asia/Baghdad"
        )  # fmt: skip
        for number in range(3):
            known.get_model("inventory", "Product").objects.using(former.alias).create(
                organization=company, external_id=f"p{number}", name=f"كيبل {number}", synced_at=NOON,
                unit_price=PRICE,
            )  # fmt: skip
        made = saving.save(folder, alias=former.alias)
    assert "inventory_invoice" not in made.manifest["tables"]
    return made.path


def test_a_backup_of_an_older_release_is_brought_up_to_this_one(older, world):
    found = checking.verify(older)
    assert found.pending == sum(map(len, schema.known().values())) - sum(
        map(len, found.about["migrations"].values())
    )
    assert found.pending > 1

    done = restoring.restore(older, replace=True)

    assert done.was_older
    assert sorted(Product.objects.values_list("name", flat=True)) == ["كيبل 0", "كيبل 1", "كيبل 2"]
    assert set(Product.objects.values_list("unit_price", flat=True)) == {PRICE}, "to the last digit"
    assert Organization.objects.get().name == "TSH"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'tsh_erp%%'")
            assert cursor.fetchone() == (0,), "the throw-away schema is gone"
    documents = apps.get_model("inventory", "Invoice")
    assert documents.objects.count() == 0
    permission = apps.get_model("auth", "Permission").objects.get(codename="view_invoice")
    names = set(permission.group_set.values_list("name", flat=True))
    assert names == {"Viewer", "Operator", "Administrator"}, "as its own migrations grant it"
    assert schema.applied(connection) == schema.known()


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def peak_of(machine: Machine, *words: object) -> int:
    """Bytes of memory that the process had at most. Started by a small one: a child begins with its parent's peak."""
    command = [sys.executable, "-c", MEASURE, *machine.manage, *map(str, words)]
    done = subprocess.run(
        command, env=machine.environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    code, peak = map(int, done.stdout.split())
    assert code == 0, done.stderr
    return peak


def test_memory_does_not_grow_with_the_rows(transactional_db, here, tmp_path):
    peaks = {}
    for size in (1000, 16_000):  # 4 and 64 MB of raw records
        Product.objects.all().delete()
        many_products(size)
        folder = tmp_path / str(size)
        peaks["backup", size] = peak_of(here, "backup", "--to", folder)
        [path] = folder.glob("tsh-erp-*.tar")
        peaks["restore", size] = peak_of(here, "restore", path, "--replace", "--no-input")
        peaks["export", size] = peak_of(here, "export_mirror", folder / "mirror")
        peaks["verify", size] = peak_of(here, "verify_backup", path)
        assert Product.objects.count() == size

    grown = {
        name: peaks[name, 16_000] - peaks[name, 1000] for name in ("backup", "restore", "export", "verify")
    }
    assert min(peaks.values()) > 20_000_000, "a process of ours has more than nothing"
    assert all(each < 30_000_000 for each in grown.values()), grown  # caches of SQLite may fill up to 16 MB
