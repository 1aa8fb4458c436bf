"""Sessions in the database, as Django keeps them, read with less ado, and ended when nobody uses them or they are old.

A login ends SESSION_COOKIE_AGE seconds after it began, however busy, and SESSION_IDLE_SECONDS after the last sign of
life that was written down, which happens 24 times in that span at most, and not at every request. Pages that ask by
themselves whether there is something new say so in a header, and are no sign of life.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from .prepared import prepared

log = logging.getLogger(__name__)
BEGUN = "begun"  # of a login, in seconds since 1970
BY_ITSELF = "X-By-Itself"  # the header of a request that nobody has asked for
SIGNS = 24  # of life that are written down while a session could lie idle


class SessionStore(DatabaseStore):
    is_by_itself = False

    def load(self) -> dict[str, Any]:
        found = self._get_session_from_db()
        data = self.decode(found.session_data) if found is not None else {}
        now = timezone.now()
        if SESSION_KEY in data and _end(data, now) <= now:
            self._session_key = None
            return {}
        if found is not None and not self.is_by_itself:
            self._note_life(found, data, now)
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.expire_date = _end(data, timezone.now())
        return row

    def _get_session_from_db(self) -> Any:
        found = prepared(self.model, "session_key").get(self.session_key) if self.session_key else None
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found

    def _note_life(self, row: Any, data: dict[str, Any], now: datetime) -> None:
        end = _end(data, now)
        if end - row.expire_date < timedelta(seconds=settings.SESSION_IDLE_SECONDS / SIGNS):
            return
        try:
            self.model.objects.filter(pk=row.pk, expire_date__lt=end).update(expire_date=end)
        except DatabaseError as error:  # a page can be read while nothing can be written
            log.warning("a sign of life of a session was not written: %s", error)


class Sessions(SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.session.is_by_itself = BY_ITSELF in request.headers  # type: ignore[attr-defined]


def note_login(sender: Any, request: Any, user: Any, **facts: Any) -> None:
    """Receives `user_logged_in`: from now on the login's age is counted."""
    if request is not None:
        request.session[BEGUN] = int(timezone.now().timestamp())


def _end(data: dict[str, Any], now: datetime) -> datetime:
    """When a session of this content ends if nobody uses it from now on. A login of unknown age has ended."""
    idle = now + timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    if SESSION_KEY not in data or BEGUN not in data:
        return idle if SESSION_KEY not in data else now
    return min(
        idle,
        datetime.fromtimestamp(data[BEGUN] + settings.SESSION_COOKIE_AGE, tz=timezone.get_default_timezone()),
    )
