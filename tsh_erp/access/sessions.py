"""Sessions in the database, as Django keeps them, read with less ado."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from .prepared import prepared


class SessionStore(DatabaseStore):
    def _get_session_from_db(self) -> Any:
        found = prepared(self.model, "session_key").get(self.session_key) if self.session_key else None
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
