"""The four answers that stand largest on the page, each with the place where more is told, and what to do there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import outlook
from ..causes import Facts
from ..outlook import State
from ..troubles import Trouble


@dataclass(frozen=True)
class Place:
    """needs: what one must be allowed to see to be told the answer, as it speaks of all of it."""

    url_name: str
    action: str | Promise
    needs: tuple[str, ...]
    query: str = ""


_RUNS, _FAILURES = "zoho_sync.view_syncrun", "zoho_sync.view_recorderror"
_DELIVERIES, _CONNECTION = "zoho_sync.view_webhookdelivery", "zoho_sync.view_oauthtoken"
PLACES = {
    "fresh": Place("admin:zoho_sync_syncrun_changelist", _("See the runs"), (_RUNS,)),
    "right": Place(
        "admin:zoho_sync_recorderror_changelist",
        _("See the failures"),
        (_RUNS, _FAILURES, _DELIVERIES),
        "?status__exact=waiting",
    ),
    "waiting": Place("", _("See what waits"), (_RUNS, _FAILURES, _DELIVERIES, _CONNECTION), "#block-waiting"),
    "calls": Place("admin:zoho_sync_oauthtoken_changelist", _("See the calls"), (_CONNECTION,)),
}
MOODS = {State.GOOD: "good", State.WARNING: "warn", State.BAD: "bad"}
WORDS: dict[State, str | Promise] = {
    State.GOOD: _("all is well"),
    State.WARNING: _("have a look"),
    State.BAD: _("something has to be done"),
}


@dataclass(frozen=True)
class Card:
    """One answer as it is drawn. mood: good, warn or bad; state: the same in words. note: what else is known."""

    key: str
    question: str
    text: str
    mood: str
    state: str
    url: str
    action: str
    note: str = ""


def cards(
    facts: Facts | None, found: Collection[Trouble], may: Callable[[str], bool], notes: Mapping[str, str]
) -> list[Card]:
    """facts, found: as `causes.look` gives them. notes: by the answer's key. An answer that speaks of what the visitor
    may not see is left out."""
    told = outlook.answers(facts, found)
    return [
        card(key, told[key], _reason(key, found), notes.get(key, ""))
        for key, place in PLACES.items()
        if all(may(each) for each in place.needs)
    ]


def card(key: str, answer: outlook.Answer, reason: Trouble | None, note: str) -> Card:
    """reason: the worst that is wrong; its own page is where to go."""
    place = PLACES[key]
    if answer.state is not State.GOOD and reason is not None and reason.page and place.url_name:
        url, action = reason.page, str(_("See why"))
    else:
        url, action = (reverse(place.url_name) if place.url_name else "") + place.query, str(place.action)
    return Card(
        key=key,
        question=answer.question,
        text=answer.text,
        mood=MOODS[answer.state],
        state=str(WORDS[answer.state]),
        url=url,
        action=action,
        note=note,
    )


_CAUSES = {
    "fresh": outlook.FRESH,
    "right": outlook.RIGHT,
    "waiting": outlook.WAITING,
    "calls": outlook.CALLS,
}


def _reason(key: str, found: Collection[Trouble]) -> Trouble | None:
    return next((each for each in found if each.cause in _CAUSES[key]), None)
