"""The end of files that nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from ..models import ProductPicture
from . import store


def prune(now: datetime) -> int:
    """Delete the files of pictures that were replaced, or left the source longer than KEEP_DAYS ago; returns how many.

    Rows are read before the disk is, and a file that was just written or is needed again counts as needed (store.py).
    """
    since = now - timedelta(days=settings.PICTURES["KEEP_DAYS"])
    rows = ProductPicture.objects.filter(Q(removed_at__isnull=True) | Q(removed_at__gt=since)).exclude(
        digest=""
    )
    return store.prune(set(rows.order_by().values_list("digest", flat=True)))
