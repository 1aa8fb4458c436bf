"""The admin's site: the skin's, with a login that counts wrong passwords and asks for a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from . import logins
from .second_factor import must_set_up

ALWAYS = (
    "second_factor",
    "second_factor_confirm",
    "logout",
)  # also for who has to set up a second factor first


class Site(UnfoldAdminSite):
    def extra_urls(self) -> list[URLPattern]:
        from . import account, entering

        code = entering.CodeStep.as_view(site=self)
        return [path("login/code/", code, name="login_code"), *account.urls(self.admin_view)]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            match = request.resolver_match
            is_always = match is not None and match.url_name in ALWAYS
            if not is_always and self.has_permission(request) and must_set_up(request.user):
                return redirect("admin:second_factor")
            answer: HttpResponse = inner(request, *args, **kwargs)
            return answer

        return led

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from .entering import PasswordStep
        from .forms import LoginForm

        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        around = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            around[REDIRECT_FIELD_NAME] = reverse("admin:index")
        request.current_app = self.name
        view = PasswordStep.as_view(
            extra_context=around | (extra_context or {}),
            authentication_form=LoginForm,
            template_name="admin/login.html",
        )
        return logins.as_refused(request, view(request))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        from .forms import OwnPasswordForm

        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=partial(OwnPasswordForm, request=request),
            success_url=reverse(f"{self.name}:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return logins.as_refused(request, view(request))
