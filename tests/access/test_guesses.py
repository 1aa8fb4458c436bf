"""Wrong passwords at the login page: how many are heard, by whom, for how long nobody is, and who may lift it."""

from __future__ import annotations

import io
import json
import logging
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.access.conftest import permitted
from tests.factories import AdministratorFactory, UserFactory
from tsh_erp.access import guesses, tasks
from tsh_erp.access.models import LoginLock, LoginPlace

pytestmark = pytest.mark.django_db
LOGIN, LIST = reverse("admin:login"), reverse("admin:access_loginlock_changelist")
HOME, CAFE = "203.0.113.7", "198.51.100.9"
GOOD = "a very good password"


@pytest.fixture(autouse=True)
def limits(settings):
    """limits(ATTEMPTS=3)"""

    def choose(**chosen: int) -> None:
        settings.LOGIN = settings.LOGIN | chosen

    choose(ATTEMPTS=3, ATTEMPTS_PER_ADDRESS=8, ATTEMPTS_PER_USER=12, COOL_OFF_MINUTES=15)
    return choose


@pytest.fixture
def zainab():
    user = UserFactory(username="zainab")
    user.set_password(GOOD)
    user.save()
    return user


def send(username: str = "zainab", password: str = "wrong", address: str = HOME, **headers: Any) -> Any:
    return Client(headers=headers).post(
        LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address
    )


def wrong(times: int, **facts: Any) -> list[int]:
    return [send(**facts).status_code for _each in range(times)]


def later(minutes: int) -> None:
    for lock in LoginLock.objects.all():
        lock.begun_at -= timedelta(minutes=minutes)
        lock.locked_until = lock.locked_until and lock.locked_until - timedelta(minutes=minutes)
        lock.save()


# --- How many are heard ------------------------------------------------------------------------------


def test_after_so_many_wrong_passwords_nobody_is_heard_not_even_with_the_right_one(zainab):
    assert wrong(4) == [200, 200, 200, 429]
    answer = send(password=GOOD)
    assert (answer.status_code, "sessionid" in answer.cookies) == (429, False)
    assert 14 * 60 < int(answer["Retry-After"]) <= 15 * 60
    page = answer.content.decode()
    assert "Try again in 15 minutes." in page
    assert "An administrator can let you in sooner" in page


def test_when_the_pause_is_over_the_right_password_lets_in(zainab):
    wrong(4)
    later(16)
    assert send(password=GOOD).status_code == 302
    assert not LoginLock.objects.filter(kind="pair").exists()


def test_who_waits_is_not_made_to_wait_longer(zainab):
    wrong(3)
    until = LoginLock.objects.get(kind="pair").locked_until
    wrong(5)
    assert LoginLock.objects.get(kind="pair").locked_until == until


def test_a_right_password_forgives_the_wrong_ones_before_it(zainab):
    wrong(2)
    assert send(password=GOOD).status_code == 302
    assert wrong(4) == [200, 200, 200, 429]


def test_wrong_passwords_of_long_ago_do_not_count(zainab):
    wrong(2)
    later(16)
    assert wrong(4) == [200, 200, 200, 429]


def test_one_address_that_tries_many_names_is_not_heard_any_more():
    assert [send(f"name{n}").status_code for n in range(9)] == [200] * 8 + [429]
    assert send("zainab", address=CAFE).status_code == 200


def test_right_passwords_between_do_not_forgive_what_the_address_has_tried(zainab):
    for number in range(4):
        send(f"name{number}")
        send(f"other{number}")
        send(password=GOOD)
    assert send("one more").status_code == 429


def test_a_stranger_elsewhere_does_not_lock_out_who_has_logged_in_from_here(zainab, limits):
    limits(ATTEMPTS_PER_USER=6)
    assert send(password=GOOD).status_code == 302
    found = [send(address=f"198.51.100.{number}").status_code for number in range(7)]
    assert found == [200] * 6 + [429]
    assert send(password=GOOD, address=CAFE).status_code == 429  # an address he has never come from
    assert send(password=GOOD).status_code == 302


def test_case_and_spelling_of_a_name_make_no_difference(zainab):
    found = [send(name).status_code for name in ("zainab", "ZAINAB", "Zainab ", "ｚａｉｎａｂ")]
    assert found == [200, 200, 200, 429]


def test_names_that_nobody_has_are_answered_and_counted_alike(zainab, limits):
    limits(ATTEMPTS_PER_ADDRESS=100)

    def seen(name: str) -> list[tuple]:
        found = []
        for _each in range(4):
            answer = send(name)
            page = answer.content.decode().replace(name, "NAME")
            kept = [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]
            found.append((answer.status_code, answer.get("Retry-After"), "\n".join(kept)))
        return found

    assert seen("nobodys") == seen("zainab")


def test_ipv6_visitors_count_by_the_network_they_have_to_themselves(zainab):
    found = [send(address=f"2001:db8::{number}").status_code for number in range(1, 5)]
    assert found == [200, 200, 200, 429]
    assert send(address="2001:db8:0:1::1").status_code == 200


def test_the_word_of_a_proxy_counts_where_there_is_one(zainab, settings):
    told = [{"X-Forwarded-For": f"6.6.6.6, 203.0.113.{number}"} for number in range(4)]
    settings.BEHIND_TLS_PROXY = True
    assert [send(address="127.0.0.1", **each).status_code for each in told] == [200] * 4
    settings.BEHIND_TLS_PROXY = False
    assert [send(address="127.0.0.1", **each).status_code for each in told] == [200, 200, 200, 429]


def test_the_old_password_is_not_guessed_at_the_page_that_changes_it(zainab):
    client = Client()
    client.force_login(zainab)
    sent = {"old_password": "wrong", "new_password1": "another good one", "new_password2": "another good one"}
    change = reverse("admin:password_change")
    assert [client.post(change, sent, REMOTE_ADDR=HOME).status_code for _each in range(4)] == [200] * 3 + [
        429
    ]
    assert client.post(change, sent | {"old_password": GOOD}, REMOTE_ADDR=HOME).status_code == 429
    guesses.lift(LoginLock.objects.all())
    assert client.post(change, sent | {"old_password": GOOD}, REMOTE_ADDR=HOME).status_code == 302


# --- Rubbish -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"username": "a\0b"},
        {"password": "a\0b"},
        {"username": "x" * 1_000_000},
        {"password": "x" * 1_000_000},
        {"username": ""},
        {"username": "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1")},
        {"address": "no address\0"},
        {"address": ""},
    ],
)
def test_rubbish_is_answered_like_a_wrong_password(facts, zainab):
    assert set(wrong(3, **facts)) == {200}
    assert LoginLock.objects.count() <= 3


def test_a_form_without_its_secret_is_refused_and_leaves_nothing():
    answer = Client(enforce_csrf_checks=True).post(LOGIN, {"username": "a", "password": "b"})
    assert (answer.status_code, LoginLock.objects.count()) == (403, 0)


def test_a_flood_from_one_address_leaves_no_more_rows_than_it_was_heard_times():
    for number in range(40):
        send(f"name{number}")
    assert LoginLock.objects.count() == 8 * 2 + 1


def test_what_is_over_is_forgotten_and_what_still_counts_is_kept(zainab):
    send(password=GOOD)
    wrong(3, address=CAFE)
    assert tasks.forget() == "0 rows"
    later(31)
    LoginPlace.objects.update(last_at=timezone.now() - timedelta(days=91))
    tasks.forget()
    assert (LoginLock.objects.count(), LoginPlace.objects.count()) == (0, 0)


# --- What is logged ----------------------------------------------------------------------------------


def test_every_refusal_is_a_line_and_a_flood_is_one(zainab, caplog, settings, tmp_path):
    from tsh_erp.access import throttles

    settings.API = settings.API | {"METER": tmp_path / "meter"}
    throttles.meter.cache_clear()
    caplog.set_level(logging.WARNING, "tsh_erp.access.refusals")
    wrong(6)
    send("hunter2 in the wrong box", address=CAFE)
    throttles.meter.cache_clear()
    start = "POST /admin/login/ by user 'zainab' from 203.0.113.7"
    told = [record.getMessage() for record in caplog.records if record.name == "tsh_erp.access.refusals"]
    assert told == [
        *[f"refused 401: {start}: a good password"] * 3,
        f"refused 429: {start}: fewer wrong attempts",
        "refused 401: POST /admin/login/ by nobody known from 198.51.100.9: a good password",
    ]


# --- Who lifts it ------------------------------------------------------------------------------------


def test_an_administrator_sees_who_is_kept_out_and_lets_him_in(zainab):
    wrong(4)
    client = Client()
    client.force_login(AdministratorFactory())
    lock = LoginLock.objects.get(kind="pair")
    lifting = reverse("admin:access_loginlock_lift_one", args=[lock.pk])
    page = client.get(LIST).text
    assert "203.0.113.7" in page and lifting in page
    assert client.get(lifting).status_code == 200
    assert send(password=GOOD).status_code == 429
    assert client.post(lifting).status_code == 302
    assert send(password=GOOD).status_code == 302


def test_who_may_only_see_does_not_lift():
    wrong(4)
    client = Client()
    client.force_login(permitted("access.view_loginlock"))
    lock = LoginLock.objects.get(kind="pair")
    lifting = reverse("admin:access_loginlock_lift_one", args=[lock.pk])
    assert lifting not in client.get(LIST).text
    assert client.post(lifting).status_code == 403
    assert LoginLock.objects.filter(pk=lock.pk).exists()


def unlock(*words: str) -> int:
    out = io.StringIO()
    call_command("unlock_login", *words, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())["lifted"]


def test_the_command_lifts_by_user_by_address_and_all(zainab):
    for words in (["--user", "Zainab"], ["--address", HOME], ["--all"]):
        wrong(4)
        assert unlock(*words) == 1
        assert send(password=GOOD).status_code == 302
    assert unlock("--all") == 0
    with pytest.raises(CommandError):
        unlock()


# --- Several processes -------------------------------------------------------------------------------

GUESS = """
from tsh_erp.access import guesses
heard = 0
for _each in range(10):
    try:
        guesses.begin(guesses.of_password("zainab", "203.0.113.7"))
        heard += 1
    except guesses.TooManyGuesses:
        pass
print(heard)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_that_guess_at_the_same_time_are_heard_so_often_together(process_environment, manage):
    started = [
        subprocess.Popen(
            [*manage, "shell", "-v0", "-c", GUESS],
            env=process_environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _each in range(4)
    ]
    heard = [int(each.communicate(timeout=120)[0]) for each in started]
    assert sum(heard) == 5  # the default
