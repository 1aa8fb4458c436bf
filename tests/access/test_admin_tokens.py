"""Tokens in the admin: who sees, makes and ends which, and that a token is shown exactly once."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.access.conftest import SAMPLE, bearer, permitted, token_of
from tests.factories import AdministratorFactory, UserFactory
from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import revoke

pytestmark = pytest.mark.django_db
LIST, MAKE = reverse("admin:access_apitoken_changelist"), reverse("admin:access_apitoken_add")
OWN = ("access.own_apitoken",)
ALL = tuple(f"access.{word}_apitoken" for word in ("own", "add", "change", "view"))
ASKED = {"name": "Shop window", "scope": "read", "expires": "90"}


def enter(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(token: ApiToken, page: str = "change") -> str:
    return reverse(f"admin:access_apitoken_{page}", args=[token.pk])


def shown(answer) -> str:
    """The one token on a page."""
    assert answer.status_code == 200
    [text] = re.findall(r"tsh_[a-z0-9]{8}_[A-Za-z0-9]{43}", answer.content.decode())
    return text


def test_strangers_are_sent_to_the_login_from_every_page():
    token, _text = token_of(UserFactory())
    for url in (LIST, MAKE, page_of(token), page_of(token, "revoke_one")):
        for answer in (Client().get(url), Client().post(url, ASKED)):
            assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), url


def test_staff_without_a_right_see_and_make_nothing():
    person = UserFactory()
    token, _text = token_of(person)
    client = enter(person)
    for url in (LIST, MAKE, page_of(token), page_of(token, "revoke_one")):
        for answer in (client.get(url), client.post(url, ASKED)):
            assert answer.status_code in (302, 403), url
    assert ApiToken.objects.get().revoked_at is None


def test_a_token_is_made_for_oneself_and_shown_once(sample):
    person = permitted(*OWN, username="zainab")
    client = enter(person)
    assert client.get(MAKE).status_code == 200
    answer = client.post(MAKE, ASKED)
    text = shown(answer)
    assert Client().get(SAMPLE, headers=bearer(text)).json() == {"user": "zainab", "scope": "read"}
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.user, token.created_by, token.name) == (person, person, "Shop window")
    assert 89 <= (token.expires_at - timezone.now()).days <= 90
    secret = text.rpartition("_")[2]
    for url in (LIST, page_of(token), reverse("admin:access_apitoken_history", args=[token.pk])):
        assert secret not in client.get(url).content.decode()
    assert LogEntry.objects.get().object_id == str(token.pk)


def test_who_makes_own_tokens_only_cannot_name_another_user():
    person, other = permitted(*OWN), UserFactory(username="other")
    client = enter(person)
    assert 'name="user"' not in client.get(MAKE).content.decode()
    shown(client.post(MAKE, ASKED | {"user": other.username}))
    assert ApiToken.objects.get().user == person


def test_an_administrator_makes_tokens_for_whoever_may_no_more_than_he():
    client = enter(permitted(*ALL))
    UserFactory(username="service", is_staff=False)
    AdministratorFactory(username="root")
    shown(client.post(MAKE, ASKED | {"user": "service", "expires": "never"}))
    assert ApiToken.objects.get().expires_at is None
    for name in ("root", "nobody", ""):
        answer = client.post(MAKE, ASKED | {"user": name})
        assert 'aria-invalid="true"' in answer.content.decode(), name
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    "asked",
    [{"name": " "}, {"name": "x" * 101}, {"scope": "root"}, {"scope": ""}, {"expires": ""}, {"expires": "7"}],
)
def test_nonsense_is_asked_again_with_what_was_typed(asked):
    client = enter(permitted(*OWN))
    page = client.post(MAKE, ASKED | asked).content.decode()
    assert 'aria-invalid="true"' in page
    assert f'value="{(ASKED | asked)["name"].strip()}' in page or not asked.get("name", "x").strip()
    assert not ApiToken.objects.exists()


def test_everybody_sees_his_own_and_an_administrator_all():
    person = permitted(*OWN)
    mine, _text = token_of(person, name="of mine")
    other, _text = token_of(UserFactory(), name="of somebody")
    page = enter(person).get(LIST).content.decode()
    assert ("of mine" in page, "of somebody" in page) == (True, False)
    assert enter(person).get(page_of(mine)).status_code == 200
    assert enter(person).get(page_of(other)).status_code in (302, 404)
    assert enter(person).get(page_of(other, "revoke_one")).status_code in (302, 403, 404)
    page = enter(permitted(*ALL)).get(LIST).content.decode()
    assert ("of mine" in page, "of somebody" in page) == (True, True)


def test_tokens_are_filtered_by_state():
    client = enter(AdministratorFactory())
    for name in ("one-live", "one-expired", "one-revoked"):
        token_of(UserFactory(), name=name)
    ApiToken.objects.filter(name="one-expired").update(expires_at=timezone.now())
    revoke(ApiToken.objects.get(name="one-revoked"), by=None)
    for state in ("live", "expired", "revoked"):
        page = client.get(LIST, {"state": state}).content.decode()
        assert re.findall(r"one-(\w+)<", page) == [state]


def test_revoking_asks_first_and_then_ends_the_token(sample):
    person = permitted(*OWN)
    token, text = token_of(person)
    client = enter(person)
    client.get(page_of(token, "revoke_one"))
    assert Client().get(SAMPLE, headers=bearer(text)).status_code == 200
    assert client.post(page_of(token, "revoke_one")).status_code == 302
    assert Client().get(SAMPLE, headers=bearer(text)).status_code == 401
    token.refresh_from_db()
    assert token.revoked_by == person


def test_nobody_revokes_a_token_of_somebody_else_by_its_address():
    token, _text = token_of(UserFactory())
    enter(permitted(*OWN)).post(page_of(token, "revoke_one"))
    token.refresh_from_db()
    assert token.revoked_at is None


def test_what_is_over_cannot_be_revoked_again():
    token, _text = token_of(UserFactory())
    client = enter(AdministratorFactory())
    assert page_of(token, "revoke_one") in client.get(page_of(token)).content.decode()
    revoke(token, by=None)
    assert page_of(token, "revoke_one") not in client.get(page_of(token)).content.decode()


def test_a_name_cannot_smuggle_in_markup():
    client = enter(AdministratorFactory())
    evil = "<script>alert(1)</script>"
    token, _text = token_of(UserFactory(), name=evil)
    for url in (LIST, page_of(token), page_of(token, "revoke_one")):
        assert evil not in client.get(url).content.decode()
    assert evil not in client.post(MAKE, ASKED | {"name": evil, "user": token.user.username}).content.decode()


def test_no_token_is_ever_deleted():
    token, _text = token_of(UserFactory())
    client = enter(AdministratorFactory())
    assert client.post(page_of(token, "delete"), {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": token.pk, "post": "yes"})
    assert ApiToken.objects.exists()


def test_looking_at_a_list_asks_the_database_as_often_for_many_as_for_few(django_assert_max_num_queries):
    client = enter(AdministratorFactory())
    for _each in range(20):
        token_of(UserFactory(), maker=None)
    with django_assert_max_num_queries(12):
        client.get(LIST)
