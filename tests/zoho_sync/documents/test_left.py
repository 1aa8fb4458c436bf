"""What is still to be read is each organisation's own."""

from __future__ import annotations

import pytest

from tests.document_factories import InvoiceFactory
from tests.factories import OAuthTokenFactory, OrganizationFactory
from zoho_sync.documents_left import documents_left, read_on
from zoho_sync.models import SyncRun

pytestmark = pytest.mark.django_db


def test_a_run_is_started_for_the_organisation_whose_documents_wait():
    """Named so that the order of their names is not that of their keys."""
    waiting, idle = (OrganizationFactory(external_id=name, name=name) for name in ("Zagros", "Anbar"))
    for each in (waiting, idle):
        OAuthTokenFactory(organization=each)
    InvoiceFactory(organization=waiting, detail_is_due=True)
    InvoiceFactory(organization=idle, detail_is_due=False)

    assert {key: found.calls for key, found in documents_left([idle, waiting]).items()} == {
        waiting.pk: 1,
        idle.pk: 0,
    }
    assert read_on() == ["invoices"]
    assert SyncRun.objects.get().organization == waiting
