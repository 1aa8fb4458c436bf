"""Who a user is and what he may do, as Django has it, in one query each and without building their SQL anew.

A password that a request brings is counted before it is judged (logins.py); one of a command's is not.

Asked at every request and kept for that request only: a right that is taken away counts from the next one on.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection

from . import logins
from .guesses import TooManyGuesses
from .prepared import Prepared, prepared


class Backend(ModelBackend):
    def authenticate(
        self, request: Any, username: Any = None, password: Any = None, **kwargs: Any
    ) -> Any | None:
        """Raises PermissionDenied, which asks no further backend, when nobody is heard for a while."""
        if request is None or username is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        judge = partial(super().authenticate, request, username, password, **kwargs)
        try:
            return logins.judged(request, username, judge)
        except TooManyGuesses as refusal:
            raise PermissionDenied from refusal

    def get_user(self, user_id: Any) -> Any | None:
        user = _users().get(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = _permissions_of(user_obj.pk)
        return user_obj._perm_cache


def _users() -> Prepared:
    """Each with his second factor, so that nobody asks for it again (visitors.py); its secrets are needed at logins."""
    secrets = ("second_factor__key", "second_factor__recovery")
    return prepared(get_user_model(), "pk", "second_factor", without=secrets)


def _permissions_of(user_id: int) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_sql(), {"user": user_id})
        return {f"{app}.{codename}" for app, codename in cursor.fetchall()}


@cache
def _sql() -> str:
    """A user's own permissions and those of his groups."""
    user: Any = get_user_model()
    own, groups = user.user_permissions.through._meta, user.groups.through._meta
    of_groups = Group.permissions.through._meta
    return (
        f"SELECT type.app_label, permission.codename FROM {Permission._meta.db_table} permission "  # noqa: S608
        f"JOIN {ContentType._meta.db_table} type ON type.id = permission.content_type_id WHERE permission.id IN ("
        f"SELECT permission_id FROM {own.db_table} WHERE user_id = %(user)s UNION ALL "
        f"SELECT granted.permission_id FROM {of_groups.db_table} granted "
        f"JOIN {groups.db_table} member ON member.group_id = granted.group_id WHERE member.user_id = %(user)s)"
    )
