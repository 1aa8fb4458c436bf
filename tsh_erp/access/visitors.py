"""Who a session lets in: nobody for whom the second factor was not shown in it.

It is asked where the visitor is found, so that every page, the API and the small doors beside it agree. A token is no
session: programs are not asked for codes.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from .second_factor import factor_of, must_set_up

SHOWN = "second_factor"  # in a session: which one was shown, by its number


class Visitors(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_visitor, request))  # type: ignore[assignment]


def _visitor(request: Any) -> Any:
    user = get_user(request)
    if not user.is_authenticated:
        return user
    factor = factor_of(user)
    if request.session.get(SHOWN) != (factor.pk if factor is not None else None):
        return AnonymousUser()  # also after it was taken away, or replaced
    if must_set_up(user) and not request.path.startswith(reverse("admin:index")):
        return AnonymousUser()  # inside the admin he is led to the page that sets it up
    return user
