"""One's own second factor: set up, given new codes for paper, taken away. Each asks for the password first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from inventory.admin import cells
from zoho_sync.admin.confirm import Entry, Question, ask

from . import guesses, logins, second_factor
from .entering import is_own_password
from .models import SecondFactor
from .second_factor import factor_of, must_set_up
from .visitors import SHOWN

PAGE = "admin:second_factor"


def urls(admin_view: Callable[..., Any]) -> list[URLPattern]:
    return [
        path("second-factor/", admin_view(overview), name="second_factor"),
        path("second-factor/confirm/", admin_view(confirm), name="second_factor_confirm"),
        path("second-factor/codes/", admin_view(codes), name="second_factor_codes"),
        path("second-factor/off/", admin_view(off), name="second_factor_off"),
    ]


@sensitive_post_parameters()
def overview(request: HttpRequest) -> HttpResponse:
    """Whoever has one sees what can be done with it; who has none begins here with his password."""
    factor = factor_of(request.user)
    if factor is not None:
        return _shown(request, "second_factor.html", factor=factor, left=_left(factor), may_end=_may_end())
    if request.method != "POST":
        return ask(request, _beginning(request))
    if problem := _proof(request):
        return logins.as_refused(request, ask(request, _beginning(request, problem)))
    return _scan(request, second_factor.start(request.user))


@sensitive_post_parameters()
@sensitive_variables("told")
def confirm(request: HttpRequest) -> HttpResponse:
    started = second_factor.started(request.user)
    if request.method != "POST" or started is None or factor_of(request.user) is not None:
        return redirect(PAGE)
    problem, told = _judged(request, lambda code: second_factor.confirm(started, code))
    if problem:
        return logins.as_refused(request, _scan(request, started, problem))
    request.session.cycle_key()
    request.session[SHOWN] = started.pk  # the other logins of his have not shown it, and end
    return _told(request, told)


@sensitive_post_parameters()
@sensitive_variables("told")
def codes(request: HttpRequest) -> HttpResponse:
    factor = factor_of(request.user)
    if factor is None:
        return redirect(PAGE)
    if request.method != "POST":
        return ask(request, _renewing())
    if problems := _both(request, factor):
        return logins.as_refused(request, ask(request, _renewing(*problems)))
    return _told(request, second_factor.renew_codes(factor))


@sensitive_post_parameters()
def off(request: HttpRequest) -> HttpResponse:
    factor = factor_of(request.user)
    if factor is None or not _may_end():
        return redirect(PAGE)
    if request.method != "POST":
        return ask(request, _ending())
    if problems := _both(request, factor):
        return logins.as_refused(request, ask(request, _ending(*problems)))
    second_factor.reset(request.user)
    request.session.cycle_key()
    request.session.pop(SHOWN, None)
    messages.success(request, _("The second factor is switched off. Your other logins have ended."))
    return redirect(PAGE)


# --- What is asked -----------------------------------------------------------------------------------


def _beginning(request: HttpRequest, problem: str = "") -> Question:
    sentences = [
        _("After your password a login then asks for six digits that an app on your phone shows."),
        _("Have an authenticator app ready, for instance FreeOTP, Aegis, Google or Microsoft Authenticator."),
    ]
    if must_set_up(request.user):
        sentences.insert(0, _("Here everybody needs a second factor. Set yours up to go on."))
    return Question(
        title=_("Set up the second factor"),
        sentences=sentences,
        entries=[_password(problem)],
        submit=_("Set it up"),
        cancel_url=reverse("admin:index"),
    )


def _renewing(problem: str = "", wrong_code: str = "") -> Question:
    return Question(
        title=_("New recovery codes"),
        sentences=[_("Ten new codes are shown once. The former ones count no more.")],
        entries=[_password(problem), _code(wrong_code)],
        submit=_("Make new codes"),
        cancel_url=reverse(PAGE),
    )


def _ending(problem: str = "", wrong_code: str = "") -> Question:
    return Question(
        title=_("Switch the second factor off"),
        sentences=[_("From now on your password alone lets you in, and whoever else knows it.")],
        entries=[_password(problem), _code(wrong_code)],
        submit=_("Switch it off"),
        cancel_url=reverse(PAGE),
        danger=True,
    )


def _password(problem: str) -> Entry:
    return Entry(
        name="password", label=_("Your password"), kind="password", problem=problem, left_to_right=True
    )


def _code(problem: str) -> Entry:
    told = _("Of your app, or a recovery code.")
    return Entry(name="code", label=_("Code"), problem=problem, help=told, left_to_right=True)


# --- What is answered --------------------------------------------------------------------------------


def _proof(request: HttpRequest) -> str:
    """Empty, or what is wrong with the password."""
    try:
        is_right = is_own_password(request, request.POST.get("password", ""))
    except guesses.TooManyGuesses as refusal:
        return str(refusal)
    return "" if is_right else _("This is not your password.")


def _judged(request: HttpRequest, judge: Callable[[str], Any]) -> tuple[str, Any]:
    """(what is wrong with the code, what became of it)."""
    code, name = request.POST.get("code", ""), request.user.get_username()
    try:
        found = logins.judged(request, name, lambda: judge(code), what=logins.CODE, marks=guesses.of_code)
    except guesses.TooManyGuesses as refusal:
        return str(refusal), None
    return ("" if found else _("The code is not right, or it was used before.")), found


def _both(request: HttpRequest, factor: SecondFactor) -> tuple[str, str] | None:
    """What is wrong with password and code; the code is not spent on a wrong password."""
    if problem := _proof(request):
        return problem, ""
    problem, _found = _judged(request, lambda code: second_factor.spend(factor, code))
    return ("", problem) if problem else None


def _scan(request: HttpRequest, factor: SecondFactor, problem: str = "") -> HttpResponse:
    told = {"picture": second_factor.picture(factor), "key": second_factor.spelled(factor.key)}
    return _shown(request, "second_factor_scan.html", problem=problem, **told)


def _told(request: HttpRequest, told: list[str]) -> HttpResponse:
    return _shown(request, "second_factor_codes.html", codes=told)


def _shown(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    around = admin.site.each_context(request) | {"title": _("Second factor")}
    return TemplateResponse(request, f"admin/access/{template}", around | context)


def _left(factor: SecondFactor) -> object:
    count = len(factor.recovery)
    told = ngettext("%(count)s recovery code is left.", "%(count)s recovery codes are left.", count)
    return cells.words(told % {"count": count})


def _may_end() -> bool:
    return bool(settings.SECOND_FACTOR != "required")
