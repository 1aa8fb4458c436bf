from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from zoho_sync.connections import organization_for
from zoho_sync.errors import AuthError, NotConnected, Throttled, ZohoUnavailable
from zoho_sync.models import ApiUsage, Event, FilterVerdict, OAuthToken
from zoho_sync.zoho import clock, tokens
from zoho_sync.zoho.client import ZohoClient


def row_of(organization) -> OAuthToken:
    return OAuthToken.objects.get(organization=organization)


def age(organization, **values) -> None:
    OAuthToken.objects.filter(organization=organization).update(**values)


def near_its_end(organization) -> None:
    """As if the token had been made 56 minutes ago, for an hour."""
    now = clock.now()
    age(
        organization,
        refreshed_at=now - timedelta(minutes=56),
        access_expires_at=now + timedelta(minutes=4),
        refresh_stamps=[],
    )


def test_one_token_serves_many_calls(client, token_calls):
    for _ in range(3):
        client.get("items")

    assert len(token_calls()) == 1


def test_a_token_is_refreshed_before_it_ends(client, organization, token_calls):
    client.get("items")
    first = row_of(organization)

    near_its_end(organization)
    client.get("items")

    assert len(token_calls()) == 2
    assert row_of(organization).access_token != first.access_token


def test_secrets_are_unreadable_in_the_database(client, organization):
    client.get("items")
    row = row_of(organization)

    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret, refresh_token, access_token FROM zoho_sync_oauthtoken")
        stored = cursor.fetchone()

    for secret in (row.client_secret, row.refresh_token, row.access_token):
        assert secret
        assert not any(secret in column for column in stored)


def test_many_threads_share_one_refresh(organization, token_calls, zoho):
    zoho.settings(latency_ms=150)
    errors, ready = [], threading.Barrier(8)

    def call():
        try:
            with ZohoClient(organization) as client:
                ready.wait()
                client.get("items", {"per_page": 1})
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(token_calls()) == 1


PROCESS = """
import django
django.setup()
from zoho_sync.connections import organization_for
from zoho_sync.zoho.client import ZohoClient
with ZohoClient(organization_for()) as client:
    for _ in range(4):
        client.get("items", {"per_page": 1})
"""


@pytest.mark.slow
def test_many_processes_share_one_refresh(
    organization, token_calls, api_calls, zoho, zoho_server, process_environment
):
    environment = process_environment | zoho_server.environment
    started = [
        subprocess.Popen([sys.executable, "-c", PROCESS], env=environment, cwd=Path.cwd()) for _ in range(4)
    ]

    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    assert len(token_calls()) == 1
    assert len(api_calls()) == 16


def test_an_expired_token_is_refreshed_once_and_the_call_goes_on(client, zoho, token_calls, api_calls):
    client.get("items")
    zoho.tokens("expire")

    client.get("items")

    assert len(token_calls()) == 2
    assert [call["status"] for call in api_calls()] == [200, 401, 200]


def test_a_token_that_somebody_else_has_refreshed_is_not_refreshed_again(organization, zoho, token_calls):
    with ZohoClient(organization) as one, ZohoClient(organization) as other:
        one.get("items")
        dead = row_of(organization).access_token
        zoho.tokens("expire")
        one.get("items")

        fresh = tokens.usable(organization, other._wire, refused=dead)

    assert fresh.access_token != dead
    assert len(token_calls()) == 2


def test_a_path_outside_of_the_scopes_is_an_honest_failure_that_burns_one_refresh_only(
    client, organization, zoho, token_calls
):
    zoho.order_fault("status", path="/pricebooks", status=401, code=57, times=None)

    for _ in range(3):
        with pytest.raises(AuthError, match=r"pricebooks.*scope"):
            client.get("pricebooks")

    assert len(token_calls()) == 2  # the first one, and the forced one
    assert row_of(organization).state == OAuthToken.State.WORKING
    client.get("items")  # the rest goes on


def test_new_credentials_forget_which_paths_were_out_of_scope(client, organization, zoho):
    zoho.order_fault("status", path="/pricebooks", status=401, code=57, times=None)
    with pytest.raises(AuthError):
        client.get("pricebooks")
    assert FilterVerdict.objects.filter(name="scope").exists()

    tokens.store(organization, tokens.credentials_of(row_of(organization)))

    assert not FilterVerdict.objects.filter(name="scope").exists()


def test_a_token_refused_even_when_fresh_ends_after_one_refresh(client, zoho, token_calls, api_calls):
    zoho.order_fault("status", path="/items", status=401, code=14, times=None)

    with pytest.raises(AuthError, match="fresh access token"):
        client.get("items")

    assert len(token_calls()) == 2
    assert len(api_calls()) == 2


def test_a_revoked_refresh_token_stops_every_further_call(client, organization, zoho, token_calls, api_calls):
    zoho.tokens("revoke")
    with pytest.raises(AuthError, match="zoho_connect"):
        client.get("items")
    asked = len(token_calls())

    with pytest.raises(AuthError, match="zoho_connect"):
        client.get("items")

    assert asked == 1 == len(token_calls())
    assert api_calls() == []
    assert row_of(organization).state == OAuthToken.State.REFUSED


def test_other_credentials_in_the_environment_end_the_refusal(client, organization, zoho, settings):
    right = settings.ZOHO["REFRESH_TOKEN"]
    settings.ZOHO = settings.ZOHO | {"REFRESH_TOKEN": "1000.wrong"}
    organization_for()
    with pytest.raises(AuthError):
        client.get("items")

    organization_for()
    assert row_of(organization).state == OAuthToken.State.REFUSED  # the same wrong ones change nothing

    settings.ZOHO = settings.ZOHO | {"REFRESH_TOKEN": right}
    organization_for()

    assert client.get("items").code == 0


@pytest.mark.parametrize(("name", "value"), [("CLIENT_ID", "1000.OTHER"), ("CLIENT_SECRET", "other")])
def test_an_unknown_client_is_told_in_a_sentence_without_the_secret(client, zoho, settings, name, value):
    settings.ZOHO = settings.ZOHO | {name: value}
    organization_for()

    with pytest.raises(AuthError, match=r"does not know this client id and secret.*data centre") as refusal:
        client.get("items")

    assert settings.ZOHO["CLIENT_SECRET"] not in str(refusal.value)


def test_no_more_than_eight_refreshes_happen_in_ten_minutes(client, organization, zoho, token_calls):
    for _ in range(8):
        zoho.tokens("expire")
        age(organization, access_expires_at=None)
        client.get("items")

    age(organization, access_expires_at=None)
    with pytest.raises(Throttled) as pause:
        client.get("items")

    assert len(token_calls()) == 8
    assert timedelta(minutes=8) < pause.value.retry_at - clock.now() <= timedelta(minutes=10)


@pytest.mark.parametrize("way", ["denied", "too_many_requests"])
def test_a_throttled_token_endpoint_is_a_pause_for_everybody(client, organization, zoho, token_calls, way):
    zoho.settings(token_throttle=way)
    zoho.tokens("throttle")

    for _ in range(3):
        with pytest.raises(Throttled) as pause:
            client.get("items")
        assert pause.value.retry_at - clock.now() > timedelta(minutes=9)

    assert len(token_calls()) == 1
    assert row_of(organization).state != OAuthToken.State.REFUSED


def test_a_throttled_endpoint_does_not_stop_a_token_that_still_works(client, organization, zoho, token_calls):
    client.get("items")
    zoho.tokens("throttle")
    near_its_end(organization)

    assert client.get("items").code == 0
    assert len(token_calls()) == 2  # it was tried


@pytest.mark.parametrize("fault", ["html", "empty", "cut", "not_json", "truncated", "reset", "status"])
def test_a_garbled_token_answer_is_tried_again(client, zoho, token_calls, fault):
    zoho.order_fault(fault, path="/oauth/v2/token", times=1)

    assert client.get("items").code == 0
    assert len(token_calls()) == 2


def test_an_accounts_server_that_is_down_is_no_refusal_and_costs_no_refresh(
    client, organization, zoho, settings
):
    settings.ZOHO = settings.ZOHO | {"ACCOUNTS_URL": "http://127.0.0.1:1"}

    with pytest.raises(
        ZohoUnavailable, match=r"not reachable at http://127.0.0.1:1 \(connection refused\).*ACCOUNTS"
    ):
        client.get("items")

    row = row_of(organization)
    assert (row.state, row.refresh_stamps, row.refreshing_by) == (OAuthToken.State.UNUSED, [], "")


def test_a_refresher_that_is_killed_is_succeeded_when_its_lease_ends(
    client, organization, zoho, zoho_server, process_environment
):
    zoho.order_fault("silence", path="/oauth/v2/token", delay=600)
    environment = process_environment | zoho_server.environment
    process = subprocess.Popen([sys.executable, "-c", PROCESS], env=environment, cwd=Path.cwd())
    # Before its call has arrived, the fault would wait for ours.
    while not any(call["fault"] == "silence" for call in zoho.calls()):
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert row_of(organization).refreshing_until - clock.now() > timedelta(seconds=20)

    age(organization, refreshing_until=clock.now() + timedelta(seconds=0.5))

    assert client.get("items").code == 0
    assert len(row_of(organization).refresh_stamps) == 2  # the lost one counts: Zoho may have counted it too


def test_a_refresh_never_overwrites_credentials_that_came_meanwhile(organization, zoho, client):
    zoho.order_fault("delay", path="/oauth/v2/token", delay=1)
    mine = tokens.credentials_of(row_of(organization))
    other = tokens.Credentials(mine.region, mine.client_id, mine.client_secret, "1000.newer")
    late = threading.Timer(0.4, lambda: (tokens.store(organization, other), connections.close_all()))
    late.start()

    with pytest.raises(AuthError):  # the newer ones are unknown to the sandbox: they were really used
        client.get("items")
    late.join()

    assert row_of(organization).refresh_token == "1000.newer"


def test_an_api_host_outside_of_the_table_is_not_believed(organization, client, zoho, settings):
    client.get("items")
    age(organization, api_domain="https://www.zohoapis.com.attacker.example")
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": ""}
    from zoho_sync.zoho.regions import api_url

    row = row_of(organization)
    assert api_url(row.region, row.api_domain) == "https://www.zohoapis.com"


def test_the_ledger_and_the_events_tell_of_refreshes(client, organization, zoho):
    client.get("items")
    zoho.tokens("revoke")
    with pytest.raises(AuthError):
        client.get("items")

    line = ApiUsage.objects.get(api="accounts")
    assert (line.endpoint, line.calls_count, line.failed_count) == ("oauth/v2/token", 2, 1)
    names = list(Event.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["tds.zoho.token.refreshed", "tds.zoho.token.refresh_failed"]


def test_an_organisation_without_credentials_says_what_to_do(organization, client):
    tokens.forget(organization)

    with pytest.raises(NotConnected, match="zoho_connect"):
        client.get("items")
