"""One row of each kind, how all rows are told apart from how a backup reads them, and a command in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import load_command_class
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import SimpleTestCase

from backups import saving
from backups.schema import LEFT_OUT
from inventory.pictures import store
from tests.access import world as sample
from tests.emptying import empty
from tests.zoho_sync.commands.conftest import Answer

LOST = set(LEFT_OUT)


def every_row(alias: str = "default") -> dict[str, list[dict[str, Any]]]:
    """By model: all rows with all their values, as the models tell them, secrets in the clear."""
    models = [each for each in apps.get_models(include_auto_created=True) if not each._meta.proxy]
    return {
        model._meta.label: [_settled(row) for row in model._base_manager.using(alias).order_by("pk").values()]
        for model in models
        if model._meta.label_lower not in LOST
    }


def _settled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def empty_all(alias: str = "default") -> None:
    """Every table but those that come with the program, as after the first `migrate`."""
    empty(connections[alias])


def files_of_pictures() -> dict[str, bytes]:
    folder = store.folder()
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def further_connections(monkeypatch) -> None:
    """Django's tests forbid connections that its settings do not name; a snapshot is read through one of its own."""
    allow = classmethod(lambda _case: BaseDatabaseWrapper.ensure_connection)
    monkeypatch.setattr(SimpleTestCase, "ensure_connection_patch_method", allow)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.BACKUPS = settings.BACKUPS | {
        "FOLDER": tmp_path / "backups",
        "PASSPHRASE": "",
        "PASSPHRASE_FILE": "",
    }
    return tmp_path


@pytest.fixture
def world(transactional_db, own_folder):
    for name in sample.ROLES:  # a test that commits takes away what the migrations made
        role, _is_new = Group.objects.get_or_create(name=name.capitalize())
        role.permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return sample.build()


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def saved(world, folder) -> saving.Backup:
    return saving.save(folder)


@pytest.fixture
def command(transactional_db, capsys) -> Callable[..., Answer]:
    """Give a command in this process, exactly as manage.py does."""

    def give(name: str, *words: str) -> Answer:
        capsys.readouterr()
        code = 0
        try:
            load_command_class("backups", name).run_from_argv(["manage.py", name, *map(str, words)])
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return give


@pytest.fixture
def rewritten(tmp_path) -> Callable[..., Path]:
    """The same backup, honestly written anew, with other words in what it says of itself."""
    from backups import archive

    def write(path: Path, **changes: Any) -> Path:
        target, made = tmp_path / "rewritten.tar", io.BytesIO()
        with archive.opened(path) as reader:
            about = json.loads(json.dumps(reader.about)) | changes
            writer = archive.Writer(made, about)
            for name, rows in reader.tables():
                writer.table(name, rows, None)
            for name, content in reader.media():
                writer.media(name, content)
            writer.close()
        target.write_bytes(made.getvalue())
        return target

    return write
