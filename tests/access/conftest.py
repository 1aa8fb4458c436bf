"""People, tokens, and callers of the sample views."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations import RunPython
from django.test import Client

from tests.factories import UserFactory
from tsh_erp.access import migrations, throttles
from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import make_token

SAMPLE, OLDER = "/api/sample/", "/api/zoho/sample/"


def permitted(*names: str, **facts: Any) -> Any:
    """A user who may do just that; names: "app.codename"."""
    user = UserFactory(**facts)
    for name in names:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def token_of(user: Any, scope: str = "admin", **facts: Any) -> tuple[ApiToken, str]:
    asked = {"name": "shop", "expires_at": None, "maker": None} | facts
    return make_token(user=user, scope=scope, **asked)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def make_groups() -> None:
    """What the migrations of access do to the rows."""
    for module in iter_modules(migrations.__path__):
        for operation in import_module(f"{migrations.__name__}.{module.name}").Migration.operations:
            if isinstance(operation, RunPython):
                operation.code(apps, SimpleNamespace(connection=connection))


@pytest.fixture
def groups(db) -> None:
    """As the migrations made them, also after a test that empties every table at its end."""
    if not Group.objects.exists():
        make_groups()


@pytest.fixture
def sample(settings) -> None:
    settings.ROOT_URLCONF = "tests.access.sample"


@pytest.fixture
def caller(db, sample) -> Callable[..., Client]:
    """caller("inventory.change_product", scope="sync"): a program with a token of a user who may do that."""

    def make(*names: str, scope: str = "admin") -> Client:
        _token, text = token_of(permitted(*names, is_staff=False), scope)
        return Client(headers=bearer(text), raise_request_exception=False)

    return make


@pytest.fixture
def limits(settings, tmp_path) -> Callable[..., None]:
    """limits(PER_MINUTE_ADDRESS=3): with counts of this test's own."""

    def choose(**chosen: int) -> None:
        settings.API = settings.API | chosen | {"METER": tmp_path / "meter"}
        throttles.meter.cache_clear()

    yield choose
    throttles.meter.cache_clear()
