"""The door's signs of life: each web process says every half minute that it could take deliveries.

A time without any such sign, on whatever host, is a time in which no delivery can have been taken: the servers were
down, or had no database to store one in. The next sign notices it, and what changed meanwhile is read by time.
"""

from __future__ import annotations

import logging
import socket
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop

from inventory.models import Organization

from ..models import DoorBeat
from ..sentences import sentence as _
from . import backfill

log = logging.getLogger(__name__)

BEAT_SECONDS = 30
RETRY_SECONDS = 5  # while the database is away
DOWN_AFTER = timedelta(minutes=3)  # several beats, so that a slow moment is not taken for downtime
FORGOTTEN_AFTER = timedelta(days=30)  # hosts that come under a new name each time must not pile up
DOWN = gettext_noop("No web server could take deliveries.")


def start() -> threading.Thread:
    """Beat from now on, in a thread that ends with its process."""
    thread = threading.Thread(target=_beat_for_ever, name="door beat", daemon=True)
    thread.start()
    return thread


def _beat_for_ever() -> None:
    pause, is_away = threading.Event(), False
    while True:
        is_away = not try_to_beat(quietly=is_away)
        pause.wait(RETRY_SECONDS if is_away else BEAT_SECONDS)


def try_to_beat(*, quietly: bool = False) -> bool:
    """One beat; False when it could not be written. Whatever goes wrong, the web server's process goes on."""
    try:
        close_old_connections()
        beat()
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        if not quietly:
            log.warning("door beat: the database does not answer: %s", " ".join(str(error).split()))
    except Exception:
        log.exception("door beat: a sign of life failed; going on")
    else:
        close_old_connections()  # back into the pool, if there is one, for the half minute until the next beat
        return True
    return False


def beat(now: datetime | None = None) -> None:
    """Say that this host's door is open; when no door was for too long, have the time between read."""
    now = now or timezone.now()
    name = socket.gethostname()[:100]
    if _down_since(now):
        _reopen(name, now)
    else:
        DoorBeat.objects.update_or_create(host=name, defaults={"beat_at": now})


def _down_since(now: datetime) -> datetime | None:
    """The last beat of any host, if it is too long ago."""
    last = DoorBeat.objects.aggregate(last=Max("beat_at"))["last"]
    return last if last is not None and now - last > DOWN_AFTER else None


def _reopen(name: str, now: datetime) -> None:
    """The beat and the gaps commit together, so that one process notes them, and none is lost."""
    with transaction.atomic():
        list(
            DoorBeat.objects.select_for_update().order_by("host")
        )  # whoever comes second sees the first's beat
        since = _down_since(now)
        DoorBeat.objects.update_or_create(host=name, defaults={"beat_at": now})
        DoorBeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()
        if since:
            log.warning("door beat: no web server could take deliveries from %s to %s", since, now)
            for organization in Organization.objects.all():
                subjects = backfill.known_subjects(organization)
                backfill.note(organization, subjects, since, now, reason=_(DOWN))
    if since:
        backfill.go_on()
