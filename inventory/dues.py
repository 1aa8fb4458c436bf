"""What is still to be paid, and since when it should have been. Days are days in each organisation's own zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from . import days
from .models import Organization


def is_unpaid(model: Any) -> Q:
    """Which of its documents: those of which something is known to be still to be paid, or to be used; drafts and
    voids bind nobody."""
    return Q(balance__gt=0) & ~Q(status__in=model.VOID)


def is_overdue(model: Any, today: date) -> Q:
    """Unpaid, and due on a day that is over. By the calendar, not by the source's word: a day that passes changes no
    document there."""
    return is_unpaid(model) & _was_due(today)


def days_overdue(document: Any, today: date) -> int:
    """0 when it is not due yet, when nothing is left to be paid, or when it counts nothing."""
    if document.due_date is None or not document.balance or document.balance < 0:
        return 0
    return 0 if document.status in document.VOID else max(0, (today - document.due_date).days)


def unpaid(rows: QuerySet) -> QuerySet:
    return rows.filter(is_unpaid(rows.model))


def overdue(rows: QuerySet, now: datetime | None = None) -> QuerySet:
    """By each organisation's own calendar."""
    late = Q(pk__in=[])
    for organization in Organization.objects.order_by("pk"):
        late |= Q(organization=organization) & _was_due(days.today(organization, now))
    return unpaid(rows).filter(late)


def _was_due(today: date) -> Q:
    return Q(due_date__lt=today)
