"""What runs leave out on purpose: records that are not active, or without stock, where only the others were asked for.

What belongs to such a record is left out too, with the reason; it did not fail. A table that was read whole since then
has lost nothing on purpose: what is missing there is new, and waits as a failure.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from ..models import SyncCheckpoint, SyncRun
from ..processors import registry
from ..work import Work

NOT_ACTIVE, NO_STOCK = gettext_noop("not active"), gettext_noop("no stock")
BELONGS = gettext_noop("belongs to a record that was left out on purpose")


def is_partial(work: Work, model: type[models.Model]) -> bool:
    """Has a run left records of this table out on purpose since it was last read whole? Asked once in a slice.

    How many is not known: the source is asked for the wanted ones only, where it can be.
    """
    if model not in work.partial:
        work.partial[model] = _has_left_out(work, model)
    return work.partial[model]


def _has_left_out(work: Work, model: type[models.Model]) -> bool:
    entities = [name for name in registry.names() if registry.get(name).model is model]
    checkpoints = SyncCheckpoint.objects.filter(organization=work.organization, entity__in=entities)
    whole_at = max((each.full_at for each in checkpoints if each.full_at is not None), default=None)
    runs = SyncRun.objects.filter(
        Q(options__active_only=True) | Q(options__with_stock_only=True),
        organization=work.organization,
        entity__in=entities,
        started_at__isnull=False,
    ).exclude(options__dry_run=True)
    return (runs if whole_at is None else runs.filter(started_at__gt=whole_at)).exists()
