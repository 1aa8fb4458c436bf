"""A visitor of the API who may look at, start, decide and retry everything of the sync; and one of chosen rights."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from tests.factories import OAuthTokenFactory, UserFactory


@dataclass
class Answer:
    status: int
    json: Any
    headers: Any

    def __getitem__(self, name: str) -> Any:
        return self.json[name]


class Visitor:
    """get("runs/") and post("runs/", {...}) below /api/v1/, as JSON."""

    def __init__(self, user: Any):
        self.user = user
        self._client = APIClient()
        self._client.force_login(user)

    def get(self, address: str, status: int = 200, **headers: str) -> Answer:
        return self._answer(self._client.get(_path(address), headers=headers), status)

    def post(self, address: str, body: Any = None, status: int = 200, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = (
            b"" if body is None else json.dumps(body).encode()
        )  # escaped, so half characters can be sent too
        response = self._client.generic("POST", _path(address), raw, "application/json", headers=named)
        return self._answer(response, status)

    @staticmethod
    def _answer(response: Any, status: int) -> Answer:
        content = b"".join(response) if response.streaming else response.content
        assert response.status_code == status, content.decode()
        is_json = "json" in response.get("Content-Type", "")
        return Answer(response.status_code, json.loads(content) if is_json and content else content, response)


def _path(address: str) -> str:
    return address if address.startswith("http") else f"/api/v1/{address}"


@pytest.fixture
def visitor_with(db) -> Callable[..., Visitor]:
    """visitor_with("start_syncrun", …): signed in, staff, with these permissions of the sync."""

    def make(*names: str) -> Visitor:
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        return Visitor(user)

    return make


@pytest.fixture
def visitor(db) -> Visitor:
    user = UserFactory(username="zainab")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="zoho_sync"))
    user.user_permissions.add(*Permission.objects.filter(codename__in=("view_finding", "decide_finding")))
    return Visitor(user)


@pytest.fixture
def connected(db) -> Any:
    """The organisation, connected as far as is known."""
    return OAuthTokenFactory().organization


@pytest.fixture
def errors_of() -> Callable[[Answer], set[str]]:
    """The fields that a refusal names; of a list or an object inside the body, only itself."""

    def named(answer: Answer) -> set[str]:
        assert answer.headers["Content-Type"] == "application/problem+json"
        return {name.partition(".")[0] for name in answer["errors"]}

    return named
