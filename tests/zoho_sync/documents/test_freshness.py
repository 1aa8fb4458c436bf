"""Documents are judged by their age once they are mirrored, and never before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import OrganizationFactory, SyncCheckpointFactory
from zoho_sync import status
from zoho_sync.freshness import STALE_AFTER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("entity", "age", "is_stale", "is_unread"),
    [
        ("invoices", None, False, True),
        ("invoices", STALE_AFTER - timedelta(hours=1), False, False),
        ("invoices", STALE_AFTER + timedelta(hours=1), True, False),
        ("products", None, True, True),
        ("customer_details", None, False, False),  # nothing to read on most days
        ("customer_details", 9 * STALE_AFTER, False, False),
    ],
)
def test_what_was_never_read_is_not_out_of_date(entity, age, is_stale, is_unread):
    organization = OrganizationFactory()
    if age is not None:
        SyncCheckpointFactory(organization=organization, entity=entity, full_at=timezone.now() - age)

    found = next(each for each in status.freshness(organization) if each.entity == entity)

    assert (found.is_stale, found.is_unread) == (is_stale, is_unread)
