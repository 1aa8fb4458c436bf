"""What is typed to make a token: the question, and the answers checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoho_sync.admin.confirm import Entry, Question

from ..models import ApiToken
from ..tokens import TokenRefused

LIST = "admin:access_apitoken_changelist"
DAYS = (90, 30, 365)  # offered; the first one is proposed
NEVER = "never"


def making(request: HttpRequest, error: TokenRefused | None = None) -> Question:
    told = request.POST
    entries = [
        Entry(
            name="name",
            label=_("Name"),
            value=told.get("name", ""),
            help=_("Which program it is for."),
            problem=_problem(error, "name", "scope", "expires_at"),
        )
    ]
    if may_choose_user(request):
        entries.append(
            Entry(
                name="user",
                label=_("User"),
                value=told.get("user", request.user.get_username()),
                help=_(
                    "In whose name the program acts: at most what this user may do. For a program make a user of its "
                    "own, without a password."
                ),
                problem=_problem(error, "user"),
                left_to_right=True,
            )
        )
    return Question(
        title=_("Make an API token"),
        sentences=[
            _("A program that sends it may do what its user may do, within the scope."),
            _("It is shown once, on the next page."),
        ],
        entries=entries,
        choices=[
            ("scope", _("Scope"), _chosen_first(_scopes(), told.get("scope"))),
            ("expires", _("Valid for"), _chosen_first(_lengths(), told.get("expires"))),
        ],
        submit=_("Make it"),
        cancel_url=reverse(LIST),
    )


def may_choose_user(request: HttpRequest) -> bool:
    return request.user.has_perm("access.add_apitoken")


def told_user(request: HttpRequest) -> Any:
    if not may_choose_user(request):
        return request.user
    name = request.POST.get("user", "").strip()
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise TokenRefused("user", _("There is no such user."))
    return user


def told_end(request: HttpRequest) -> datetime | None:
    """None only where that was chosen. Raises TokenRefused."""
    chosen = request.POST.get("expires", "")
    if chosen == NEVER:
        return None
    if chosen not in {str(days) for days in DAYS}:
        raise TokenRefused("expires_at", _("Choose how long it is valid."))
    return timezone.now() + timedelta(days=int(chosen))


def _scopes() -> list[tuple[str, str]]:
    meanings = {
        ApiToken.Scope.READ: _("look only"),
        ApiToken.Scope.SYNC: _("also start, decide, retry and replay"),
        ApiToken.Scope.ADMIN: _("also whatever configures"),
    }
    return [(scope.value, f"{scope.label}: {meaning}") for scope, meaning in meanings.items()]


def _lengths() -> list[tuple[str, str]]:
    told = [(str(days), ngettext("%(count)s day", "%(count)s days", days) % {"count": days}) for days in DAYS]
    return [*told, (NEVER, _("ever, until it is revoked"))]


def _chosen_first(options: list[tuple[str, str]], chosen: str | None) -> list[tuple[str, str]]:
    return sorted(options, key=lambda option: option[0] != chosen)


def _problem(error: TokenRefused | None, *fields: str) -> str:
    return str(error) if error and error.field in fields else ""
