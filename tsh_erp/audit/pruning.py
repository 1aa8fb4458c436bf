"""The one door by which lines of the audit trail go: when they are older than AUDIT_KEEP_DAYS."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from . import triggers
from .models import AuditLine

log = logging.getLogger(__name__)

_BATCH = 5000  # in one statement, so that the write lock is never held for long
_LATER = timedelta(hours=1)  # the clock of the database may be behind ours


def prune(**_event: Any) -> int:
    """Delete the oldest lines past their time; returns how many. Called every hour by the job that tidies up."""
    with transaction.atomic():
        triggers.install(connection)  # the setting may be another since `migrate`
        old = timezone.now() - timedelta(days=settings.AUDIT_KEEP_DAYS) - _LATER
        keys = list(AuditLine.objects.filter(at__lt=old).order_by("at").values_list("pk", flat=True)[:_BATCH])
        count = AuditLine.objects.filter(pk__in=keys).delete()[0] if keys else 0
    if count:
        log.info("%s lines of the audit trail were older than %s days", count, settings.AUDIT_KEEP_DAYS)
    return count
