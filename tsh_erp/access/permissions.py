"""What a view of the API asks of its visitor: Django's own permissions, and the scope of his token."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, BasePermission

from . import refusals

SCOPES = ("read", "sync", "admin")  # each contains those before it


class Permitted(BasePermission):
    """Nothing without permission: a view that does not say what it needs is a mistake, and answers nobody.

    A view says `permissions = {"list": ("inventory.view_product",), …}`: by the action's name where it has actions,
    else by the method in small letters (HEAD is GET). `scopes = {…}`, by the same names, where the scope is not the
    usual one: "read" for methods that change nothing, "sync" for the others.
    """

    def has_permission(self, request, view) -> bool:
        is_known = bool(request.user and request.user.is_authenticated)
        if request.method == "OPTIONS" or not is_known:
            return is_known
        if request.method not in view.allowed_methods:  # asked before the handler would say so
            raise MethodNotAllowed(request.method)
        name = needed(request, view)
        if name not in getattr(view, "permissions", {}):
            raise ImproperlyConfigured(f"{type(view).__name__} does not say what {name} needs.")
        return self._has_scope(request, view, name) and self._has_rights(request, view.permissions[name])

    def _has_scope(self, request, view, name: str) -> bool:
        scope = scope_of(view, name, request.method)
        granted = getattr(request.auth, "scope", None)
        if granted is None or SCOPES.index(granted) >= SCOPES.index(scope):
            return True
        self.code, self.message = "insufficient_scope", _("The token needs the scope %s.") % scope
        refusals.miss(request, f"scope {scope}", scope=scope)
        return False

    def _has_rights(self, request, rights: Iterable[str]) -> bool:
        missing = [right for right in rights if not request.user.has_perm(right)]
        if not missing:
            return True
        self.code = "missing_permission"
        self.message = _("This needs the permission %s.") % ", ".join(missing)
        refusals.miss(request, f"permission {', '.join(missing)}")
        return False


def needed(request, view) -> str:
    """The name under which the view says what this request needs."""
    method = "get" if request.method == "HEAD" else request.method.lower()
    return getattr(view, "action", None) or method


def scope_of(view, name: str, method: str) -> str:
    """The scope that a token needs for this."""
    return getattr(view, "scopes", {}).get(name, "read" if method in SAFE_METHODS else "sync")
