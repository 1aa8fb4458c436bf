"""Is something about a record on its way already? Then a difference is no drift: it is being dealt with."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from ..models import SyncRun, WebhookDelivery
from ..options import SyncMode
from ..processors import registry
from ..sentences import sentence as _
from ..subjects import SUBJECTS

# Longer than the ladder of attempts; what has been waiting for longer is stuck, and an alert of its own.
ON_ITS_WAY = timedelta(hours=2)
_MOST = 5000  # deliveries looked at
_READ_WITH = {"stock": "products"}  # an item's webhook reads its stock too
Status = SyncRun.Status


def on_its_way(organization, entity: str, external_id: str, since: datetime) -> str:
    """In words, a delivery or a run that will bring the record's newest state; "" where there is none.

    since: when Zoho was asked; deliveries that came after it count in whatever state they are.
    """
    if _is_told(organization, entity, external_id, since):
        return _("A webhook about it has come and is being dealt with.")
    run = _run_about(organization, entity, external_id)
    return _("Run %(id)s is about to read it.") % {"id": run.pk} if run else ""


def _is_told(organization, entity: str, external_id: str, since: datetime) -> bool:
    fresh = Q(received_at__gte=since) | Q(replayed_at__gte=since)
    is_open = Q(status__in=WebhookDelivery.OPEN, received_at__gte=timezone.now() - ON_ITS_WAY)
    rows = WebhookDelivery.objects.filter(
        fresh | is_open,
        Q(entity=_READ_WITH.get(entity, entity)) | Q(subject__in=_subjects_kept_as(entity)),
        organization=organization,
        is_test=False,
    )
    hints = rows.order_by("-pk").values_list("subject", "record_id", "item_ids")[:_MOST]
    return any(_names(subject, record_id, items, entity, external_id) for subject, record_id, items in hints)


def _subjects_kept_as(entity: str) -> list[str]:
    """What webhooks call the documents of this entity, which are read by the runs of the items in their lines."""
    return [name for name, each in SUBJECTS.items() if each.mirror == entity]


def _names(subject: str, record_id: str, item_ids: list, entity: str, external_id: str) -> bool:
    """A document without its lines may be about any item: only reading it tells."""
    known = SUBJECTS.get(subject)
    if known is not None and known.is_document and known.mirror != entity:
        return external_id in item_ids or not item_ids
    return external_id == record_id


def _run_about(organization, entity: str, external_id: str) -> SyncRun | None:
    moves = Q(status__in=[Status.QUEUED, Status.RUNNING]) | Q(
        status=Status.PAUSED, paused_until__isnull=False
    )
    runs = SyncRun.objects.filter(moves, organization=organization, is_dry=False)
    for run in runs.only("entity", "mode", "options").order_by("-pk"):
        if _will_read(run, entity, external_id):
            return run
    return None


def _will_read(run: SyncRun, entity: str, external_id: str) -> bool:
    """An incremental run reads what says that it has changed; a difference that is left is not of that kind.

    Stock and price lists say nothing of the kind, and every run of theirs looks for differences by itself.
    """
    options = run.sync_options
    if run.mode == SyncMode.REALTIME:
        if any((kind, external_id) in options.documents for kind in _subjects_kept_as(entity)):
            return True
        is_about = run.entity in (entity, _READ_WITH.get(entity))
        return is_about and (external_id in options.ids or bool(options.documents))
    if run.entity != entity or options.sees_part:
        return False
    return run.mode == SyncMode.FULL or entity == "stock" or registry.get(entity).reads_every_detail
