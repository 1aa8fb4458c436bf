"""Somebody who may do everything, and somebody who may only look."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from tests.factories import AdministratorFactory, OrganizationFactory, UserFactory


@pytest.fixture
def staff(client):
    OrganizationFactory()
    client.force_login(AdministratorFactory())
    return client


@pytest.fixture
def onlooker(client):
    """May look at everything, and start nothing."""
    OrganizationFactory()
    person = UserFactory()
    person.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(person)
    return client
