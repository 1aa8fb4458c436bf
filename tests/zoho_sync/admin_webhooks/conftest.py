"""Who looks at the webhook pages."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from tests.factories import (
    AdministratorFactory,
    UserFactory,
)


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


@pytest.fixture
def enter(client):
    """enter("codename", …) -> a browser of a person who may do just that."""

    def log_in(*codenames: str):
        person = UserFactory()
        person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(person)
        return client

    return log_in
