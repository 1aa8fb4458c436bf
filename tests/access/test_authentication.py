"""Who is let in, by token and by session, and what a token may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.access.conftest import SAMPLE, bearer, permitted, token_of
from tests.factories import AdministratorFactory, UserFactory
from tsh_erp.access import tokens
from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import TokenRefused, is_no_more_powerful, may_make_for, may_revoke, revoke

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
NOW = timezone.now


def ask(credential: str, path: str = SAMPLE, method: str = "get"):
    return getattr(Client(), method)(path, headers={"Authorization": credential})


# --- Tokens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "TOKEN", "Bearer  "])
def test_a_token_lets_its_user_in(scheme):
    _token, text = token_of(UserFactory(username="shop", is_staff=False), "read")
    assert ask(f"{scheme} {text}").json() == {"user": "shop", "scope": "read"}


def test_the_text_is_kept_nowhere():
    token, text = token_of(UserFactory())
    secret = text.rpartition("_")[2]
    kept = [str(value) for value in ApiToken.objects.filter(pk=token.pk).values()[0].values()]
    assert [value for value in kept if secret in value] == []
    assert text == f"tsh_{token.prefix}_{secret}"


def test_no_two_tokens_are_alike():
    texts = {token_of(UserFactory())[1] for _each in range(20)}
    assert len({text.split("_")[1] for text in texts}) == len({text.split("_")[2] for text in texts}) == 20


def ruined(kind: str) -> str:
    """A credential that must not let anybody in."""
    user = UserFactory()
    token, text = token_of(user)
    if kind == "revoked":
        revoke(token, by=None)
    if kind == "expired":
        ApiToken.objects.update(expires_at=NOW())
    if kind == "user not active":
        type(user).objects.update(is_active=False)
    if kind == "deleted user":
        user.delete()
    other = "b" if text[-1] == "a" else "a"
    return {
        "wrong secret": text[:-1] + other,
        "longer": text + "a",
        "shorter": text[:-1],
        "unknown prefix": f"tsh_00000000_{text.rpartition('_')[2]}",
        "the digest": f"tsh_{token.prefix}_{token.digest[:43]}",
        "nothing": "",
        "odd signs": "tsh_\x00ü_" + "٣" * 43,
        "very long": text * 10_000,
        "two words": f"{text} {text}",
    }.get(kind, text)


RUINED = (
    "revoked", "expired", "user not active", "deleted user", "wrong secret", "longer", "shorter", "unknown prefix",
    "the digest", "nothing", "odd signs", "very long", "two words",
)  # fmt: skip


@pytest.mark.parametrize("kind", RUINED)
def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(kind):
    answer = ask(f"Bearer {ruined(kind)}")
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"
    assert answer.json()["detail"] == "The token is not valid."
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_a_bad_token_is_not_saved_by_a_good_session():
    client = Client(headers=bearer("tsh_bad"))
    client.force_login(AdministratorFactory())
    assert client.get(SAMPLE).status_code == 401


@pytest.mark.parametrize("credential", ["Basic YTpi", "Digest x", "tsh_a_b", ""])
def test_other_credentials_count_as_none(credential):
    answer = ask(credential)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_token_is_good_until_the_moment_it_expires():
    _token, text = token_of(UserFactory(), expires_at=NOW() + timedelta(hours=1))
    assert ask(f"Bearer {text}").status_code == 200


def test_a_token_in_the_address_is_none():
    _token, text = token_of(UserFactory())
    assert Client().get(SAMPLE, {"token": text, "access_token": text}).status_code == 401


def test_a_token_needs_no_secret_of_a_form():
    _token, text = token_of(permitted("inventory.change_product"), "sync")
    client = Client(enforce_csrf_checks=True, headers=bearer(text))
    assert client.post(SAMPLE, '{"name": "x"}', content_type="application/json").status_code == 200


# --- What a token may do -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "statuses"), [("read", [200, 403, 403]), ("sync", [200, 200, 403]), ("admin", [200, 200, 204])]
)
def test_a_scope_contains_those_before_it(caller, scope, statuses):
    client = caller("inventory.change_product", scope=scope)
    post = client.post(SAMPLE, '{"name": "x"}', content_type="application/json")
    assert [client.get(SAMPLE).status_code, post.status_code, client.delete(SAMPLE).status_code] == statuses


def test_a_scope_that_is_missing_is_named(caller):
    answer = caller("inventory.change_product", scope="read").post(
        SAMPLE, "{}", content_type="application/json"
    )
    assert answer.json()["code"] == "insufficient_scope"
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="insufficient_scope", scope="sync"'


def test_a_permission_that_is_missing_is_named(caller):
    answer = caller(scope="admin").post(SAMPLE, "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission")
    assert "inventory.change_product" in answer.json()["detail"]


def test_a_token_loses_what_its_user_loses():
    user = permitted("inventory.change_product")
    _token, text = token_of(user)
    request = {"data": '{"name": "x"}', "content_type": "application/json", "headers": bearer(text)}
    assert Client().post(SAMPLE, **request).status_code == 200
    user.user_permissions.clear()
    assert Client().post(SAMPLE, **request).status_code == 403


def test_options_are_told_to_whoever_may_come_in(caller):
    assert Client().options(SAMPLE).status_code == 401
    assert caller().options(SAMPLE).status_code == 200


# --- The last use ------------------------------------------------------------------------------------


def test_a_use_is_noted_with_its_address():
    token, text = token_of(UserFactory())
    Client().get(SAMPLE, headers=bearer(text), REMOTE_ADDR="203.0.113.7")
    token.refresh_from_db()
    assert NOW() - token.last_used_at < timedelta(minutes=1)
    assert token.last_used_from == "203.0.113.7"


def test_a_minute_of_use_is_written_once(django_assert_num_queries):
    _token, text = token_of(UserFactory())
    ask(f"Bearer {text}")
    with django_assert_num_queries(1):  # the token and its user; nothing is written
        ask(f"Bearer {text}")


def test_later_uses_are_noted_again():
    token, text = token_of(UserFactory())
    long_ago = NOW() - tokens.USED_EVERY
    ApiToken.objects.update(last_used_at=long_ago, last_used_from="203.0.113.7")
    ask(f"Bearer {text}")
    token.refresh_from_db()
    assert token.last_used_at > long_ago
    assert token.last_used_from == "127.0.0.1"


def test_a_refused_use_is_none():
    token, text = token_of(UserFactory())
    revoke(token, by=None)
    ask(f"Bearer {text}")
    token.refresh_from_db()
    assert token.last_used_at is None


# --- Sessions ----------------------------------------------------------------------------------------


def signed_in(**facts) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(permitted("inventory.change_product", **facts))
    return client


def test_a_session_counts_for_staff():
    assert signed_in(username="zainab").get(SAMPLE).json() == {"user": "zainab", "scope": None}


def test_a_session_of_others_does_not_count():
    answer = signed_in(is_staff=False).get(SAMPLE)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_session_of_somebody_who_left_does_not_count():
    client = signed_in()
    ApiToken.user.field.related_model.objects.update(is_active=False)
    assert client.get(SAMPLE).status_code == 401


def test_a_session_alone_changes_nothing_and_with_the_secret_of_a_form_it_does():
    client = signed_in()
    send = {"data": '{"name": "x"}', "content_type": "application/json"}
    assert client.post(SAMPLE, **send).status_code == 403
    client.get("/admin/login/?next=/")  # sets the cookie
    client.cookies["csrftoken"] = secret = "a" * 32
    assert client.post(SAMPLE, **send, headers={"X-CSRFToken": secret}).status_code == 200


# --- Making and ending -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scope": "root"}, "scope"),
        ({"expires_at": NOW() - timedelta(seconds=1)}, "expires_at"),
    ],
)
def test_nonsense_is_refused_by_field(asked, field):
    user = UserFactory()
    facts = {"name": "shop", "scope": "read", "expires_at": None, "maker": None} | asked
    with pytest.raises(TokenRefused) as refusal:
        tokens.make_token(user=user, **facts)
    assert refusal.value.field == field
    assert not ApiToken.objects.exists()


def test_no_token_is_made_for_somebody_who_left():
    with pytest.raises(TokenRefused):
        token_of(UserFactory(is_active=False))


OWN, ALL = "access.own_apitoken", ("access.add_apitoken", "access.change_apitoken", "access.view_apitoken")


def test_who_may_make_tokens_for_himself():
    for rights, allowed in (((), False), ((OWN,), True), (ALL, True)):
        person = permitted(*rights)
        assert may_make_for(person, person) is allowed, rights


def test_nobody_makes_a_token_for_somebody_who_may_more():
    own, administrator = permitted(OWN), permitted(*ALL, "inventory.view_product")
    weaker, equal = permitted("inventory.view_product"), permitted(*ALL, "inventory.view_product")
    stronger, superuser = permitted("inventory.change_product"), AdministratorFactory()

    assert [may_make_for(administrator, user) for user in (weaker, equal)] == [True, True]
    assert [may_make_for(administrator, user) for user in (stronger, superuser)] == [False, False]
    assert may_make_for(superuser, stronger)
    assert not may_make_for(own, weaker)
    with pytest.raises(TokenRefused) as refusal:
        token_of(superuser, maker=administrator)
    assert refusal.value.field == "user"


def test_rights_by_group_count_as_much_as_rights_of_ones_own(groups):
    from django.contrib.auth.models import Group

    operator, viewer = UserFactory(), UserFactory()
    operator.groups.add(Group.objects.get(name="Operator"))
    viewer.groups.add(Group.objects.get(name="Viewer"))
    assert is_no_more_powerful(viewer, operator)
    assert not is_no_more_powerful(operator, viewer)


def test_who_may_end_a_token():
    owner, other, administrator = permitted(OWN), permitted(OWN), permitted(*ALL)
    token, _text = token_of(owner)
    assert [may_revoke(person, token) for person in (owner, other, administrator, UserFactory())] == [
        True,
        False,
        True,
        False,
    ]


def test_a_token_ends_once():
    token, _text = token_of(UserFactory())
    first, second = UserFactory(), UserFactory()
    assert [revoke(token, by=first), revoke(token, by=second)] == [True, False]
    token.refresh_from_db()
    assert token.revoked_by == first
