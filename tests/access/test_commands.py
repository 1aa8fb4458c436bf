"""Tokens from the command line."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tests.access.conftest import SAMPLE, bearer, token_of
from tests.factories import UserFactory
from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import revoke

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def make(*words: str) -> dict:
    return json.loads(run("create_api_token", *words, "--json"))


def test_a_token_is_made_shown_and_good(sample):
    UserFactory(username="shop", is_staff=False)
    told = make("shop", "--name", "Shop window", "--scope", "read", "--expires-days", "30")
    assert Client().get(SAMPLE, headers=bearer(told["token"])).json() == {"user": "shop", "scope": "read"}
    token = ApiToken.objects.get(prefix=told["prefix"])
    assert token.name == "Shop window"
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)


def test_people_get_the_token_on_a_line_of_its_own():
    UserFactory(username="shop")
    lines = run("create_api_token", "shop", "--name", "x", "--scope", "sync", "--never-expires").splitlines()
    assert lines[-1].startswith(f"tsh_{ApiToken.objects.get().prefix}_")
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    "words",
    [
        ["nobody", "--name", "x", "--scope", "read", "--never-expires"],
        ["shop", "--name", "x", "--scope", "read"],  # how long has to be said
        ["shop", "--name", "x", "--scope", "read", "--never-expires", "--expires-days", "3"],
        ["shop", "--name", "x", "--scope", "root", "--never-expires"],
        ["shop", "--name", "x", "--never-expires"],
        ["shop", "--scope", "read", "--never-expires"],
        ["shop", "--name", " ", "--scope", "read", "--never-expires"],
        ["shop", "--name", "x", "--scope", "read", "--expires-days", "0"],
        ["shop", "--name", "x", "--scope", "read", "--expires-days", "99999"],
        ["left", "--name", "x", "--scope", "read", "--never-expires"],
    ],
)
def test_nonsense_makes_no_token(words):
    UserFactory(username="shop")
    UserFactory(username="left", is_active=False)
    with pytest.raises(CommandError):
        make(*words)
    assert not ApiToken.objects.exists()


@pytest.fixture
def three() -> None:
    """One live, one expired, one revoked."""
    for name in ("live", "expired", "revoked"):
        token_of(UserFactory(username=f"of-{name}"), "read", name=name)
    ApiToken.objects.filter(name="expired").update(expires_at=timezone.now())
    revoke(ApiToken.objects.get(name="revoked"), by=None)


def listed(*words: str) -> list[str]:
    return [token["name"] for token in json.loads(run("list_api_tokens", *words, "--json"))["tokens"]]


def test_tokens_are_listed_by_state_and_user(three):
    assert listed() == ["revoked", "expired", "live"]
    assert [listed("--state", name) for name in ("live", "expired", "revoked")] == [
        ["live"],
        ["expired"],
        ["revoked"],
    ]
    assert listed("--user", "of-live") == ["live"]
    assert listed("--user", "nobody") == []


def test_a_list_never_shows_a_secret(three):
    for told in (run("list_api_tokens"), run("list_api_tokens", "--json")):
        assert [each.prefix for each in ApiToken.objects.all() if each.prefix not in told] == []
        assert [each.digest for each in ApiToken.objects.all() if each.digest in told] == []


def test_an_empty_list_is_said_in_words():
    assert "no token yet" in run("list_api_tokens")


def test_a_token_is_revoked_by_its_prefix(sample):
    token, text = token_of(UserFactory())
    assert json.loads(run("revoke_api_token", token.prefix, "--json"))["was_revoked_now"] is True
    assert Client().get(SAMPLE, headers=bearer(text)).status_code == 401
    assert "before" in run("revoke_api_token", token.prefix)


def test_a_whole_token_that_was_pasted_instead_is_not_repeated():
    _token, text = token_of(UserFactory())
    with pytest.raises(CommandError) as refusal:
        run("revoke_api_token", text)
    assert text not in str(refusal.value)
