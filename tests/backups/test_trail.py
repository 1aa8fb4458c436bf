"""The audit trail in a backup: every line, and its guards again after a restore."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from backups import restoring, saving
from tests.backups.conftest import empty_all
from tsh_erp import commandline
from tsh_erp.audit import triggers
from tsh_erp.audit.models import AuditLine


@pytest.fixture(autouse=True)
def guarded(transactional_db) -> None:
    triggers.install(connection)


def refused() -> bool:
    with pytest.raises(IntegrityError, match="audit trail"), transaction.atomic():
        AuditLine.objects.all().delete()
    return True


def test_a_restore_brings_the_trail_back_and_its_guards_and_says_so_itself(folder):
    Group.objects.create(name="Night shift")
    saved = list(AuditLine.objects.values())
    made = saving.save(folder)
    Group.objects.create(name="Later")

    assert commandline.execute(["manage.py", "restore", str(made.path), "--replace", "--no-input"]) == 0

    assert list(AuditLine.objects.exclude(what="restored").values()) == saved
    [line] = AuditLine.objects.filter(what="restored")
    assert (line.door, line.door_name, line.table) == ("command", "restore", "audit.auditline")
    assert refused()


def test_a_restore_that_fails_leaves_trail_and_guards_as_they_were(folder):
    Group.objects.create(name="Night shift")
    made = saving.save(folder)
    whole = made.path.read_bytes()
    made.path.write_bytes(whole[: len(whole) // 2])
    words = ["manage.py", "restore", str(made.path), "--replace", "--no-input"]
    with pytest.raises(SystemExit):
        commandline.execute(words)
    assert AuditLine.objects.count() == 1
    assert refused()


def test_a_trail_alone_does_not_make_a_database_full(folder):
    """That of a new one tells of its first steps."""
    made = saving.save(folder)
    Group.objects.create(name="Night shift").delete()
    assert AuditLine.objects.filter(table="auth.group").count() == 2
    restoring.restore(made.path)
    assert not AuditLine.objects.filter(table="auth.group").exists()
    empty_all()
