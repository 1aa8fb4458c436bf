"""The page of an error: what happened, what it means, what to do next. It asks nothing of the database, which may be
what has failed, and nothing of the skin."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Words:
    """Three sentences for people: title, what it means for what they did, what to do next."""

    title: Any
    means: Any
    next: Any


UNREADABLE = Words(
    _("This request cannot be read"),
    _("What the browser sent is not what this address takes. Nothing was changed."),
    _("go back, load the page anew, and try it once more."),
)
NOT_ALLOWED = Words(
    _("You may not do this"),
    _("Your role does not include it. Nothing was changed."),
    _("ask an administrator for the permission, or log in as somebody who has it."),
)
EXPIRED = Words(
    _("This form has expired"),
    _("It was opened before you last logged in, or the browser keeps no cookies. Nothing was changed."),
    _("go back, load the page anew, and send the form again."),
)
NOWHERE = Words(
    _("There is nothing at this address"),
    _("The page has moved, the record is not here any more, or the address was typed wrong."),
    _("search for it with Ctrl-K on any page, or begin at home."),
)
BROKEN = Words(
    _("Something went wrong on our side"),
    _("It has been logged. What you asked for was not done, or not to its end."),
    _(
        "look whether it was done before you repeat it. If it happens again, tell who runs the server the time below."
    ),
)
AWAY = Words(
    _("The database cannot be used at this moment"),
    _("It restarts, or is too busy. Nothing is lost: runs go on by themselves when it is back."),
    _("try again in some seconds. If it lasts for minutes, tell who runs the server."),
)


def failed_page(request: HttpRequest, status: int, words: Words) -> HttpResponse:
    """The answer with this status; without a style where even the page cannot be made."""
    may_work_soon = status >= 500 and request.method in ("GET", "HEAD")
    facts = {
        "words": words,
        "status": status,
        "at": f"{timezone.now().astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "again": request.get_full_path() if may_work_soon else "",
    }
    try:
        text: str = render_to_string("failed/page.html", facts)
    except Exception:  # an error upon an error: say at least what is known
        log.exception("the page of an error %s cannot be made", status)
        text = f"<!doctype html><title>{status}</title><h1>{escape(words.title)}</h1><p>{escape(words.means)}</p>"
    return HttpResponse(text, status=status)
