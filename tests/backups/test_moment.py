"""A backup shows one moment, while others go on writing; and older ones go only when a good new one is there."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from backups import archive, retention, saving, schema, snapshot
from backups.errors import BackupError
from inventory.models import SalesOrder, SalesOrderLine
from tests.document_factories import SalesOrderFactory
from tests.factories import NOON

TABLES = ("inventory_salesorder", "inventory_salesorderline")


def order_with_two_lines(number: int, like: SalesOrder) -> None:
    """A document and its lines, committed together as a sync does."""
    with transaction.atomic():
        order = SalesOrder.objects.create(
            organization=like.organization, external_id=f"o{number}", number=f"SO-{number}", date=like.date,
            synced_at=NOON,
        )  # fmt: skip
        SalesOrderLine.objects.bulk_create(
            SalesOrderLine(
                organization=like.organization, external_id=f"o{number}-{place}", document=order, synced_at=NOON
            )
            for place in range(2)
        )  # fmt: skip


def orders_of_lines(reader: archive.Reader) -> tuple[list[int], list[int]]:
    """Keys of the orders, and for each line the key of its order."""
    found: dict[str, list[int]] = {name: [] for name in TABLES}
    for name, rows in reader.tables():
        place = [each["name"] for each in reader.about["tables"][name]]
        wanted = {TABLES[0]: "id", TABLES[1]: "document_id"}.get(name)
        for row in rows:
            if wanted:
                found[name].append(row[place.index(wanted)])
    return found[TABLES[0]], found[TABLES[1]]


def test_what_is_committed_after_the_first_look_is_not_seen(transactional_db):
    order = SalesOrderFactory()
    tables = {table.name: table for table in schema.tables(schema.known())}
    with snapshot.reading() as beginning:
        order_with_two_lines(1, order)
        seen = {name: list(snapshot.rows(beginning, tables[name])) for name in TABLES}
    with snapshot.reading() as later:
        now = {name: list(snapshot.rows(later, tables[name])) for name in TABLES}

    assert {name: len(rows) for name, rows in seen.items()} == {TABLES[0]: 1, TABLES[1]: 0}
    assert {name: len(rows) for name, rows in now.items()} == {TABLES[0]: 2, TABLES[1]: 2}


def test_writers_do_not_wait_for_a_backup(transactional_db):
    """Nor does it for them: SQLite's IMMEDIATE would."""
    order = SalesOrderFactory()
    with transaction.atomic():
        order_with_two_lines(1, order)
        with snapshot.reading() as seen:
            rows = list(snapshot.rows(seen, {t.name: t for t in schema.tables(schema.known())}[TABLES[0]]))
        order_with_two_lines(2, order)
    assert len(rows) == 1
    assert SalesOrder.objects.count() == 3


@pytest.mark.slow
def test_no_document_is_without_its_lines_however_much_is_written_meanwhile(transactional_db, folder):
    like, is_over, written = SalesOrderFactory(), threading.Event(), []
    order_with_two_lines(0, like)

    def write() -> None:
        number = 1
        while not is_over.is_set():
            order_with_two_lines(number, like)
            written.append(number)
            number += 1
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sizes = []
        for number in range(6):
            before = len(written)
            with archive.opened(saving.save(folder / str(number)).path) as reader:
                orders, lines = orders_of_lines(reader)
            assert sorted(lines) == sorted([key for key in orders if key != like.pk] * 2)
            sizes.append((len(orders), len(written) - before))
    finally:
        is_over.set()
        writer.join(60)
    assert sizes[-1][0] > sizes[0][0]
    assert all(meanwhile for _orders, meanwhile in sizes), "nothing was written during a backup"


def test_two_backups_into_one_folder_do_not_meet(transactional_db, folder):
    with saving._alone(folder_made(folder)), pytest.raises(BackupError, match="under way"):
        saving.save(folder)
    assert saving.save(folder).path.exists()


def test_a_second_one_in_the_same_second_takes_no_others_place(transactional_db, folder, monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOON)
    first = saving.save(folder).path
    content = first.read_bytes()

    with pytest.raises(BackupError, match="there already"):
        saving.save(folder)

    assert first.read_bytes() == content
    assert [path.name for path in folder.iterdir() if "partial" in path.name] == []


# --- What is kept ------------------------------------------------------------------------------------


def folder_made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def older(folder: Path, *days: int) -> list[Path]:
    """Files with the names of backups made so many days ago, sealed ones among them."""
    folder_made(folder)
    made = []
    for number, age in enumerate(days):
        name = saving.file_name(datetime.now(UTC) - timedelta(days=age, minutes=1), is_sealed=number % 2 == 1)
        made.append(folder / name)
        made[-1].write_bytes(b"an older backup")
    return made


@pytest.mark.parametrize(
    ("flags", "stay"),
    [
        ((), 5),  # no rule: nothing goes
        (("--keep", "1"), 0),  # the new one alone
        (("--keep", "3"), 2),
        (("--keep", "30"), 5),
        (("--keep-days", "7"), 2),
        (("--keep", "4", "--keep-days", "7"), 3),  # what either rule keeps
        (("--keep", "2", "--keep-days", "7"), 2),
    ],
)
def test_older_backups_go_by_the_rules(transactional_db, folder, command, flags, stay):
    made = older(folder, 1, 6, 8, 30, 300)

    told = command("backup", "--to", folder, *flags)

    assert told.code == 0, told.err
    assert [path.exists() for path in made] == [place < stay for place in range(5)]
    assert told.out.count("Removed:") == 5 - stay


def test_only_files_of_ours_go(transactional_db, folder, command):
    folder_made(folder)
    others = [folder / name for name in ("tsh-erp-notes.tar", "tsh-erp-20200101T000000Z.tar.gz", "data.sqlite3",
                                         "xtsh-erp-20200101T000000Z.tar", "tsh-erp-20209901T000000Z.tar")]  # fmt: skip
    for path in others:
        path.write_text("somebody's")
    (folder / "tsh-erp-20200101T000000Z.tar").mkdir()
    target = folder.parent / "elsewhere"
    target.write_text("somebody's")
    (folder / "tsh-erp-20200102T000000Z.tar").symlink_to(target)

    assert command("backup", "--to", folder, "--keep", "1").code == 0

    assert all(path.exists() for path in others)
    assert (folder / "tsh-erp-20200101T000000Z.tar").is_dir()
    assert (folder / "tsh-erp-20200102T000000Z.tar").is_symlink()


def test_nothing_goes_when_the_new_one_failed(transactional_db, folder, command):
    made = older(folder, 1, 6, 8)

    with saving._alone(folder):
        told = command("backup", "--to", folder, "--keep", "1")

    assert (told.code, "under way" in told.err) == (1, True)
    assert all(path.exists() for path in made)


@pytest.mark.parametrize("flags", [("--keep", "0"), ("--keep-days", "-1")])
def test_a_rule_that_keeps_nothing_is_refused(transactional_db, folder, command, flags):
    made = older(folder, 1)

    assert command("backup", "--to", folder, *flags).code == 2

    assert list(folder.iterdir()) == made


def test_a_backup_of_the_future_is_not_ours_to_judge(transactional_db, folder):
    [later] = older(folder, -3)
    made = saving.save(folder)

    assert retention.prune(made.path, keep=1, keep_days=None) == []
    assert later.exists()


def test_a_passphrase_comes_from_a_file_or_the_settings_and_never_from_the_command_line(
    transactional_db, folder, tmp_path, command, settings
):
    secret = tmp_path / "passphrase"
    secret.write_text("correct-horse-battery\n")

    assert command("backup", "--to", folder, "--encrypt").code == 2
    assert command("backup", "--to", folder, "--passphrase-file", tmp_path / "none").code == 2
    secret.write_text("short\n")
    assert command("backup", "--to", folder, "--passphrase-file", secret).code == 2
    assert not folder.exists()
    secret.write_text("correct-horse-battery\n")
    assert command("backup", "--to", folder / "a", "--encrypt", "--passphrase-file", secret).code == 0
    settings.BACKUPS = settings.BACKUPS | {"PASSPHRASE_FILE": str(secret)}
    assert command("backup", "--to", folder / "b").code == 0
    assert command("backup", "--to", folder / "c", "--no-encrypt").code == 0
    settings.BACKUPS = settings.BACKUPS | {"PASSPHRASE": "correct-horse-battery", "PASSPHRASE_FILE": ""}
    for name in "ab":
        [path] = (folder / name).glob("*.sealed")
        with archive.opened(path, settings.BACKUPS["PASSPHRASE"]) as reader:
            saving.exhaust(reader)
            assert reader.finish()
    assert list((folder / "c").glob("*.tar"))
