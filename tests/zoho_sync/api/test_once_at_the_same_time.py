"""Equal questions at the same moment, and a process that dies between run and key."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter

import pytest
from django.db import connections, transaction
from django_q.models import OrmQ

from tests.conftest import PROJECT
from tests.factories import OAuthTokenFactory
from zoho_sync.models import IdempotencyKey, SyncRun

from .conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once():
    """at_once(n, work): n threads that begin together; what each returned."""

    def begin(count, work):
        gate, told = threading.Barrier(count), []

        def body(number):
            try:
                gate.wait(30)
                told.append(work(number))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=body, args=[n]) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(told) == count
        return told

    return begin


def ask(user, body, key):
    """(status, was it told again, body)."""
    client = Visitor(user)._client
    response = client.post("/api/v1/runs/", body, format="json", headers={"Idempotency-Key": key})
    return response.status_code, response.get("Idempotent-Replayed"), response.content


def test_equal_questions_at_the_same_moment_start_one_run(visitor, at_once):
    OAuthTokenFactory()

    told = at_once(6, lambda _n: ask(visitor.user, {"entity": "products", "ids": ["51"]}, "k1"))

    assert SyncRun.objects.count() == OrmQ.objects.count() == 1
    assert Counter((status, again) for status, again, _body in told) == {(202, None): 1, (202, "true"): 5}
    assert len({body for _status, _again, body in told}) == 1


def test_different_questions_with_one_key_at_the_same_moment_start_one_run(visitor, at_once):
    OAuthTokenFactory()

    told = at_once(4, lambda n: ask(visitor.user, {"entity": "products", "ids": [f"5{n}"]}, "k1"))

    assert SyncRun.objects.count() == 1
    assert Counter(status for status, _again, _body in told) == {202: 1, 422: 3}


def test_who_asks_while_the_first_is_still_being_answered_is_told_so(visitor):
    OAuthTokenFactory()
    began, may_end = threading.Event(), threading.Event()

    def first():
        try:
            with transaction.atomic():
                IdempotencyKey.objects.create(user=visitor.user, key="k1", fingerprint="0" * 64)
                began.set()
                may_end.wait(60)
                transaction.set_rollback(True)
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert began.wait(30)
    try:
        answer = visitor.post("runs/", {"entity": "products"}, status=409, Idempotency_Key="k1")
    finally:
        may_end.set()
        thread.join(60)

    assert answer["code"] == "still_in_progress"
    assert answer.headers["Retry-After"] == "1"
    assert not SyncRun.objects.exists()
    visitor.post("runs/", {"entity": "products"}, status=202, Idempotency_Key="k1")


def test_a_death_between_run_and_key_leaves_neither(visitor, process_environment):
    OAuthTokenFactory()
    words = [sys.executable, "-m", "tests.zoho_sync.api.killed", str(visitor.user.pk), "k1"]
    done = subprocess.run(
        words, env=process_environment, cwd=PROJECT, text=True, stdout=subprocess.PIPE, timeout=60
    )
    assert done.stdout.startswith("started")
    assert done.returncode == -9

    assert not SyncRun.objects.exists()
    assert not OrmQ.objects.exists()
    answer = visitor.post("runs/", {"entity": "products"}, status=202, Idempotency_Key="k1")
    assert "Idempotent-Replayed" not in answer.headers
    assert SyncRun.objects.count() == 1
