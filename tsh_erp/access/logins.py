"""A password that somebody sends, wherever he sends it: counted, judged, and told of in the log when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from rest_framework.exceptions import AuthenticationFailed

from zoho_sync.addresses import address_of

from . import guesses, refusals, throttles

PASSWORD, CODE = "a good password", "a good code"


def judged(
    request: Any, username: str, judge: Callable[[], Any], *, what: str = PASSWORD, marks: Any = None
) -> Any:
    """What `judge` says of one guess; whatever is true was right. Raises guesses.TooManyGuesses instead of judging.

    marks: what a wrong one is counted against, where it is no password.
    """
    network = network_of(request)
    try:
        guess = guesses.begin((marks or guesses.of_password)(username, network))
    except guesses.TooManyGuesses as refusal:
        request.refused_login = refusal
        first = throttles.meter().add(f"login {network}").used == 1
        _tell(request, username, throttles.TooMany(refusal.seconds, is_first=first), "fewer wrong attempts")
        raise
    found = judge()
    if found:
        guess.take_back()
    else:
        _tell(request, username, AuthenticationFailed(), what)
    return found


def note_login(sender: Any, request: Any, user: Any, **facts: Any) -> None:
    """Receives `user_logged_in`."""
    if request is not None:
        guesses.note_login(user, user.get_username(), network_of(request))


def as_refused(request: Any, answer: Any) -> Any:
    """The page as it is, under the status of what became of the guess."""
    refusal = getattr(request, "refused_login", None)
    if refusal is not None:
        answer.status_code = 429
        answer["Retry-After"] = str(refusal.seconds)
    return answer


def network_of(request: Any) -> str:
    return throttles.network_of(address_of(request)).replace("\0", "")[:64]


def _tell(request: Any, username: str, error: Any, missing: str) -> None:
    """One line, as for every refusal. A name that nobody has is not repeated: it may be a password in the wrong box."""
    if getattr(request, "known_user", None) is None:
        name = username.replace("\0", "")[:150]
        request.known_user = get_user_model().objects.filter(username=name).first()
    refusals.miss(request, missing)
    refusals.tell(request, error)
