"""Functions of others (settings.ALERT_HANDLERS) that are told of every event of an alert, after its commit."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save
from django.utils.module_loading import import_string

from .models import AlertEvent

log = logging.getLogger(__name__)


def connect() -> None:
    post_save.connect(_event_saved, sender=AlertEvent, dispatch_uid="monitoring.handlers")


def _event_saved(
    sender: type, instance: AlertEvent, created: bool, raw: bool = False, **_rest: object
) -> None:
    if created and not raw and settings.ALERT_HANDLERS:
        transaction.on_commit(lambda: tell(instance), robust=True)


def tell(event: AlertEvent) -> None:
    """Call each of them; one that raises, or cannot be imported, is written to the log and harms nobody."""
    for path in settings.ALERT_HANDLERS:
        try:
            import_string(path)(event)
        except Exception:
            log.exception(
                "The handler %s could not take event %s of alert %s", path, event.pk, event.alert_id
            )
