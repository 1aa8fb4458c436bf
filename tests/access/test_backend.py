"""What is asked at every request is told as Django itself tells it, and nothing of it outlives the request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.access.conftest import SAMPLE, permitted
from tests.factories import AdministratorFactory, UserFactory
from tsh_erp.access.backend import Backend
from tsh_erp.access.models import ApiToken
from tsh_erp.access.prepared import prepared
from tsh_erp.access.sessions import SessionStore

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


def grouped(*codenames: str) -> Group:
    group = Group.objects.create(name=" ".join(codenames))
    group.permissions.set(Permission.objects.filter(codename__in=codenames))
    return group


def user_of(kind: str):
    if kind == "nobody":
        return AnonymousUser()
    if kind == "superuser":
        return AdministratorFactory()
    user = permitted("inventory.view_product", "inventory.change_product", is_active=kind != "not active")
    if kind in ("by groups", "not active"):
        user.groups.set([grouped("view_product", "view_customer"), grouped("view_warehouse"), grouped()])
    return user


@pytest.mark.parametrize("kind", ["nobody", "superuser", "of his own", "by groups", "not active"])
def test_everybody_may_what_django_says(kind):
    user = user_of(kind)
    ours = Backend().get_all_permissions(user)
    again = get_user_model().objects.get(pk=user.pk) if user.pk else user
    assert ours == ModelBackend().get_all_permissions(again)
    assert Backend().get_all_permissions(user, obj=user) == set()


def test_a_user_is_read_as_django_reads_him():
    user = UserFactory(last_login=timezone.now())
    found = Backend().get_user(user.pk)
    expected = ModelBackend().get_user(user.pk)
    assert {name: value for name, value in vars(found).items() if name != "_state"} == {
        name: value for name, value in vars(expected).items() if name != "_state"
    }
    assert not found._state.adding
    assert Backend().get_user(UserFactory(is_active=False).pk) is None
    assert Backend().get_user(0) is None


def test_a_row_comes_with_those_it_points_to(django_assert_num_queries):
    token = ApiToken.objects.create(name="shop", user=UserFactory(), scope="read", prefix="abcdefgh")
    with django_assert_num_queries(1):
        found = prepared(ApiToken, "prefix", "user").get("abcdefgh")
        assert (found, found.user, found.expires_at) == (token, token.user, None)
    assert found.created_at == token.created_at
    assert prepared(ApiToken, "prefix", "user").get("hgfedcba") is None


def change(client: Client) -> int:
    return client.post(SAMPLE, '{"name": "x"}', content_type="application/json").status_code


def test_a_right_that_a_group_loses_is_gone_at_the_next_request():
    group = grouped("change_product")
    user = UserFactory()
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    assert change(client) == 200
    group.permissions.clear()
    assert change(client) == 403
    user.user_permissions.set(Permission.objects.filter(codename="change_product"))
    assert change(client) == 200


@pytest.mark.parametrize("end", ["expired", "deleted", "password"])
def test_a_session_that_has_ended_lets_nobody_in(end):
    user = permitted("inventory.change_product")
    client = Client()
    client.force_login(user)
    assert client.get(SAMPLE).status_code == 200
    if end == "expired":
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    elif end == "deleted":
        Session.objects.all().delete()
    else:
        user.set_password("another one")
        user.save()
    assert client.get(SAMPLE).status_code == 401


def test_a_session_without_a_key_is_empty(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert SessionStore(None).load() == {}
    assert SessionStore("x" * 32).load() == {}
