"""What a refusal carries along, for whoever formats it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIRequestFactory

from tests.factories import OAuthTokenFactory, SyncRunFactory
from zoho_sync import services
from zoho_sync.api.refusals import Conflict, refusals
from zoho_sync.api.urls import urlpatterns
from zoho_sync.options import SyncOptions, Trigger

pytestmark = pytest.mark.django_db


def refused(work, run=None) -> Conflict:
    with pytest.raises(Conflict) as caught, refusals(APIRequestFactory().get("/"), run):
        work()
    return caught.value


def test_busy_names_the_run_that_has_not_ended():
    OAuthTokenFactory()
    run = SyncRunFactory(status="running")

    found = refused(lambda: services.start_run(SyncOptions(entity="products"), trigger=Trigger.API))

    assert found.get_codes() == "run_in_progress"
    assert found.extra == {
        "run": {
            "id": str(run.pk),
            "url": f"http://testserver/api/v1/runs/{run.pk}/",
            "entity": "products",
            "status": "running",
        }
    }


def test_a_wrong_state_is_told_as_it_is_now():
    run = SyncRunFactory(status="queued")
    type(run).objects.update(status="succeeded")

    found = refused(lambda: services.pause_run(run), run)

    assert found.get_codes() == "wrong_state"
    assert found.extra["run"]["status"] == "succeeded"


def test_no_connection_has_a_word_of_its_own():
    found = refused(lambda: services.start_run(SyncOptions(entity="products"), trigger=Trigger.API))

    assert found.get_codes() == "not_connected"
    assert found.status_code == 409


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_a_method_that_there_is_not_is_refused_as_such(visitor, pattern):
    address = f"/api/v1/{pattern.pattern}".replace("<int:pk>", str(SyncRunFactory().pk))
    for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = visitor._client.generic(method, address)
        assert answer.status_code == 405, (method, answer.content)
