"""How fresh the entities are, and what may still be called."""

from __future__ import annotations

import pytest

from tests.factories import (
    NOON,
    OAuthTokenFactory,
    OrganizationFactory,
    ProductFactory,
    RecordErrorFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
)
from zoho_sync.models import ApiUsage, RateBucket
from zoho_sync.processors import registry
from zoho_sync.zoho.budget import today

pytestmark = pytest.mark.django_db


def test_every_entity_is_told_with_what_is_known_of_it(visitor):
    organization = SyncCheckpointFactory(watermark=NOON, full_at=NOON).organization
    ProductFactory(organization=organization)
    ProductFactory(organization=organization, removed_at=NOON)
    RecordErrorFactory(organization=organization)
    last = SyncRunFactory(organization=organization)
    active = SyncRunFactory(organization=organization, status="running")

    results = visitor.get("entities/")["results"]

    assert [row["entity"] for row in results] == registry.names()
    (products,) = (row for row in results if row["entity"] == "products")
    assert products["watermark"] == products["full_at"] == "2026-11-20T09:00:00Z"
    assert (products["live_count"], products["waiting_failures_count"]) == (1, 1)
    assert products["last_run"]["id"] == str(last.pk)
    assert products["active_run"]["url"] == f"http://testserver/api/v1/runs/{active.pk}/"
    (details,) = (row for row in results if row["entity"] == "customer_details")
    assert details["is_background"] is True
    assert details["last_run"] is details["watermark"] is None


def test_several_organisations_are_told_apart(visitor, errors_of):
    for external_id in ("10234695", "10234696"):
        OrganizationFactory(external_id=external_id)

    assert {row["organization"] for row in visitor.get("entities/")["results"]} == {"10234695", "10234696"}
    one = visitor.get("entities/?organization=10234696")["results"]
    assert {row["organization"] for row in one} == {"10234696"}
    for address in ("entities/?organization=7", "connection/?organization=7"):
        assert errors_of(visitor.get(address, status=400)) == {"organization"}
    assert errors_of(visitor.get("entities/?entity=stock", status=400)) == {"entity"}


def test_the_connection_and_its_calls_are_told_without_a_secret(visitor, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 1000, "REALTIME_RESERVE_PERCENT": 10}
    token = OAuthTokenFactory(state_message="")
    organization = token.organization
    ApiUsage.objects.create(
        organization=organization, day=today(organization), api="inventory", endpoint="items", calls_count=300
    )
    RateBucket.objects.create(
        organization=organization, blocked_until="2999-01-01T00:00:00Z", blocked_reason="too many calls"
    )

    answer = visitor.get("connection/")

    (told,) = answer["results"]
    assert (told["organization"], told["state"], told["works"]) == (organization.external_id, "working", True)
    assert told["budget"] == {
        "limit": 1000,
        "used": 300,
        "left": 600,
        "reserve": 100,
        "blocked_until": "2999-01-01T00:00:00Z",
        "reason": "too many calls",
    }
    assert answer["worker_is_alive"] is False
    for secret in (token.client_secret, token.refresh_token, token.access_token, token.client_id):
        assert secret.encode() not in answer.headers.content


def test_an_organisation_that_was_never_connected_is_told_so(visitor):
    OrganizationFactory()

    (told,) = visitor.get("connection/")["results"]

    assert (told["state"], told["works"], told["refreshed_at"]) == ("", False, None)


@pytest.mark.parametrize("address", ["entities/", "connection/"])
def test_what_has_not_changed_is_not_sent_again(visitor, address):
    OAuthTokenFactory()
    etag = visitor.get(address).headers["ETag"]
    visitor.get(address, status=304, **{"If-None-Match": etag})
