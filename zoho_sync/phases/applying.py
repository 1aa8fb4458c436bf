"""The pages of a run that applies a plan: its rows as they were planned, in their order. No call is made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from django.conf import settings

from ..applications import is_expired
from ..errors import RunStateError
from ..models import PlannedChange
from ..processors.base import Kind
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho import clock
from ..zoho.client import ZohoClient

ROWS = 200  # that are stored together


def planned(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Rows of the plan that have not been applied or refused yet. Raises RunStateError when it is too old."""
    plan = work.run.plan
    if plan is None:
        raise RunStateError(_("The plan was deleted before all of it was applied."))
    if is_expired(plan):
        words = {"id": plan.pk, "hours": settings.PLAN_HOURS}
        raise RunStateError(
            _("The plan of run %(id)s is older than %(hours)s hours. Make a new dry run.") % words
        )
    rows = PlannedChange.objects.filter(run=plan, state=PlannedChange.State.PLANNED)
    last = at.get("pk", 0)
    for number in count(1):
        keys = tuple(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:ROWS])
        if not keys:
            return
        last = keys[-1]
        yield Page(number, [], Kind.ROW, clock.now(), {"pk": last}, planned=keys)
