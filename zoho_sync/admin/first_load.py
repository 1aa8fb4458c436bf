"""What the first load of documents will take, on the page that asks before it starts, and the button that has Zoho's
records counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.models import Organization

from .. import services
from ..first_load import cost_of_count
from ..services import FirstLoad
from .words import about_calls, entity_name, with_cost

COUNT = "count"


def first_load_facts(first: FirstLoad | None) -> list[tuple[str, object]]:
    if first is None:
        return []
    facts: list[tuple[str, object]] = [(_("records at Zoho"), _records(first))]
    reasons: dict[str, list[str]] = {}
    for name, reason in first.problems.items():
        reasons.setdefault(str(reason), []).append(entity_name(name))
    facts += [
        (_("not counted"), f"{_(', ').join(names)}: {reason}") for reason, names in sorted(reasons.items())
    ]
    if first.counts:
        facts.append((_("first load"), _in_words(first)))
    return facts


def _records(first: FirstLoad) -> object:
    if first.is_asked:
        return _("Zoho is being asked. Load this page again in a minute.")
    if not first.counts:
        return _("Not counted yet: press the button below to know before you start.")
    told = [cells.number(first.records)]
    if first.counted_at is not None:
        told.append(cells.age(first.counted_at))
    if first.unknown:
        left = ngettext("%(count)s kind not counted", "%(count)s kinds not counted", len(first.unknown))
        told.append(left % {"count": len(first.unknown)})
    return cells.joined(told, ", ")


def _in_words(first: FirstLoad) -> str:
    """Its calls, whatever they are for, and the days."""
    facts = {
        "lists": cells.decimal_text(first.lists),
        "details": cells.decimal_text(first.details),
        "calls": about_calls(first.calls),
        "a_day": cells.decimal_text(first.calls_a_day),
    }
    told = _("%(calls)s: %(lists)s for the lists and %(details)s for the lines, newest first.") % facts
    if first.days > 1:
        days = ngettext("%(count)s day", "%(count)s days", first.days) % {
            "count": cells.decimal_text(first.days)
        }
        told += " " + _("At %(a_day)s calls a day that is at least %(days)s.") % (facts | {"days": days})
    return told


def count_button(first: FirstLoad | None) -> Sequence[tuple[str, str]]:
    if first is None or first.is_asked:
        return ()
    return [(COUNT, with_cost(_("Count the records at Zoho"), _at_most(cost_of_count(first))))]


def _at_most(calls: int) -> str:
    return ngettext("at most %(count)s call", "at most %(count)s calls", calls) % {
        "count": cells.decimal_text(calls)
    }


def tell_counting(request: HttpRequest, organization: Organization | None, names: Iterable[str]) -> None:
    """A worker is told; the person, too."""
    if organization is not None and services.ask_to_count(organization, names):
        messages.success(request, _("Zoho is being asked. Load this page again in a minute."))
    else:
        messages.info(request, _("There is nothing to count, or it is being counted already."))
