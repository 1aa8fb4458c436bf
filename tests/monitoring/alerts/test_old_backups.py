"""Somebody is told when there is nothing to go back to: no good backup for days, in production."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from backups.models import MadeBackup
from backups.status import last_backup
from monitoring.judging import Round
from monitoring.models import Alert, AlertRule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_rules")]


@pytest.fixture(autouse=True)
def in_earnest(settings) -> None:
    settings.IS_PRODUCTION = True


def database_is(days: int) -> None:
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(days=days))


def backup_of(days: float) -> None:
    at = timezone.now() - timedelta(days=days)
    MadeBackup.objects.create(made_at=at, file="/mnt/x.tar", byte_count=1, is_sealed=False)


def opened(minutes: int = 0) -> list[Alert]:
    Round(timezone.now() + timedelta(minutes=minutes)).judge_all()
    return list(Alert.objects.filter(rule__code="backup", state="open"))


def test_an_old_one_opens_a_warning_that_says_what_to_do():
    database_is(100)
    backup_of(10)
    backup_of(3.5)
    (alert,) = opened()
    assert (alert.severity, alert.message) == ("warning", "Days since the last good backup: 3.")
    assert "manage.py backup" in alert.what_to_do


def test_none_at_all_counts_from_the_birth_of_the_database():
    database_is(2)
    assert opened() == []
    database_is(4)
    (alert,) = opened(minutes=10)
    assert "No backup was ever made" in alert.message


def test_a_new_one_ends_it():
    database_is(100)
    assert len(opened()) == 1
    backup_of(0)
    opened(minutes=10)
    assert opened(minutes=20) == []


def test_the_rule_says_how_many_days():
    database_is(100)
    backup_of(5)
    AlertRule.objects.filter(code="backup").update(threshold=7)
    assert opened() == []


def test_what_is_tried_out_needs_none(settings):
    settings.IS_PRODUCTION = False
    database_is(100)
    assert opened() == []


@pytest.mark.django_db(transaction=True)
def test_the_command_notes_what_it_has_made_and_only_that(tmp_path, process_environment, manage):
    """A real process: a snapshot is read through a connection of its own."""
    folder = tmp_path / "made"
    done = subprocess.run([*manage, "backup", "--to", folder, "--json"], env=process_environment, timeout=120)
    assert done.returncode == 0
    assert last_backup().made_at is not None
    assert MadeBackup.objects.get().file.startswith(str(folder))

    (tmp_path / "file").write_text("no folder")
    failed = subprocess.run(
        [*manage, "backup", "--to", tmp_path / "file"], env=process_environment, timeout=120
    )
    assert failed.returncode != 0
    assert MadeBackup.objects.count() == 1
