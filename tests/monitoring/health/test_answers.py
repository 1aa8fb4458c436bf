"""What load balancers and staff are told."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from tests.access.conftest import (
    bearer,
    groups,  # noqa: F401
    token_of,
)
from tests.factories import UserFactory
from zoho_sync.models import WorkerBeat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


@pytest.fixture
def staff_client(client):
    """Of somebody who may see runs."""
    layla = UserFactory(username="layla")
    layla.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(layla)
    return client


def beat(**ago) -> None:
    WorkerBeat.objects.create(name="here", beat_at=timezone.now() - timedelta(**ago))


def test_live_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_is_ok_when_a_worker_answers_its_canaries(client):
    beat(seconds=5)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_silent_worker_degrades(client):
    beat(minutes=10)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"})


def test_staff_see_what_each_probe_found(staff_client):
    probes = {row["probe"]: row for row in staff_client.get("/health/ready").json()["probes"]}
    assert [probes[name]["status"] for name in ("database", "tables", "worker")] == ["ok", "ok", "degraded"]
    assert "make worker" in probes["worker"]["message"]


def test_strangers_and_customers_see_the_sum_only(client):
    client.force_login(get_user_model().objects.create_user("visitor"))
    assert set(client.get("/health/ready").json()) == {"status"}


def test_staff_without_the_right_to_see_runs_see_the_sum_only(client):
    client.force_login(UserFactory(username="noor"))
    assert set(client.get("/health/ready").json()) == {"status"}


def test_a_program_with_a_token_for_reading_sees_every_finding(client):
    viewer = UserFactory(username="a-monitor", is_staff=False)
    viewer.groups.add(Group.objects.get(name="Viewer"))
    answer = client.get("/health/ready", headers=bearer(token_of(viewer, "read")[1]))
    assert answer.status_code == 200
    assert {"probe", "status", "message", "since", "figure", "what_to_do"} == set(answer.json()["probes"][0])


def test_a_token_of_somebody_without_the_right_sees_the_sum_only(client):
    secret = token_of(UserFactory(username="a-shop", is_staff=False), "read")[1]
    assert set(client.get("/health/ready", headers=bearer(secret)).json()) == {"status"}


def test_a_token_that_is_not_valid_is_told_so_beside_the_sum(client):
    answer = client.get("/health/ready", headers=bearer("tsh_nonsense"))
    assert (answer.status_code, answer.json()["status"]) == (401, "degraded")
    assert "WWW-Authenticate" in answer


def test_tables_older_than_the_program_are_down(staff_client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'monitoring' OR app = 'zoho_sync'")
    answer = staff_client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert "manage.py migrate" in answer.json()["probes"][-1]["message"]


def test_answers_are_never_cached_and_nothing_can_be_posted(client):
    assert "no-store" in client.get("/health/ready")["Cache-Control"]
    assert client.post("/health/ready").status_code == 405


def test_a_database_that_does_not_answer_is_down(manage, tmp_path):
    """In a process of its own, on a database that is not there."""
    code = (
        "from django.test import Client\n"
        "answer = Client().get('/health/ready', HTTP_HOST='localhost')\n"
        "live = Client().get('/health/live', HTTP_HOST='localhost')\n"
        "print(answer.status_code, answer.json()['status'], live.status_code)"
    )
    away = {"DATABASE_URL": "postgres://erp@127.0.0.1:1/erp", "DJANGO_SETTINGS_MODULE": "tsh_erp.settings"}
    done = subprocess.run(
        [*manage, "shell", "-v0", "-c", code],
        env=os.environ | away,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["503", "down", "200"], done.stderr
