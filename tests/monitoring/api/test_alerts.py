"""Alerts through the API: listed, filtered, told with their history, and what people do about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from monitoring import alerts as life
from monitoring.models import Alert, Watch
from tests.factories import NOON, UserFactory
from tests.monitoring.alerts.conftest import breach, rule_for
from tests.zoho_sync.doors.conftest import Caller

pytestmark = pytest.mark.django_db
ALERTS = "/api/v1/alerts/"


def opened(fingerprint: str = "dead-letters", severity: str = "error", **columns) -> Alert:
    return life.open_alert(rule_for(fingerprint.partition(":")[0]), breach(fingerprint, severity, **columns))


@pytest.fixture
def handler(db) -> Caller:
    user = UserFactory(username="zainab")
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_alert", "handle_alert")))
    return Caller(user)


def causes(answer) -> list[str]:
    return [each["cause"] for each in answer["results"]]


def test_an_alert_is_told_whole(viewer):
    opened(records_count=2, since=NOON, url="/api/v1/deliveries/?status=dead", what_to_do="Replay them.")

    answer = viewer.get(ALERTS)
    (row,) = answer["results"]
    assert (answer["worst"], answer["looked_at"], answer["next"]) == ("error", None, None)
    assert (row["cause"], row["severity"], row["state"]) == ("dead-letters", "error", "open")
    assert (row["title"], row["message"], row["what_to_do"]) == ("Dead letters", "2 of them.", "Replay them.")
    assert (row["count"], row["seen_count"], row["since"]) == (2, 1, "2026-11-20T09:00:00Z")
    assert row["url"] == "http://testserver/api/v1/deliveries/?status=dead"
    assert viewer.get(row["alert_url"])["history"][0]["what"] == "opened"


def test_only_open_ones_are_told_unless_others_are_asked_for(viewer):
    opened("worker", "critical")
    life.resolve(opened("stale:1:products"), UserFactory())

    assert causes(viewer.get(ALERTS)) == ["worker"]
    resolved = viewer.get(f"{ALERTS}?state=resolved")
    assert (causes(resolved), resolved["worst"]) == (["stale:1:products"], None)
    assert len(viewer.get(f"{ALERTS}?state=resolved&state=open")["results"]) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("severity=critical", ["worker"]),
        ("severity=critical&severity=warning", ["stale:1:products", "worker"]),
        ("entity=products", ["stale:1:products"]),
        ("organization=1", ["stale:1:products"]),
        ("cause=worker", ["worker"]),
        ("seen_until=2026-01-01T00:00:00Z", []),
        ("ordering=id", ["worker", "stale:1:products"]),
    ],
)
def test_filters(viewer, query, found):
    opened("worker", "critical")
    opened("stale:1:products", "warning", entity="products", organization="1")

    assert causes(viewer.get(f"{ALERTS}?{query}")) == found


def test_the_list_goes_on_from_page_to_page(viewer):
    for number in range(5):
        opened(f"failed:{number}")

    first = viewer.get(f"{ALERTS}?page_size=3&ordering=id")
    assert causes(first) + causes(viewer.get(first["next"])) == [f"failed:{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("query", "field"),
    [("severity=bad", "severity"), ("state=shut", "state"), ("severities=info", "severities")],
)
def test_a_wrong_question_is_refused_and_the_parameter_named(viewer, query, field):
    answer = viewer.get(f"{ALERTS}?{query}", status=400)

    assert set(answer["errors"]) == {field}
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_the_answer_says_so_when_nobody_looks_any_more(viewer):
    never = viewer.get(ALERTS)
    assert (never["looked_at"], never["is_watched"]) == (None, False)
    Watch.objects.create(name="main", looked_at=timezone.now())
    assert viewer.get(ALERTS)["is_watched"] is True
    Watch.objects.update(looked_at=NOON)

    answer = viewer.get(ALERTS)
    assert (answer["looked_at"], answer["is_watched"]) == ("2026-11-20T09:00:00Z", False)


def test_somebody_acknowledges_with_a_note(handler):
    alert = opened()

    told = handler.post(f"{ALERTS}{alert.pk}/acknowledge/", {"note": "I am on it."}, status=200)
    assert (told["acknowledged_by"], told["note"]) == ("zainab", "I am on it.")
    assert (told["history"][-1]["what"], told["history"][-1]["by"]) == ("acknowledged", "zainab")
    assert told["can"] == {"acknowledge": False, "snooze": True, "resolve": True, "reopen": False}
    again = handler.post(f"{ALERTS}{alert.pk}/acknowledge/", status=409)
    assert (again["code"], again["detail"]) == ("wrong_state", "It is acknowledged already.")


def test_somebody_snoozes_until_a_time_that_makes_sense(handler):
    alert, until = opened(), timezone.now().replace(microsecond=0) + timedelta(hours=4)

    told = handler.post(f"{ALERTS}{alert.pk}/snooze/", {"until": until.isoformat()}, status=200)
    assert told["snoozed_until"] == told["history"][-1]["until"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")
    for body in ({}, {"until": "tomorrow"}, {"until": NOON.isoformat()}):
        assert set(handler.post(f"{ALERTS}{alert.pk}/snooze/", body, status=400)["errors"]) == {"until"}


def test_somebody_resolves_and_reopens(handler):
    alert = opened()

    told = handler.post(f"{ALERTS}{alert.pk}/resolve/", {"note": "It was a test."}, status=200)
    assert (told["state"], told["resolved_by"]) == ("resolved", "zainab")
    assert handler.post(f"{ALERTS}{alert.pk}/snooze/", {"until": "2100-01-01T00:00:00Z"}, status=400)
    assert handler.post(f"{ALERTS}{alert.pk}/resolve/", status=409)["code"] == "wrong_state"
    told = handler.post(f"{ALERTS}{alert.pk}/reopen/", status=200)
    assert (told["state"], told["reopened_count"], told["resolved_by"]) == ("open", 1, None)


def test_a_viewer_looks_and_does_nothing(caller_with):
    alert, viewer = opened(), caller_with("view_alert")

    assert not any(viewer.get(f"{ALERTS}{alert.pk}/")["can"].values())
    for verb in ("acknowledge", "snooze", "resolve", "reopen"):
        viewer.post(f"{ALERTS}{alert.pk}/{verb}/", status=403)
    caller_with("view_syncrun").get(ALERTS, status=403)


def test_the_same_answer_is_not_sent_twice(viewer):
    opened()
    first = viewer.get(ALERTS)
    response = viewer.client.get(ALERTS, headers={"If-None-Match": first.headers["ETag"]})

    assert response.status_code == 304


def test_the_time_to_snooze_until_that_the_schema_shows_can_be_copied_on_any_day(monkeypatch, handler):
    later = timezone.now() + timedelta(days=9)
    monkeypatch.setattr(timezone, "now", lambda: later)
    handler.client.force_login(handler.user)  # no login is nine days old
    asked = SchemaGenerator().get_schema(request=None, public=True)["paths"]["/api/v1/alerts/{id}/snooze/"][
        "post"
    ]["requestBody"]
    (example,) = asked["content"]["application/json"]["examples"].values()

    handler.post(f"{ALERTS}{opened().pk}/snooze/", example["value"], status=200)
