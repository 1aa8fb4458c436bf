"""A visitor of the catalogue's API, and a small world to look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture
def reader(db) -> Client:
    """Signed in, staff, and may look at the catalogue."""
    user = UserFactory()
    seen = Permission.objects.filter(content_type__app_label="inventory", codename__startswith="view_")
    user.user_permissions.set(seen)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def get(reader) -> Callable[..., Any]:
    """get("products/?q=x") → the answer's JSON; expects 200 unless told otherwise."""

    def ask(address: str, status: int = 200, **headers: str) -> Any:
        path = address if address.startswith("http") else f"/api/v1/{address}"
        response = reader.get(path, headers=headers)
        content = b"".join(response) if response.streaming else response.content
        assert response.status_code == status, content.decode()
        return json.loads(content) if content and not response.streaming else content

    return ask


@pytest.fixture
def names(get) -> Callable[[str], list[str]]:
    """names("products/?q=x") → the names on the page."""
    return lambda address: [row["name"] for row in get(address)["results"]]
