"""Somebody who looks at documents in the admin, and what its lists show."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.factories import UserFactory


@pytest.fixture
def today(settings):
    return timezone.localdate(timezone=timezone.get_default_timezone())


@pytest.fixture
def staff(client):
    """May look at everything of the catalogue, and take invoices out."""
    user = UserFactory(is_staff=True)
    of_inventory = Permission.objects.filter(content_type__app_label="inventory")
    user.user_permissions.set(of_inventory.filter(codename__startswith="view_"))
    user.user_permissions.add(*of_inventory.filter(codename__startswith="export_"))
    client.force_login(user)
    return client


@pytest.fixture
def rows(staff):
    """rows("invoice/?q=x") → the numbers of the list's rows."""

    def ask(address: str) -> list[str]:
        answer = staff.get(f"/admin/inventory/{address}")
        assert answer.status_code == 200, answer.headers
        return [str(row) for row in answer.context["cl"].result_list]

    return ask
