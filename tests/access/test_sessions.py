"""How long a login lasts: without use, and at most; and what ends it at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import AdministratorFactory, UserFactory
from tests.setup.test_settings import ask
from tsh_erp.access import tasks

pytestmark = pytest.mark.django_db
HOME, LOGIN, CHANGE = reverse("admin:index"), reverse("admin:login"), reverse("admin:password_change_done")
GOOD = "a very good password"
START = timezone.now()


@pytest.fixture
def clock(monkeypatch):
    """clock(hours=5): so much later than the start."""

    def turn(**later: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: START + timedelta(**later))

    turn()
    return turn


def entered(user=None) -> Client:
    client = Client()
    client.force_login(user or UserFactory())
    return client


def is_in(client: Client, **headers: str) -> bool:
    return client.get(CHANGE, headers=headers).status_code == 200


def test_a_login_that_nobody_uses_ends_after_twelve_hours(clock):
    client = entered()
    clock(hours=11.9)
    assert is_in(client)
    clock(hours=24.1)
    assert not is_in(client)


def test_a_login_ends_after_a_week_however_busy(clock):
    client = entered()
    for hours in range(8, 168, 8):
        clock(hours=hours)
        assert is_in(client), hours
    clock(hours=167.9)
    assert is_in(client)
    clock(hours=168.1)
    assert not is_in(client)


def test_a_shorter_age_holds_for_logins_that_there_are(clock, settings):
    client = entered()
    clock(hours=2)
    settings.SESSION_COOKIE_AGE = 3600
    assert not is_in(client)


def test_a_page_that_asks_by_itself_keeps_no_login_alive(clock):
    client = entered()
    for hours in (4, 8, 11):
        clock(hours=hours)
        assert is_in(client, **{"X-By-Itself": "yes"})
    clock(hours=12.1)
    assert not is_in(client)


def test_a_sign_of_life_is_written_twice_an_hour_and_not_at_every_request(clock):
    client = entered()
    written = []
    for minutes in (29, 31, 31, 60, 62):
        clock(minutes=minutes)
        with CaptureQueriesContext(connection) as asked:
            is_in(client)
        written.append(sum("UPDATE" in each["sql"] for each in asked))
    assert written == [0, 1, 0, 0, 1]


def test_a_login_of_before_there_was_an_age_has_ended():
    client = entered()
    session = client.session
    del session["begun"]
    session.save()
    assert not is_in(client)


def test_a_login_gets_a_key_of_its_own():
    user = UserFactory(username="zainab")
    user.set_password(GOOD)
    user.save()
    client = Client()
    planted = client.session  # somebody else may know this key
    planted["x"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    assert client.post(LOGIN, {"username": "zainab", "password": GOOD}).status_code == 302
    assert client.cookies["sessionid"].value != planted.session_key
    assert not Session.objects.filter(pk=planted.session_key).exists()


def test_a_new_password_ends_the_other_logins_and_not_this_one():
    user = UserFactory()
    user.set_password(GOOD)
    user.save()
    mine, other = entered(user), entered(user)
    new = {"new_password1": "another good one", "new_password2": "another good one"}
    answer = mine.post(reverse("admin:password_change"), {"old_password": GOOD} | new)
    assert (answer.status_code, is_in(mine), is_in(other)) == (302, True, False)


def test_a_password_that_an_administrator_sets_ends_all_logins():
    user = UserFactory()
    theirs = entered(user)
    new = {"password1": "another good one", "password2": "another good one", "usable_password": "true"}
    answer = entered(AdministratorFactory()).post(f"/admin/auth/user/{user.pk}/password/", new)
    assert (answer.status_code, is_in(theirs)) == (302, False)


def test_logging_out_ends_the_session_at_the_server():
    client = entered()
    key = client.cookies["sessionid"].value
    client.post(reverse("admin:logout"))
    client.cookies["sessionid"] = key
    assert not is_in(client)


def test_ended_sessions_are_deleted(clock):
    entered()
    clock(hours=12.1)
    tasks.forget()
    assert not Session.objects.exists()


def test_no_script_reads_the_cookie_and_no_other_page_sends_it():
    user = UserFactory(username="zainab")
    user.set_password(GOOD)
    user.save()
    cookie = Client().post(LOGIN, {"username": "zainab", "password": GOOD}).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_in_production_cookies_travel_by_tls_only(manage):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")
    asked = f"[*[getattr(s, n) for n in {names}], s.SESSION_IDLE_SECONDS, s.SESSION_COOKIE_AGE]"
    chosen = {"SESSION_IDLE_MINUTES": "30", "SESSION_MAX_HOURS": "24"}
    assert ask(manage, asked, **chosen) == [True, True, True, 1800, 86400]
