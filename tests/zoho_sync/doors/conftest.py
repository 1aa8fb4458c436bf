"""A caller of the older doors, a Zoho of each test's own, and somebody who works the queue's jobs meanwhile."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import OAuthTokenFactory, UserFactory
from tests.zoho_sync.engine.conftest import (  # noqa: F401  (fixtures of the room next door)
    organization,
    run_sync,
    size,
    start_run,
    sync_all,
    until,
    zoho_server,
)
from tests.zoho_sync.engine.conftest import sandbox as sandbox
from zoho_sync.models import WorkerBeat

BULK = "/api/zoho/bulk-sync"
MOBILE = "/api/bff/tds"


@dataclass
class Answer:
    status: int
    json: Any
    headers: Any
    text: str

    def __getitem__(self, name: str) -> Any:
        return self.json[name]


class Caller:
    """post("/api/…", {...}) and get("/api/…"), as JSON; the status that is expected is asserted."""

    def __init__(self, user: Any):
        self.user = user
        self.client = APIClient()
        if user is not None:
            self.client.force_login(user)

    def get(self, address: str, status: int = 200, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._answer(self.client.get(address, headers=named), status)

    def post(self, address: str, body: Any = None, status: int = 202) -> Answer:
        return self._answer(self.client.post(address, body, format="json"), status)

    @staticmethod
    def _answer(response: Any, status: int) -> Answer:
        text = response.content.decode()
        assert response.status_code == status, text
        return Answer(status, json.loads(text) if text else None, response, text)


@pytest.fixture
def caller_with(db) -> Callable[..., Caller]:
    """caller_with("start_syncrun", …): signed in, staff, with these permissions."""

    def make(*names: str) -> Caller:
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        return Caller(user)

    return make


@pytest.fixture
def caller(db) -> Caller:
    """Somebody who may look at everything, and start and decide."""
    user = UserFactory(username="zainab")
    apps = ["inventory", "zoho_sync", "monitoring"]
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=apps))
    return Caller(user)


@pytest.fixture
def connected(db) -> Any:
    """The organisation, connected as far as is known."""
    return OAuthTokenFactory().organization


@pytest.fixture
def beat(db) -> None:
    """A worker was alive just now."""
    WorkerBeat.objects.create(name="a worker", beat_at=timezone.now())


@pytest.fixture
def worker(transactional_db) -> Iterator[None]:
    """Works the queue's jobs in a thread, as soon as they come, and shows that it is alive."""
    from django.db import connections
    from django.utils.module_loading import import_string
    from django_q.models import OrmQ
    from django_q.signing import SignedPackage

    gone_home = threading.Event()

    def work() -> None:
        try:
            while not gone_home.wait(0.02):
                while (job := OrmQ.objects.order_by("pk").first()) is not None and not gone_home.is_set():
                    task = SignedPackage.loads(job.payload)
                    job.delete()
                    import_string(task["func"])(*task["args"])
        finally:
            connections.close_all()

    WorkerBeat.objects.create(name="a worker", beat_at=timezone.now())
    thread = threading.Thread(target=work, name="worker")
    thread.start()
    yield
    gone_home.set()
    thread.join(60)
    assert not thread.is_alive()
