"""May a run start now, as far as the day's calls go? Told before anything is queued, and with figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils import timezone

from .costs import calls_of, is_known, priority_of
from .errors import BudgetWouldNotDo
from .models import RateBucket
from .options import Priority, SyncMode, SyncOptions, Trigger
from .sentences import Sentence
from .sentences import sentence as _
from .zoho.answers import DAY
from .zoho.budget import budget_left, ceiling, next_day

ASKED_BY_PEOPLE = (Trigger.ADMIN, Trigger.COMMAND, Trigger.API)


@dataclass(frozen=True)
class Weighed:
    """calls: about how many are needed. left: of today's, for such work. days: on how many it works, today among them.

    is_sure: everything that is to be read was read to its end before. again_at: when the next day's calls begin.
    """

    calls: int
    left: int
    days: int
    is_sure: bool
    again_at: datetime

    @property
    def fits(self) -> bool:
        return self.calls <= self.left

    @property
    def is_refused(self) -> bool:
        """What is not known yet may begin: a first sync goes on from day to day until it is through."""
        return self.is_sure and not self.fits

    @property
    def in_words(self) -> Sentence:
        """Empty when it fits into what is left of the day."""
        if self.fits:
            return _("")
        return _(
            "About %(calls)s calls are needed and %(left)s are left today, so it works on %(days)s days: it rests when "
            "a day's calls are spent, and goes on by itself."
        ) % {"calls": self.calls, "left": self.left, "days": self.days}


def weigh(organization, wanted: Sequence[SyncOptions]) -> Weighed:
    """What these runs need together, against what is left for work of their kind. Real-time runs need no leave."""
    wanted = [each for each in wanted if each.mode is not SyncMode.REALTIME]
    priority = max((priority_of(each.entity, each.mode) for each in wanted), default=Priority.REALTIME)
    calls = sum(calls_of(organization, each) for each in wanted)
    left = 0 if _is_day_over(organization) else budget_left(organization, priority)
    a_day = max(1, ceiling(priority))
    return Weighed(
        calls=calls,
        left=left,
        days=1 + ceil(max(0, calls - left) / a_day),
        is_sure=all(is_known(organization, each.entity) for each in wanted),
        again_at=next_day(organization),
    )


def admit(organization, wanted: Sequence[SyncOptions], trigger: Trigger, *, anyway: bool) -> Sentence:
    """What has to be said of a start that goes on beyond today, else "". Raises BudgetWouldNotDo for what a person
    or a program asks for, unless they want it anyway."""
    if trigger not in ASKED_BY_PEOPLE:
        return _("")
    weighed = weigh(organization, wanted)
    if weighed.is_refused and not anyway:
        raise BudgetWouldNotDo(weighed.calls, weighed.left, weighed.again_at)
    return weighed.in_words


def _is_day_over(organization) -> bool:
    """Has Zoho itself said that there are no calls left today?"""
    return RateBucket.objects.filter(
        organization=organization, blocked_code=DAY, blocked_until__gt=timezone.now()
    ).exists()
