"""/api/v1/truth/: the share with its interval, and the drifts."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.factories import AdministratorFactory, OrganizationFactory
from zoho_sync.models import TruthCheck

pytestmark = pytest.mark.django_db
URL = "/api/v1/truth/"


@pytest.fixture
def browser(client):
    client.force_login(AdministratorFactory())
    return client


def test_it_tells_the_share_its_interval_and_each_drift(browser):
    organization = OrganizationFactory()
    differences = [
        {"table": "product", "record": "1", "label": "", "field": "unit_price", "here": "12.5", "there": None}
    ]
    for verdict, record in (("equal", "2"), ("equal", "3"), ("equal", "4"), ("drift", "1")):
        TruthCheck.objects.create(
            organization=organization,
            entity="products",
            external_id=record,
            checked_at=timezone.now(),
            verdict=verdict,
            differences=differences if verdict == "drift" else [],
        )

    (told,) = browser.get(URL).json()["results"]

    assert (told["checked"], told["equal"], told["share"], told["drifts_count"]) == (4, 3, 0.75, 1)
    assert told["low"] < 0.75 < told["high"]
    (drift,) = told["drifts"]
    assert (drift["entity"], drift["record"], drift["refresh_run"]) == ("products", "1", None)
    assert drift["differences"] == [{k: v for k, v in differences[0].items() if k != "label"}]
    assert [each["entity"] for each in told["entities"]] == ["products", "stock", "customers", "price_lists"]


def test_without_data_the_share_is_null(browser):
    OrganizationFactory()

    (told,) = browser.get(URL).json()["results"]

    assert (told["checked"], told["share"], told["low"], told["high"]) == (0, None, None, None)


def test_a_parameter_it_does_not_know_is_refused(browser):
    answer = browser.get(URL, {"hours": 5})

    assert answer.status_code == 400
    assert "hours" in answer.content.decode()
