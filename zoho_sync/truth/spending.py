"""What the truth meter may spend: calls that nobody else needs, and of those a set share.

It calls as background work does, so it never touches the reserve of real-time work, nor what syncs are left.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from ..models import RateBucket
from ..options import Priority
from ..sentences import sentence as _
from ..zoho.budget import budget_left


@dataclass(frozen=True)
class Allowance:
    """calls: that one round may make. reason: why there are none, in words; "" where there are some."""

    calls: int
    reason: str = ""


def allowance(organization) -> Allowance:
    """settings.TRUTH["BUDGET_PERCENT"] of the calls that background work may still make today."""
    bucket = RateBucket.objects.filter(organization=organization, blocked_until__gt=timezone.now()).first()
    if bucket:
        return Allowance(0, _("Zoho asked for silence: %(reason)s") % {"reason": bucket.blocked_reason})
    left = budget_left(organization, Priority.BACKGROUND)
    percent = settings.TRUTH["BUDGET_PERCENT"]
    calls = left * percent // 100
    if calls:
        return Allowance(calls)
    told = _(
        "Background work may make %(left)s more calls today, and %(percent)s %% of them is not one. Nothing was asked."
    )
    return Allowance(0, told % {"left": left, "percent": percent})
