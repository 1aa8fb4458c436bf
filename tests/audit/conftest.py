"""Lines of the trail, and people who leave them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from tests.factories import AdministratorFactory
from tsh_erp import commandline
from tsh_erp.audit import triggers
from tsh_erp.audit.models import AuditLine


@pytest.fixture(autouse=True)
def guarded(db) -> None:
    """As after `migrate`, whatever a test before has done."""
    triggers.install(connection)


@pytest.fixture
def ruler(db):
    return AdministratorFactory(username="ruler")


@pytest.fixture
def page(ruler) -> Client:
    client = Client(REMOTE_ADDR="203.0.113.7")
    client.force_login(ruler)
    return client


@pytest.fixture
def command(db) -> Callable[..., int]:
    """Give a command in this process, by the same door as manage.py."""
    return lambda *words: commandline.execute(["manage.py", *map(str, words)])


@pytest.fixture
def lines() -> Callable[..., list[AuditLine]]:
    """lines(table="auth.user") → those lines, oldest first."""
    return lambda **wanted: list(AuditLine.objects.filter(**wanted).order_by("pk"))
