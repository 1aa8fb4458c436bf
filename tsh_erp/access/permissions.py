"""What a view of the API asks of its visitor: Django's own permissions, and the scope of his token."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, BasePermission

SCOPES = ("read", "sync", "admin")  # each contains those before it


class Permitted(BasePermission):
    """Nothing without permission: a view that does not say what it needs is a mistake, and answers nobody.

    A view says `permissions = {"list": ("inventory.view_product",), …}`: by the action's name where it has actions,
    else by the method in small letters (HEAD is GET). `scopes = {…}`, by the same names, where the scope is not the
    usual one: "read" for methods that change nothing, "sync" for the others.
    """

    def has_permission(self, request, view) -> bool:
        method = "get" if request.method == "HEAD" else request.method.lower()
        name = getattr(view, "action", None) or method
        if request.method == "OPTIONS":
            return bool(request.user and request.user.is_authenticated)
        if request.method not in view.allowed_methods:  # asked before the handler would say so
            if request.user and request.user.is_authenticated:
                raise MethodNotAllowed(request.method)
            return False
        if name not in getattr(view, "permissions", {}):
            raise ImproperlyConfigured(f"{type(view).__name__} does not say what {name} needs.")
        if not (request.user and request.user.is_authenticated):
            return False
        usual = "read" if request.method in SAFE_METHODS else "sync"
        scope = getattr(view, "scopes", {}).get(name, usual)
        granted = getattr(request.auth, "scope", None)
        if granted is not None and SCOPES.index(granted) < SCOPES.index(scope):
            return False
        return request.user.has_perms(view.permissions[name])
