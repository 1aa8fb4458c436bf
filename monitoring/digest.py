"""What happened in the last day, in one message for those who do not open the back office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zoho_sync import status

from .metrics import reading
from .models import Alert, AlertChannel, AlertDelivery
from .overview import GRADE

DAY = timedelta(hours=24)
MOST_TITLES = 5
# What a run or a row came to, in the words of the runs' pages; in the order in which they are told.
_RUNS = {
    "succeeded": gettext_lazy("succeeded"),
    "partial": gettext_lazy("partial"),
    "failed": gettext_lazy("failed"),
    "quarantined": gettext_lazy("quarantined"),
    "cancelled": gettext_lazy("cancelled"),
}
_ROWS = {
    "created": gettext_lazy("created"),
    "updated": gettext_lazy("updated"),
    "removed": gettext_lazy("removed"),
    "failed": gettext_lazy("failed"),
}


@dataclass(frozen=True)
class Digest:
    """In the language of the moment. text: one line for each subject."""

    title: str
    text: str


def send_digest(now: datetime | None = None) -> int:
    """Make the day's digest for every channel that takes it; how many. Once a day, however often it is called."""
    now = now or timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    made = 0
    with transaction.atomic():  # two at once wait for each other here
        takers = AlertChannel.objects.select_for_update().filter(is_on=True, takes_digest=True).order_by("pk")
        for channel in takers:
            today = channel.deliveries.filter(
                occasion=AlertDelivery.Occasion.DIGEST, created_at__gte=midnight
            )
            if not today.exists():
                channel.deliveries.create(
                    occasion=AlertDelivery.Occasion.DIGEST,
                    severity="info",
                    created_at=now,
                    next_attempt_at=now,
                )
                made += 1
    return made


def digest_of(at: datetime) -> Digest:
    """The day until `at`; what waits, and how fresh everything is, as of now."""
    since = at - DAY
    day = date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")
    lines = [*_alerts(since, at), *_work(since, at), *_waiting(), *_organizations()]
    return Digest(_("TSH ERP: the last 24 hours, %(day)s") % {"day": day}, "\n".join(lines))


def _alerts(since: datetime, at: datetime) -> Iterator[str]:
    found = Alert.objects.filter(state=Alert.State.OPEN).order_by(GRADE.desc(), "-pk")
    count = found.count()
    if count:
        told = [f"{each.get_severity_display()}: {each.title}" for each in found[:MOST_TITLES]]
        left = [_("and %(count)s more") % {"count": count - len(told)}] if count > len(told) else []
        yield ngettext("%(count)s alert is open:", "%(count)s alerts are open:", count) % {"count": count}
        yield from (f"– {each}" for each in (*told, *left))
    else:
        yield _("No alert is open.")
    over = Alert.objects.filter(resolved_at__gte=since, resolved_at__lte=at).count()
    if over:
        yield ngettext("%(count)s alert was resolved.", "%(count)s alerts were resolved.", over) % {
            "count": over
        }


def _work(since: datetime, at: datetime) -> Iterator[str]:
    runs = status.traffic(since).runs
    yield _("Runs: %(facts)s") % {"facts": _counted(runs, _RUNS) or _("none has ended")}
    rows = {
        name: round(point.total)
        for name, point in reading.by_label("rows", "result", since=since, until=at).items()
    }
    yield _("Records: %(facts)s") % {"facts": _counted(rows, _ROWS) or _("none has changed")}


def _counted(counts: dict[str, int], words: dict) -> str:
    """ "12 succeeded, 1 failed"; what there was none of is left out."""
    return _(", ").join(f"{counts[name]:,} {word}" for name, word in words.items() if counts.get(name))


def _waiting() -> Iterator[str]:
    failures = sum(each.count for each in status.waiting_failures())
    dead = status.inbox().dead
    if failures:
        text = ngettext(
            "%(count)s record could not be taken and waits for somebody.",
            "%(count)s records could not be taken and wait for somebody.",
            failures,
        )
        yield text % {"count": failures}
    if dead:
        text = ngettext(
            "%(count)s webhook delivery could not be applied.",
            "%(count)s webhook deliveries could not be applied.",
            dead,
        )
        yield text % {"count": dead}
    if not failures and not dead:
        yield _("Nothing waits for anybody.")


def _organizations() -> Iterator[str]:
    known = status.organizations()
    fresh, spent = status.freshness_of(known), status.budgets(known)
    for each in known:
        lines = [_freshness(fresh[each.pk]), _calls(spent[each.pk]), _truth(each)]
        name = f"{each.name or each.external_id}: " if len(known) > 1 else ""
        yield from (f"{name}{line}" for line in lines if line)


def _freshness(found: Iterable[status.EntityFreshness]) -> str:
    stale = [each.label for each in found if each.is_stale]
    if not stale:
        return _("Everything is fresh.")
    return _("Not fresh: %(names)s") % {"names": _(", ").join(stale)}


def _calls(budget: status.Budget) -> str:
    return _("Calls today: %(used)s of %(limit)s") % {
        "used": f"{budget.used:,}",
        "limit": f"{budget.limit:,}",
    }


def _truth(organization) -> str:
    told = status.truth(organization, hours=24)
    if told.share is None:
        return ""
    facts = {"equal": f"{told.equal:,}", "checked": f"{told.checked:,}"}
    return _("Compared with Zoho: %(equal)s of %(checked)s records are equal.") % facts
