"""The groups that the migrations make are those of the table, whatever has been added to the project since."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from tests.access.conftest import make_groups
from tests.factories import UserFactory
from tsh_erp.access.roles import ADMINISTRATOR, OPERATOR, ROLES, VIEWER, roles_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def name_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def rights(role: str) -> set[str]:
    found = Group.objects.get(name=role).permissions.select_related("content_type")
    return {name_of(each) for each in found}


def test_every_permission_of_the_project_is_in_exactly_the_roles_of_the_table():
    """Fails for a new model until a migration of access gives its permissions to the groups, as 0002 does."""
    table = {
        name_of(each): roles_of(name_of(each), f"{each.content_type.app_label}.{each.content_type.model}")
        for each in Permission.objects.select_related("content_type")
    }
    for role in ROLES:
        assert rights(role) == {name for name, roles in table.items() if role in roles}, role


def test_a_permission_of_an_app_that_the_table_does_not_know_is_a_mistake():
    with pytest.raises(LookupError):
        roles_of("payroll.view_salary", "payroll.salary")


def test_the_groups_are_made_anew_as_they_were():
    """What the fixture does after a test that has emptied the tables is what the migrations did."""
    made = {role: rights(role) for role in ROLES}
    Group.objects.all().delete()
    make_groups()
    assert {role: rights(role) for role in ROLES} == made


def test_each_role_contains_the_one_before():
    assert rights(VIEWER) < rights(OPERATOR) < rights(ADMINISTRATOR)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        ("inventory.view_product", ROLES),
        ("zoho_sync.view_webhookdelivery", ROLES),
        ("access.own_apitoken", ROLES),
        ("inventory.view_money_report", ROLES),
        ("inventory.export_report", (OPERATOR, ADMINISTRATOR)),
        ("inventory.change_product", (OPERATOR, ADMINISTRATOR)),  # staff's own fields
        ("zoho_sync.start_syncrun", (OPERATOR, ADMINISTRATOR)),
        ("zoho_sync.approve_syncrun", (OPERATOR, ADMINISTRATOR)),
        ("zoho_sync.retry_recorderror", (OPERATOR, ADMINISTRATOR)),
        ("zoho_sync.replay_webhookdelivery", (OPERATOR, ADMINISTRATOR)),
        ("zoho_sync.add_webhooksecret", (ADMINISTRATOR,)),
        ("zoho_sync.change_oauthtoken", (ADMINISTRATOR,)),
        ("django_q.change_schedule", (ADMINISTRATOR,)),
        ("access.view_apitoken", (ADMINISTRATOR,)),
        ("auth.change_user", (ADMINISTRATOR,)),
        ("auth.add_permission", ()),
        ("sessions.view_session", ()),  # a session's key lets its reader in
    ],
)
def test_who_may_do_it(right, roles):
    assert tuple(role for role in ROLES if right in rights(role)) == roles


def test_somebody_in_a_group_may_do_what_it_may():
    user = UserFactory()
    user.groups.add(Group.objects.get(name=OPERATOR))
    assert user.has_perms(["zoho_sync.start_syncrun", "inventory.view_product"])
    assert not user.has_perm("access.add_apitoken")
