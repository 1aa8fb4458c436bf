"""The second factor: set up, asked for at every door that a session opens, used once, lost and taken away."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.access.conftest import SAMPLE, bearer, permitted, token_of
from tests.factories import AdministratorFactory, UserFactory
from tsh_erp.access import second_factor
from tsh_erp.access.backend import Backend
from tsh_erp.access.models import LoginLock, SecondFactor

pytestmark = pytest.mark.django_db
PAGE, CONFIRM, CODES, OFF = (
    reverse(f"admin:second_factor{rest}") for rest in ("", "_confirm", "_codes", "_off")
)
LOGIN, CODE, HOME = reverse("admin:login"), reverse("admin:login_code"), reverse("admin:index")
DONE = reverse("admin:password_change_done")
GOOD = "a very good password"
NOW = 1_900_000_000


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """clock(30): so many seconds later, for codes."""
    at = [NOW]
    monkeypatch.setattr(second_factor.time, "time", lambda: at[0])

    def turn(seconds: int) -> None:
        at[0] += seconds

    return turn


@pytest.fixture
def zainab():
    user = UserFactory(username="zainab")
    user.set_password(GOOD)
    user.save()
    return user


@pytest.fixture
def factor(zainab) -> SecondFactor:
    made = second_factor.start(zainab)
    made.paper = second_factor.confirm(made, code_of(made.key, -30))
    return made


def code_of(key: str, later: int = 0) -> str:
    totp = TOTP(base64.b32decode(key.replace(" ", "")), 6, hashes.SHA1(), 30)
    return totp.generate(second_factor.time.time() + later).decode()


def half_in() -> Client:
    client = Client()
    answer = client.post(f"{LOGIN}?next={DONE}", {"username": "zainab", "password": GOOD})
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    return client


def is_in(client: Client) -> bool:
    return client.get(DONE).status_code == 200


def send(client: Client, code: str) -> int:
    return client.post(CODE, {"code": code}).status_code


def enter(code: str) -> Client:
    client = half_in()
    send(client, code)
    return client


# --- Setting it up -----------------------------------------------------------------------------------


def set_up(client: Client) -> tuple[str, list[str]]:
    """The key and the ten codes."""
    page = client.post(PAGE, {"password": GOOD}).content.decode()
    [key] = re.findall(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", page)
    assert 'src="data:image/svg+xml' in page
    told = client.post(CONFIRM, {"code": code_of(key)}).content.decode()
    return key, re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", told)


def test_it_is_set_up_with_a_password_and_a_code_and_ends_the_other_logins(zainab):
    mine, other = Client(), Client()
    for client in (mine, other):
        client.force_login(zainab)
    assert is_in(other)
    key, codes = set_up(mine)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert (is_in(mine), is_in(other)) == (True, False)
    page = mine.get(PAGE).content.decode()
    assert "10 recovery codes are left." in page
    assert not any(secret in page for secret in (key, key.replace(" ", ""), *codes))


def test_without_the_password_there_is_no_key(zainab):
    client = Client()
    client.force_login(zainab)
    assert "This is not your password." in client.post(PAGE, {"password": "wrong"}).content.decode()
    assert client.post(PAGE).status_code == 200
    assert not SecondFactor.objects.exists()


def test_it_counts_for_nothing_before_a_code_was_right(zainab):
    client = Client()
    client.force_login(zainab)
    client.post(PAGE, {"password": GOOD})
    assert "The code is not right" in client.post(CONFIRM, {"code": "000000"}).content.decode()
    assert is_in(client)
    answer = Client().post(LOGIN, {"username": "zainab", "password": GOOD})
    assert answer["Location"] == HOME


def test_neither_key_nor_codes_stand_in_the_database(factor):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_secondfactor")
        stored = str(cursor.fetchall())
    assert factor.key not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in factor.paper)


# --- Logging in --------------------------------------------------------------------------------------


def test_a_password_alone_lets_nobody_in(factor):
    client = half_in()
    assert not is_in(client)
    assert client.get(CODE).status_code == 200
    assert "_auth_user_id" not in client.session
    answer = client.post(CODE, {"code": code_of(factor.key)})
    assert (answer.status_code, answer["Location"]) == (302, DONE)
    assert is_in(client)


def test_the_key_of_the_session_changes_at_each_step(factor):
    client = Client()
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.post(LOGIN, {"username": "zainab", "password": GOOD})
    half = client.cookies["sessionid"].value
    send(client, code_of(factor.key))
    assert len({planted.session_key, half, client.cookies["sessionid"].value}) == 3


def test_a_code_counts_once(factor, clock):
    code = code_of(factor.key)
    assert is_in(enter(code))
    assert not is_in(enter(code))
    clock(30)
    assert not is_in(enter(code))
    assert is_in(enter(code_of(factor.key)))


@pytest.mark.parametrize(("later", "is_heard"), [(-60, False), (30, True), (60, False)])
def test_a_clock_may_be_a_little_off(factor, later, is_heard):
    assert is_in(enter(code_of(factor.key, later))) == is_heard


@pytest.mark.parametrize(
    "written",
    [
        lambda code: f" {code[:3]} {code[3:]}",
        lambda code: "".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in code),
    ],
)
def test_a_code_may_be_typed_on_any_keyboard(factor, written):
    assert is_in(enter(written(code_of(factor.key))))


def test_a_code_on_paper_lets_in_once(factor):
    assert is_in(enter(factor.paper[0].lower()))
    assert not is_in(enter(factor.paper[0]))
    assert is_in(enter(factor.paper[1].replace("-", "")))


@pytest.mark.parametrize("code", ["", "0", "abcdef", "\0", "123456\0", "x" * 65, "🙂" * 6, "½" * 6, "²" * 6])
def test_rubbish_is_answered_like_a_wrong_code(factor, code):
    client = half_in()
    assert send(client, code) == 200
    assert not is_in(client)


def test_without_the_password_there_is_no_page_for_codes(factor):
    assert Client().get(CODE)["Location"] == LOGIN
    assert Client().post(CODE, {"code": code_of(factor.key)})["Location"] == LOGIN


def test_a_password_that_was_changed_between_the_steps_counts_no_more(factor, zainab):
    client = half_in()
    zainab.set_password("another good one")
    zainab.save()
    assert client.post(CODE, {"code": code_of(factor.key)})["Location"] == LOGIN
    assert not is_in(client)


def test_a_password_that_has_waited_too_long_for_its_code_counts_no_more(factor):
    client = half_in()
    session = client.session
    session["entering"] |= {"until": 0}
    session.save()
    assert client.post(CODE, {"code": code_of(factor.key)})["Location"] == LOGIN


def test_codes_cannot_be_guessed_by_logging_in_again_and_again(factor, settings):
    settings.LOGIN = settings.LOGIN | {"ATTEMPTS": 3}
    found = [send(half_in(), "000000") for _each in range(4)]
    assert found == [200, 200, 200, 429]
    answer = half_in().post(CODE, {"code": code_of(factor.key)}, REMOTE_ADDR="198.51.100.9")
    assert (answer.status_code, "Retry-After" in answer) == (429, True)
    LoginLock.objects.all().delete()
    assert is_in(enter(code_of(factor.key)))


def test_without_the_former_key_codes_on_paper_still_let_in(factor, settings):
    settings.ENCRYPTION_KEYS = ["another key than before"]
    assert not is_in(enter(code_of(factor.key)))
    assert is_in(enter(factor.paper[0]))
    client = Client()
    client.force_login(AdministratorFactory())
    assert (
        client.post(reverse("admin:auth_user_reset_second_factor", args=[factor.user_id])).status_code == 302
    )


# --- Every door that a session opens -----------------------------------------------------------------


def test_a_session_without_it_is_nobodys(factor, zainab, sample):
    client = Client()
    client.force_login(zainab)
    assert client.get(SAMPLE).status_code == 401
    token = bearer(token_of(permitted("inventory.view_product"), "read")[1])
    assert Client().get(SAMPLE, headers=token).status_code == 200


def test_the_token_of_somebody_who_has_one_is_heard(factor, zainab, sample):
    assert Client().get(SAMPLE, headers=bearer(token_of(zainab, "read")[1])).status_code == 200


def test_every_page_of_the_admin_asks_for_it(factor, zainab):
    client = Client()
    client.force_login(zainab)
    for page in (HOME, PAGE, DONE, reverse("admin:jsi18n"), "/admin/search/", "/admin/auth/user/", OFF):
        assert client.get(page)["Location"].startswith(LOGIN), page


def test_who_has_to_have_one_is_led_to_it_and_sees_nothing_before(zainab, settings):
    settings.SECOND_FACTOR = "required"
    client = Client()
    answer = client.post(LOGIN, {"username": "zainab", "password": GOOD})
    assert answer["Location"] == HOME
    for page in (HOME, DONE, "/admin/search/", "/admin/auth/user/", "/admin/look-up/", "/admin/reports/"):
        assert client.get(page)["Location"] == PAGE, page
    assert client.get("/api/v1/products/").status_code == 401
    set_up(client)
    assert is_in(client)
    assert client.get(OFF)["Location"] == PAGE
    assert client.get("/api/v1/products/").status_code == 403  # of zainab, who may see none


def test_it_costs_no_query(factor, zainab, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert second_factor.factor_of(Backend().get_user(zainab.pk)) == factor
    other = UserFactory()
    with django_assert_num_queries(1):
        assert second_factor.factor_of(Backend().get_user(other.pk)) is None


# --- New codes, and without it -----------------------------------------------------------------------


def test_new_codes_take_the_place_of_the_former_ones(factor, clock):
    client = enter(code_of(factor.key))
    clock(30)
    told = client.post(CODES, {"password": GOOD, "code": code_of(factor.key)}).content.decode()
    [first, *_others] = re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", told)
    assert not is_in(enter(factor.paper[0]))
    assert is_in(enter(first))


def test_it_is_switched_off_with_password_and_code(factor, clock):
    client, other = enter(code_of(factor.key)), enter(factor.paper[0])
    clock(30)
    for told in ({"password": "wrong", "code": code_of(factor.key)}, {"password": GOOD, "code": "000000"}):
        assert client.post(OFF, told).status_code == 200
    assert SecondFactor.objects.exists()
    assert client.post(OFF, {"password": GOOD, "code": code_of(factor.key)}).status_code == 302
    assert (is_in(client), is_in(other), SecondFactor.objects.exists()) == (True, False, False)


def test_an_administrator_resets_it_and_its_logins_end(factor, zainab):
    theirs = enter(code_of(factor.key))
    client = Client()
    client.force_login(AdministratorFactory())
    reset = reverse("admin:auth_user_reset_second_factor", args=[zainab.pk])
    assert "Reset the second factor" in client.get(f"/admin/auth/user/{zainab.pk}/change/").content.decode()
    assert client.get(reset).status_code == 200
    assert SecondFactor.objects.exists()
    assert client.post(reset).status_code == 302
    assert not is_in(theirs)
    assert theirs.post(LOGIN, {"username": "zainab", "password": GOOD})["Location"] == HOME
    assert is_in(theirs)


def test_who_may_not_or_is_less_powerful_does_not_reset_it(factor, zainab):
    reset = reverse("admin:auth_user_reset_second_factor", args=[zainab.pk])
    zainab.is_superuser = True
    zainab.save()
    for rights in (["auth.view_user", "auth.change_user"], ["auth.view_user", "access.reset_secondfactor"]):
        client = Client()
        client.force_login(permitted(*rights))
        assert client.post(reset).status_code == 403
    assert SecondFactor.objects.exists()


def test_the_command_resets_it(factor):
    for expected in (True, False):
        out = io.StringIO()
        call_command("reset_second_factor", "zainab", "--json", stdout=out, stderr=io.StringIO())
        assert json.loads(out.getvalue()) == {"user": "zainab", "had_one": expected}
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody", stdout=io.StringIO(), stderr=io.StringIO())


def test_no_code_and_no_key_is_logged(factor, caplog):
    caplog.set_level("DEBUG")
    send(half_in(), "987654")
    enter(code_of(factor.key))
    told = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    assert "a good code" in told
    assert not any(secret in told for secret in ("987654", code_of(factor.key), factor.key, GOOD))


SPEND = """
from tsh_erp.access.models import SecondFactor
from tsh_erp.access.second_factor import spend
print(sum(spend(SecondFactor.objects.get(), "{code}") for _each in range(3)))
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_sent_from_everywhere_at_once_counts_once(process_environment, manage, factor):
    code = SPEND.format(code=factor.paper[0])
    started = [
        subprocess.Popen(
            [*manage, "shell", "-v0", "-c", code], env=process_environment, stdout=subprocess.PIPE, text=True
        )
        for _each in range(3)
    ]
    assert sum(int(each.communicate(timeout=120)[0]) for each in started) == 1
