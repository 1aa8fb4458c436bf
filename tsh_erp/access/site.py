"""The admin's site: the skin's, with a login that counts wrong passwords."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from . import logins


class Site(UnfoldAdminSite):
    def __init__(self, name: str = "admin"):
        from .forms import LoginForm

        super().__init__(name)
        self.login_form = LoginForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return logins.as_refused(request, super().login(request, extra_context))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from .forms import OwnPasswordForm

        request.current_app = self.name  # type: ignore[attr-defined]
        view = PasswordChangeView.as_view(
            form_class=partial(OwnPasswordForm, request=request),
            success_url=reverse(f"{self.name}:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return logins.as_refused(request, view(request))
