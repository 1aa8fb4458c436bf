"""Nobody makes himself, or a friend, more powerful than he is by the pages of users and groups."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.access.conftest import permitted
from tests.factories import AdministratorFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = (
    "auth.view_user",
    "auth.change_user",
    "auth.add_user",
    "auth.delete_user",
    "auth.view_group",
    "auth.change_group",
)


@pytest.fixture
def administrator():
    """Somebody who rules people, and sees products besides."""
    return permitted(*PEOPLE, "inventory.view_product", username="ruler")


def enter(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(row, page: str = "change") -> str:
    return reverse(f"admin:auth_{row._meta.model_name}_{page}", args=[row.pk])


def right(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def form_of(user: User, **changes) -> dict:
    return {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "date_joined_0": "2026-11-20",
        "date_joined_1": "09:00:00",
        **changes,
    }


def test_a_superuser_changes_whoever_he_wants():
    other = UserFactory()
    enter(AdministratorFactory()).post(page_of(other), form_of(other, is_superuser="on"))
    other.refresh_from_db()
    assert other.is_superuser


def test_an_administrator_gives_what_he_has_himself(administrator):
    other = UserFactory()
    answer = enter(administrator).post(
        page_of(other), form_of(other, user_permissions=[right("inventory.view_product").pk])
    )
    assert answer.status_code == 302
    assert other.user_permissions.get().codename == "view_product"


def test_nobody_makes_himself_or_others_superusers(administrator):
    other = UserFactory()
    for user in (administrator, other):
        enter(administrator).post(page_of(user), form_of(user, is_superuser="on"))
    assert not User.objects.filter(is_superuser=True).exists()


def test_nobody_gives_a_right_that_he_has_not(administrator):
    other, beyond = UserFactory(), right("inventory.change_product")
    group = Group.objects.create(name="Beyond")
    group.permissions.add(beyond)
    for given in ({"user_permissions": [beyond.pk]}, {"groups": [group.pk]}):
        for user in (administrator, other):
            enter(administrator).post(page_of(user), form_of(user, **given))
            assert not User.objects.get(pk=user.pk).has_perm("inventory.change_product")


@pytest.mark.parametrize("page", ["change", "delete"])
def test_who_may_more_is_out_of_reach(administrator, page):
    stronger = [AdministratorFactory(), permitted("inventory.change_product")]
    for user in stronger:
        before = user.password
        answer = enter(administrator).post(page_of(user, page), form_of(user) | {"post": "yes"})
        assert answer.status_code == 403
        assert User.objects.get(pk=user.pk).password == before


def test_nobody_takes_over_somebody_who_may_more_by_a_new_password(administrator):
    user = AdministratorFactory()
    address = reverse("admin:auth_user_password_change", args=[user.pk])
    words = {"password1": "a good long sentence 7", "password2": "a good long sentence 7"}
    assert enter(administrator).post(address, words).status_code == 403
    assert User.objects.get(pk=user.pk).password == user.password


def test_a_selection_is_not_deleted_unseen(administrator):
    user = AdministratorFactory()
    listed = reverse("admin:auth_user_changelist")
    enter(administrator).post(
        listed, {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"}
    )
    assert User.objects.filter(pk=user.pk).exists()


def test_a_group_that_gives_more_is_out_of_reach_and_others_take_only_what_one_has(administrator):
    stronger, weaker = Group.objects.create(name="Strong"), Group.objects.create(name="Weak")
    stronger.permissions.add(right("inventory.change_product"))
    client = enter(administrator)
    assert client.post(page_of(stronger), {"name": "Mine"}).status_code == 403
    for name, taken in (("inventory.view_product", True), ("inventory.change_product", False)):
        client.post(page_of(weaker), {"name": "Weak", "permissions": [right(name).pk]})
        assert weaker.permissions.filter(pk=right(name).pk).exists() is taken


def test_an_administrator_of_the_role_makes_other_administrators(groups):
    person, other = UserFactory(), UserFactory()
    group = Group.objects.get(name="Administrator")
    person.groups.add(group)
    answer = enter(person).post(page_of(other), form_of(other, groups=[group.pk]))
    assert answer.status_code == 302
    assert other.groups.get() == group
