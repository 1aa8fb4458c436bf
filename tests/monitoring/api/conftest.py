"""Somebody who may look at everything, and a world in which all is well."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.factories import OAuthTokenFactory, SyncCheckpointFactory, UserFactory
from tests.zoho_sync.doors.conftest import Caller
from tests.zoho_sync.doors.conftest import caller_with as caller_with
from zoho_sync.models import WorkerBeat
from zoho_sync.processors import registry


@pytest.fixture
def viewer(db) -> Caller:
    user = UserFactory(username="noor")
    user.user_permissions.set(
        Permission.objects.filter(
            codename__startswith="view_", content_type__app_label__in=["inventory", "zoho_sync", "monitoring"]
        )
    )
    return Caller(user)


@pytest.fixture
def organization(db):
    return OAuthTokenFactory().organization


@pytest.fixture
def well(organization) -> None:
    """A worker is alive, and everything was read just now."""
    WorkerBeat.objects.create(name="a worker", beat_at=timezone.now())
    for entity in registry.names():
        SyncCheckpointFactory(organization=organization, entity=entity, full_at=timezone.now())
