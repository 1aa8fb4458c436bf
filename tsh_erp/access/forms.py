"""The forms that take a password, which say it when nobody is heard for a while."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm

from . import logins
from .guesses import TooManyGuesses


class LoginForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError:
            refusal = getattr(self.request, "refused_login", None)
            if refusal is None:
                raise
            raise ValidationError(str(refusal), "too_many_guesses") from None


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Whoever finds an open browser must not guess the password here either."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._request = request

    def clean_old_password(self) -> str:
        clean, name = super().clean_old_password, self.user.get_username()
        refused: list[ValidationError] = []

        def judge() -> str:
            try:
                return clean()
            except ValidationError as error:
                refused.append(error)
                return ""

        try:
            found: str = logins.judged(self._request, name, judge)
        except TooManyGuesses as refusal:
            raise ValidationError(str(refusal), "too_many_guesses") from None
        if refused:
            raise refused[0]
        return found
