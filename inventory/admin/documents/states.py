"""The states of documents in words and colours.

The source's list of states grows; one that is not known here is shown as it came.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ...dues import days_overdue
from .. import cells

STATES: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("draft"), "quiet"),
    "pending_approval": (gettext_lazy("waits for approval"), "warn"),
    "approved": (gettext_lazy("approved"), "busy"),
    "rejected": (gettext_lazy("rejected"), "quiet"),
    "void": (gettext_lazy("void"), "quiet"),
    "cancelled": (gettext_lazy("cancelled"), "quiet"),
    "open": (gettext_lazy("open"), "busy"),
    "sent": (gettext_lazy("sent"), "busy"),
    "viewed": (gettext_lazy("seen by the customer"), "busy"),
    "unpaid": (gettext_lazy("unpaid"), "warn"),
    "partially_paid": (gettext_lazy("partly paid"), "warn"),
    "overdue": (gettext_lazy("overdue"), "bad"),
    "paid": (gettext_lazy("paid"), "good"),
    "closed": (gettext_lazy("closed"), "good"),
    "confirmed": (gettext_lazy("confirmed"), "busy"),
    "onhold": (gettext_lazy("on hold"), "warn"),
    "invoiced": (gettext_lazy("invoiced"), "good"),
    "partially_invoiced": (gettext_lazy("partly invoiced"), "warn"),
    "not_invoiced": (gettext_lazy("not invoiced"), "quiet"),
    "fulfilled": (gettext_lazy("fulfilled"), "good"),
    "issued": (gettext_lazy("issued"), "busy"),
    "billed": (gettext_lazy("billed"), "good"),
    "partially_billed": (gettext_lazy("partly billed"), "warn"),
    "received": (gettext_lazy("received"), "good"),
    "partially_received": (gettext_lazy("partly received"), "warn"),
    "not_received": (gettext_lazy("not received"), "quiet"),
    "refunded": (gettext_lazy("refunded"), "good"),
    "not_shipped": (gettext_lazy("not shipped"), "warn"),
    "shipped": (gettext_lazy("shipped"), "busy"),
    "partially_shipped": (gettext_lazy("partly shipped"), "warn"),
    "in_transit": (gettext_lazy("on its way"), "busy"),
    "intransit": (gettext_lazy("on its way"), "busy"),
    "delivered": (gettext_lazy("delivered"), "good"),
    "adjusted": (gettext_lazy("adjusted"), "good"),
    "transferred": (gettext_lazy("transferred"), "good"),
    "pending": (gettext_lazy("pending"), "warn"),
}


def state_name(status: str) -> str:
    known = STATES.get(status)
    return str(known[0]) if known else status


def state_tag(status: str) -> object:
    if not status:
        return cells.UNKNOWN
    return cells.tag(cells.words(state_name(status)), STATES.get(status, ("", "quiet"))[1])


def has_balance(model: Any) -> bool:
    """Is part of it still to be paid, or still to be used?"""
    return any(column.name == "balance" for column in model._meta.concrete_fields)


def has_due_day(model: Any) -> bool:
    return any(column.name == "due_date" for column in model._meta.concrete_fields)


def due_cell(document: Any, today: date) -> object:
    """The day, and under it by how much it has passed."""
    if document.due_date is None:
        return cells.UNKNOWN
    late = days_overdue(document, today)
    told = ngettext("%(count)s day overdue", "%(count)s days overdue", late) % {"count": late}
    return cells.stacked(cells.moment(document.due_date), cells.tag(told, "bad") if late else "")


def state_cell(document: Any, today: date) -> object:
    """The source's word, unless the day on which it was due has passed since the source said it."""
    if document.is_removed:
        return cells.tag(_("removed"), "bad")
    is_late = has_due_day(type(document)) and days_overdue(document, today)
    if is_late and document.status in document.OPEN and document.status not in ("overdue", "partially_paid"):
        return state_tag("overdue")
    return state_tag(document.status)
