"""What pictures may spend: a budget of their own inside that of background work, so that they never eat what syncs,
webhooks and people need."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from inventory.models import Organization

from ..errors import BudgetExhausted
from ..models import ApiUsage
from ..sentences import sentence as _
from ..zoho.budget import next_day, today

ENDPOINT = "items/{id}/image"  # as the ledger names the calls


def most_a_day() -> int:
    """The smaller one of settings.PICTURES["CALLS_PER_DAY"] and the share of all calls; at least 1."""
    share = settings.ZOHO["CALLS_PER_DAY"] * settings.PICTURES["BUDGET_PERCENT"] // 100
    return max(1, min(settings.PICTURES["CALLS_PER_DAY"], share))


def spent_today(organization: Organization) -> int:
    rows = ApiUsage.objects.filter(organization=organization, day=today(organization), endpoint=ENDPOINT)
    return rows.aggregate(calls=Sum("calls_count"))["calls"] or 0


def left_today(organization: Organization) -> int:
    return max(0, most_a_day() - spent_today(organization))


def check(organization: Organization) -> None:
    """Raises BudgetExhausted when pictures have had their part of the day."""
    spent = spent_today(organization)
    if spent < most_a_day():
        return
    start = next_day(organization)
    words = {"spent": spent, "limit": most_a_day(), "time": timezone.localtime(start).strftime("%d/%m %H:%M")}
    raise BudgetExhausted(
        _(
            "%(spent)s of the %(limit)s calls that pictures may make a day are spent; it goes on tomorrow (%(time)s). "
            "PICTURES_CALLS_PER_DAY and PICTURES_BUDGET_PERCENT say how many there are."
        )
        % words,
        start,
    )
