"""Nobody changes a line or takes one away: not in the admin, not by the ORM, not by SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.access.conftest import permitted
from tsh_erp.audit import pruning, triggers
from tsh_erp.audit.models import AuditLine
from zoho_sync import housekeeping

pytestmark = pytest.mark.django_db
TABLE = AuditLine._meta.db_table


@pytest.fixture
def line() -> AuditLine:
    Group.objects.create(name="Night shift")
    return AuditLine.objects.get(table="auth.group")


STATEMENTS = (
    f"UPDATE {TABLE} SET user_name = 'somebody else'",
    f"UPDATE {TABLE} SET at = at",
    f"DELETE FROM {TABLE}",
)
OF_ONE = {
    "sqlite": f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}",
    "postgresql": f"TRUNCATE {TABLE}",
}


def test_sql_is_refused(line):
    for sql in (*STATEMENTS, OF_ONE[connection.vendor]):
        with (
            pytest.raises(IntegrityError, match="audit trail"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert AuditLine.objects.get(pk=line.pk).user_name == line.user_name


def test_the_orm_is_refused(line):
    line.user_name = "somebody else"
    for attempt in (line.save, line.delete, AuditLine.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert AuditLine.objects.filter(pk=line.pk, user_name="").exists()


def test_a_superuser_reads_and_no_more(page, line):
    assert page.get(reverse("admin:audit_auditline_changelist")).status_code == 200
    change = reverse("admin:audit_auditline_change", args=[line.pk])
    answer = page.get(change)
    assert answer.status_code == 200
    assert "Night shift" in answer.content.decode()
    assert page.post(change, {"user_name": "x"}).status_code == 403
    delete = reverse("admin:audit_auditline_delete", args=[line.pk])
    assert [page.get(delete).status_code, page.post(delete, {"post": "yes"}).status_code] == [403, 403]
    assert page.get(reverse("admin:audit_auditline_add")).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [line.pk], "post": "yes"}
    page.post(reverse("admin:audit_auditline_changelist"), chosen)
    assert AuditLine.objects.filter(pk=line.pk).exists()


def test_who_may_not_see_it_does_not(line):
    client = Client()
    client.force_login(permitted("inventory.view_product"))
    assert client.get(reverse("admin:audit_auditline_changelist")).status_code == 403


def test_the_pages_tell_it_in_words(page):
    page.post(reverse("admin:auth_group_add"), {"name": "=1+1"})
    found = page.get(reverse("admin:audit_auditline_changelist"), {"table": "auth.group", "q": "ruler"})
    assert "=1+1" in found.content.decode()
    one = AuditLine.objects.get(table="auth.group")
    told = page.get(reverse("admin:audit_auditline_change", args=[one.pk])).content.decode()
    assert all(word in told for word in ("ruler", "127.0.0.1", "203.0.113.7")[::2])
    file = page.post(reverse("admin:audit_auditline_export", args=["csv"]))
    text = b"".join(file.streaming_content).decode()
    assert "=1+1" in text and "\n=" not in text


# --- Pruning -----------------------------------------------------------------------------------------


def aged(days: int) -> AuditLine:
    return AuditLine.objects.create(
        at=timezone.now() - timedelta(days=days), what="changed", table="auth.user", door="admin"
    )


def test_only_what_is_past_its_time_goes(settings, line):
    old, young = aged(settings.AUDIT_KEEP_DAYS + 1), aged(settings.AUDIT_KEEP_DAYS - 1)
    assert pruning.prune() == 1
    assert set(AuditLine.objects.values_list("pk", flat=True)) == {young.pk, line.pk}
    assert old.pk not in {young.pk, line.pk}


def test_another_time_counts_from_the_next_pruning_on(settings):
    lines = [aged(days) for days in (40, 20)]
    settings.AUDIT_KEEP_DAYS = 30
    assert pruning.prune() == 1
    assert AuditLine.objects.get() == lines[1]
    settings.AUDIT_KEEP_DAYS = 1096
    assert pruning.prune() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditLine.objects.all().delete()


def test_the_job_that_tidies_up_prunes_it(settings, monkeypatch):
    aged(settings.AUDIT_KEEP_DAYS + 1)
    full_hour = timezone.now().replace(minute=0)
    monkeypatch.setattr(housekeeping.timezone, "now", lambda: full_hour)
    housekeeping.prune()
    assert not AuditLine.objects.exists()


# --- Triggers ----------------------------------------------------------------------------


def test_migrate_makes_the_triggers_anew_where_they_are_missing(line):
    triggers.remove(connection)
    call_command("migrate", verbosity=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditLine.objects.all().delete()
