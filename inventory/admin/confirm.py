"""One page before anything starts: what will happen, what it costs, and a form that posts. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to type. kind: the input's type in HTML. help: a sentence below. problem: what was wrong with it."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    help: str = ""
    problem: str = ""
    required: bool = True
    left_to_right: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """title: verb and object. sentences: what will happen. facts: names and values, the cost among them.

    hidden: what the form sends along. entries: what is typed. checks: (name, label) of boxes.
    choices: (name, label, [(value, text)]). also: further buttons of the same form, (value of "do", text).
    """

    title: str
    sentences: Sequence[object]
    submit: str
    cancel_url: str
    facts: Sequence[tuple[str, object]] = ()
    hidden: Iterable[tuple[str, str]] = ()
    entries: Sequence[Entry] = ()
    checks: Sequence[tuple[str, str]] = ()
    choices: Sequence[tuple[str, str, Sequence[tuple[str, str]]]] = ()
    also: Sequence[tuple[str, str]] = ()
    danger: bool = False


def ask(request: HttpRequest, question: Question) -> TemplateResponse:
    request.current_app = admin.site.name
    context = admin.site.each_context(request) | {"title": question.title, "question": question}
    return TemplateResponse(request, "admin/confirm.html", context)
