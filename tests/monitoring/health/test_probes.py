"""Health is computed from what happened; where nothing did, it says so."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from monitoring import health
from monitoring.health import Health, pulse
from monitoring.models import AlertChannel, Watch
from tests.factories import (
    OAuthTokenFactory,
    OrganizationFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import Event, OAuthToken, RateBucket, WebhookDelivery, WebhookSecret, WorkerBeat
from zoho_sync.webhooks.keys import make_secret

pytestmark = pytest.mark.django_db


def found(name: str) -> health.Finding:
    (finding,) = (each for each in health.examine() if each.probe == name)
    return finding


def ago(**time_gone):
    return timezone.now() - timedelta(**time_gone)


def test_an_empty_installation_knows_nothing_and_claims_nothing():
    told = {each.probe: each.health for each in health.examine()}
    assert [told[name] for name in ("token", "webhooks", "watch", "keys")] == ["unknown"] * 4
    assert [told[name] for name in ("database", "tables", "disk")] == ["ok"] * 3


@pytest.mark.parametrize(("seconds", "health"), [(80, "ok"), (100, "degraded")])
def test_a_canary_has_to_come_within_ninety_seconds(seconds, health):
    WorkerBeat.objects.create(name="here", beat_at=ago(seconds=seconds))
    assert found("worker").health == health


def test_a_silent_worker_tells_since_when():
    beat_at = ago(minutes=10)
    WorkerBeat.objects.create(name="here", beat_at=beat_at)
    assert found("worker").since == beat_at


# --- Token -----------------------------------------------------------------------------------------------


def test_a_connection_that_was_never_used_is_not_called_well():
    OAuthTokenFactory(access_expires_at=None)
    assert found("token").health is Health.UNKNOWN


def test_a_token_in_use_tells_how_long_it_lasts():
    OAuthTokenFactory(access_expires_at=timezone.now() + timedelta(minutes=40), refreshed_at=ago(minutes=20))
    token = found("token")
    assert (token.health, token.figure) == (Health.OK, "40 minutes left")


def test_a_refused_token_says_why_and_what_to_do():
    OAuthTokenFactory(
        state=OAuthToken.State.REFUSED, state_message="invalid_code", access_expires_at=ago(hours=1)
    )
    token = found("token")
    assert (token.health, token.message) == (Health.DEGRADED, "invalid_code")
    assert "zoho_connect" in token.what_to_do


def test_refreshes_that_fail_are_seen_before_the_token_ends():
    OAuthTokenFactory(access_expires_at=timezone.now() + timedelta(minutes=3), refreshed_at=ago(minutes=57))
    organization = OrganizationFactory()
    for reason in ("no answer", "connection refused"):
        Event.objects.create(
            name="tds.zoho.token.refresh_failed", organization=organization, data={"message": reason}
        )
    token = found("token")
    assert token.health is Health.DEGRADED
    assert token.message.endswith("connection refused")
    assert token.since == Event.objects.order_by("pk").first().at


def test_a_refresh_that_worked_since_has_settled_it():
    Event.objects.create(name="tds.zoho.token.refresh_failed", organization=OrganizationFactory(), data={})
    later = timezone.now() + timedelta(seconds=1)
    OAuthTokenFactory(access_expires_at=later + timedelta(hours=1), refreshed_at=later)
    assert found("token").health is Health.OK


# --- Disk ------------------------------------------------------------------------------------------------


def test_little_room_degrades(settings):
    settings.HEALTH = {"DISK_LOW_MB": 10**9, "DISK_FULL_MB": 0}
    assert found("disk").health is Health.DEGRADED


def test_a_full_disk_serves_nobody_where_the_database_lies_on_it(settings):
    settings.HEALTH = {"DISK_LOW_MB": 10**9, "DISK_FULL_MB": 10**9}
    told = health.examine()[-1]
    expected = ("disk", Health.DOWN) if connection.vendor == "sqlite" else ("keys", Health.UNKNOWN)
    assert (told.probe, told.health) == expected


def test_a_data_folder_that_is_not_there_yet_lies_on_its_parents_disk(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "not" / "yet"
    assert found("disk").health is Health.OK


# --- Clock -----------------------------------------------------------------------------------------------


def seen(seconds: float, **when) -> None:
    RateBucket.objects.create(
        organization=OrganizationFactory(), clock_skew_seconds=seconds, clock_seen_at=ago(**when)
    )


def test_clocks_that_agree_are_well():
    seen(-0.4, minutes=5)
    assert found("clock").health is Health.OK


@pytest.mark.parametrize(("seconds", "words"), [(90, "90 s ahead of Zoho"), (-90, "90 s behind Zoho")])
def test_a_clock_that_is_off_says_which_way(seconds, words):
    seen(seconds, minutes=5)
    clock = found("clock")
    assert clock.health is Health.DEGRADED
    assert words in clock.message


def test_what_was_seen_days_ago_tells_nothing_of_now():
    seen(90, days=2)
    assert found("clock").health is (Health.OK if connection.vendor == "postgresql" else Health.UNKNOWN)


# --- Webhooks --------------------------------------------------------------------------------------------


def test_dead_letters_degrade_and_applied_ones_do_not():
    delivery = WebhookDeliveryFactory(status=WebhookDelivery.Status.APPLIED)
    assert found("webhooks").health is Health.OK
    WebhookDelivery.objects.filter(pk=delivery.pk).update(status=WebhookDelivery.Status.DEAD)
    assert found("webhooks").health is Health.DEGRADED


def test_a_silent_subject_degrades_and_tells_since_when():
    expectation = WebhookExpectationFactory(changed_at=ago(days=3), silence_hours=6)
    webhooks = found("webhooks")
    assert (webhooks.health, webhooks.since) == (Health.DEGRADED, expectation.changed_at)


# --- Watch and keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "health"), [(30, "ok"), (130, "degraded")])
def test_the_watch_has_to_look_within_two_minutes(seconds, health):
    Watch.objects.create(name="watch", looked_at=ago(seconds=seconds))
    assert found("watch").health == health


def test_secrets_of_another_key_are_counted(settings):
    make_secret(OrganizationFactory(), "main")
    AlertChannel.objects.create(name="hook", kind="webhook", secrets='{"key": "1"}')
    assert found("keys").figure == "2 readable"

    settings.SECRET_KEY = "another key, under which nothing was written, of at least fifty characters"

    assert found("keys").health is Health.DEGRADED
    assert found("keys").message.startswith("2 stored secrets")
    assert WebhookSecret.objects.count() == 1


# --- Bounded ---------------------------------------------------------------------------------------------


@pytest.fixture
def a_server_that_never_answers():
    """The kernel takes connections for it; it says nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.one_leg
def test_a_database_that_takes_the_question_and_never_answers_holds_nobody_up(
    a_server_that_never_answers, monkeypatch
):
    """Two visitors ask one after the other; one thread waits for the answer, and both are told soon."""
    silent = connections["default"].settings_dict | {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": a_server_that_never_answers,
        "OPTIONS": {},
    }
    monkeypatch.setitem(connections.settings, "default", silent)
    threads = threading.active_count()
    for _visitor in range(2):
        with pytest.raises(pulse.NoPulse, match="in time"):
            pulse.feel()
    assert threading.active_count() == threads + 1
