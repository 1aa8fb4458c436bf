"""The two steps of a login: a password, then a code of those who have a second factor. Nobody is in before the last."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, load_backend, login
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View
from unfold.widgets import INPUT_CLASSES

from . import guesses, logins
from .second_factor import factor_of, spend
from .visitors import SHOWN

HALF = "entering"  # in a session: who has shown his password, until when, and where he wants to go
HALF_SECONDS = 300


class PasswordStep(LoginView):
    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if factor_of(load_backend(user.backend).get_user(user.pk)) is None:
            self.request.session.pop(SHOWN, None)
            return super().form_valid(form)
        self.request.session.cycle_key()  # whoever knew the key before does not wait for the code too
        self.request.session[HALF] = {
            "user": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "until": timezone.now().timestamp() + HALF_SECONDS,
            "next": self.get_success_url(),
        }
        return redirect("admin:login_code")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": "",
                "dir": "ltr",
                "class": " ".join(INPUT_CLASSES),
            }
        ),
    )


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache], name="dispatch")
class CodeStep(View):
    """site: the admin's, which says what stands around the form."""

    site: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, CodeForm()) if _half_in(request) else redirect("admin:login")

    def post(self, request: HttpRequest) -> HttpResponse:
        user = _half_in(request)
        if user is None:
            return redirect("admin:login")
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                if _is_right(request, user, form.cleaned_data["code"]):
                    return _let_in(request, user)
                form.add_error("code", _("The code is not right, or it was used before."))
            except guesses.TooManyGuesses as refusal:
                form.add_error(None, ValidationError(str(refusal)))
        return logins.as_refused(request, self._page(request, form))

    def _page(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        request.current_app = self.site.name
        context = {**self.site.each_context(request), "title": _("Second factor"), "form": form}
        return TemplateResponse(request, "admin/access/login_code.html", context)


def _half_in(request: Any) -> Any | None:
    """Who has shown his password in this session a short while ago, if it is his password still."""
    half = request.session.get(HALF)
    if half is None or half["until"] < timezone.now().timestamp():
        return None
    user = load_backend(half["backend"]).get_user(half["user"])
    if user is None or not user.is_staff or factor_of(user) is None:
        return None
    return user if constant_time_compare(half["hash"], user.get_session_auth_hash()) else None


def _is_right(request: Any, user: Any, code: str) -> bool:
    request.known_user, factor = user, factor_of(user)
    found: bool = logins.judged(
        request,
        user.get_username(),
        lambda: factor is not None and spend(factor, code),
        what=logins.CODE,
        marks=guesses.of_code,
    )
    return found


def _let_in(request: Any, user: Any) -> HttpResponse:
    half, factor = request.session.pop(HALF), factor_of(user)
    login(request, user, backend=half["backend"])
    if factor is not None:
        request.session[SHOWN] = factor.pk
    return HttpResponseRedirect(half["next"])


def is_own_password(request: Any, password: str) -> bool:
    """Does whoever is signed in know his password? Counted as at the login. Raises guesses.TooManyGuesses."""
    if not password or "\0" in password:
        return False
    found = authenticate(request, username=request.user.get_username(), password=password)
    refusal = getattr(request, "refused_login", None)
    if refusal is not None:
        raise refusal
    return found is not None and found.pk == request.user.pk
