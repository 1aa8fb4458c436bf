"""Alerts in the search over everything: by their number, and by words of their title in any language."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.admin import cells
from inventory.admin.finding import MOST, Asked, Found, Hit, May
from inventory.searching import folded
from monitoring.finding import alerts, titles

NAMES = ("alert", gettext_lazy("alert"), gettext_lazy("Alerts"))
LEAST = 2  # letters, before titles are looked at


def of_watch(may: May, asked: Asked) -> Found | None:
    """None where there is none, or the visitor may not see alerts; at most three queries."""
    if not may("monitoring.view_alert"):
        return None
    numbers = list(_titled(asked))
    by_number = asked.number if asked.number is not None and asked.is_about(*NAMES) else None
    found = alerts([*numbers, *([by_number] if by_number is not None else [])])
    if not found:
        return None
    found.sort(key=lambda each: each.number != by_number)
    hits = [
        Hit(
            title=each.title,
            url=each.page,
            code=f"#{each.number}",
            mark=cells.inline(each.severity, each.state),
            is_exact=each.number == by_number,
        )
        for each in found[:MOST]
    ]
    more = reverse("admin:monitoring_alert_changelist") if len(found) > MOST else ""
    return Found(kind="alert", name=_("Alerts"), icon="notifications_active", hits=hits, more_url=more)


def _titled(asked: Asked) -> list[int]:
    """Numbers of the alerts whose titles hold every word, newest first."""
    if sum(map(len, asked.words)) < LEAST or (asked.number is not None and not asked.names):
        return []
    told = {number: folded(said) for number, said in titles().items()}
    return [number for number, said in told.items() if all(word in said for word in asked.words)]
