"""What the catalogue's pages say of who brought a figure: the run and the person who asked for it, or the webhook with
its time; each leads to its page for those who may see that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from inventory.admin import causes, cells

from ..models import SyncRun, WebhookDelivery
from ..options import Trigger
from .outcome import run_url

_RUN = "run "
_RUNS, _DELIVERIES, _PEOPLE = "zoho_sync.view_syncrun", "zoho_sync.view_webhookdelivery", "auth.view_user"


def cells_of(wanted: Collection[str], may: causes.May) -> Mapping[str, object]:
    """{"run 118": a cell}. A run that is not kept any more is still named, and leads nowhere. At most two queries."""
    numbers = {int(each[len(_RUN) :]): each for each in wanted if _is_run(each)}
    found: dict[str, object] = {each: _numbered(key) for key, each in numbers.items()}
    facts = ("pk", "trigger", "created_at", "requested_by", "requested_by__username")
    runs = list(SyncRun.objects.filter(pk__in=list(numbers)).order_by().values_list(*facts))
    by_webhook = [key for key, trigger, *_rest in runs if trigger == Trigger.WEBHOOK]
    deliveries = _deliveries(by_webhook) if by_webhook and may(_DELIVERIES) else {}
    for key, trigger, asked_at, person, name in runs:
        if trigger == Trigger.WEBHOOK:
            url = deliveries.get(key) or (run_url(key) if may(_RUNS) else "")
            found[numbers[key]] = _link(url, _webhook(asked_at))
        else:
            run = _link(run_url(key) if may(_RUNS) else "", _numbered(key))
            found[numbers[key]] = cells.stacked(run, _person(person, name, may))
    return found


def _is_run(cause: str) -> bool:
    number = cause.removeprefix(_RUN)
    return cause.startswith(_RUN) and number.isascii() and number.isdigit() and len(number) < 18


def _deliveries(runs: Collection[int]) -> dict[int, str]:
    """{run: the page of the delivery that it read for}; of several, the list of them."""
    found: dict[int, str] = {}
    page, many = (
        "admin:zoho_sync_webhookdelivery_change",
        reverse("admin:zoho_sync_webhookdelivery_changelist"),
    )
    for run, key in WebhookDelivery.objects.filter(run__in=runs).order_by().values_list("run", "pk"):
        found[run] = f"{many}?run__id__exact={run}" if run in found else reverse(page, args=[key])
    return found


def _link(url: str, text: object) -> object:
    return cells.link(url, text) if url else text


def _numbered(key: int) -> str:
    return _("run %(number)s") % {"number": key}


def _person(key: int | None, name: str | None, may: causes.May) -> object:
    if not key or not name:
        return ""
    return _link(reverse("admin:auth_user_change", args=[key]) if may(_PEOPLE) else "", cells.words(name))


def _webhook(asked_at: datetime) -> object:
    local = timezone.localtime(asked_at)
    is_today = local.date() == timezone.localtime().date()
    shown = formats.date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
    return cells.inline(_("webhook"), cells.ltr(shown))


causes.told_by(cells_of)
