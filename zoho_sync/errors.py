"""Everything that can go wrong in a sync.

SyncError
├── RunInProgress            another run of the entity has not ended
├── BudgetWouldNotDo         too few of the day's calls are left for what is asked
├── RunStateError            the run is not in a state that allows this
├── LeaseLost                somebody else works on this run now
├── RecordRejected           one record cannot be taken as it is
├── PayloadError             an answer's body is not what it must be
├── ListingError             a listing contradicts itself; believing it could delete rows
├── Paused                   not now: again at `retry_at`
│   ├── BudgetExhausted      the day's calls for this kind of work are spent
│   └── Throttled            Zoho told every process to wait
└── ZohoError                Zoho, or the way to it, said no
    ├── ZohoUnavailable      transient: network, 5xx, nonsense in the body
    ├── NotFound             404 code 1002: the record is gone
    ├── UnknownPath          404 code 5: no such resource here, which says nothing about records
    ├── Refused              any other 4xx or code
    └── AuthError            the token is refused; nothing works until somebody reconnects
        └── NotConnected     there are no credentials
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from .sentences import sentence as _


class SyncError(Exception):
    """A sync could not do what was asked."""


class RunInProgress(SyncError):
    """Another run of this entity has not ended yet."""

    def __init__(self, entity: str, run_id: int | None = None):
        self.entity, self.run_id = entity, run_id
        facts = {"entity": entity, "id": run_id}
        super().__init__(
            _("Run %(id)s of %(entity)s has not ended yet. Wait for it, or cancel it.") % facts
            if run_id
            else _("Another run of %(entity)s has not ended yet. Wait for it, or cancel it.") % facts
        )


class BudgetWouldNotDo(SyncError):
    """The start would eat the calls that are kept for others.

    calls: about how many it needs. left: for such work today. again_at: when the next day's can be spent, aware UTC.
    """

    def __init__(self, calls: int, left: int, again_at: datetime):
        self.calls, self.left, self.again_at = calls, left, again_at
        facts = {"calls": calls, "left": left, "time": timezone.localtime(again_at).strftime("%H:%M")}
        super().__init__(
            _(
                "This needs about %(calls)s calls, and %(left)s are left today for such work; there are new ones at "
                "%(time)s. Start it then, or start it anyway: it goes as far as the calls reach, and on from there."
            )
            % facts
        )


class RunStateError(SyncError):
    """The run is not in a state in which this can be done."""


class LeaseLost(SyncError):
    """Another worker has taken this run over; whatever this one holds must not be written."""


class RecordRejected(SyncError):
    """One record cannot be taken as it is; the others can."""


class PayloadError(SyncError):
    """A body is not strict JSON of the expected shape, or larger or deeper than allowed."""


class ListingError(SyncError):
    """A listing contradicts itself (repeated or endless pages, no paging flag), so it proves nothing."""


class Paused(SyncError):
    """Not now. `retry_at` (aware UTC) says when; the run waits, it does not fail."""

    def __init__(self, message: str, retry_at: datetime):
        self.retry_at = retry_at
        super().__init__(message)


class BudgetExhausted(Paused):
    """The calls that this kind of work may spend today are spent."""


class Throttled(Paused):
    """Zoho asked for silence (HTTP 429), or the minute's calls are spent for longer than a call may wait."""


class ZohoError(SyncError):
    """Zoho, or the way to it, said no.

    http_status: 0 when no answer came. code: Zoho's own, None when there was none.
    endpoint: the path without ids or query. is_transient: is trying again worthwhile?
    """

    is_transient = False

    def __init__(
        self,
        message: str,
        *,
        http_status: int = 0,
        code: int | None = None,
        endpoint: str = "",
        retry_after_seconds: float | None = None,
    ):
        self.http_status, self.code, self.endpoint = http_status, code, endpoint
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class ZohoUnavailable(ZohoError):
    """No usable answer: network, 5xx, cut, garbled or oversized body. The same call may work later."""

    is_transient = True


class NotFound(ZohoError):
    """HTTP 404 with code 1002: this record does not exist any more."""


class UnknownPath(ZohoError):
    """HTTP 404 with code 5: the resource is wrong or not in this plan. Never a reason to delete anything."""


class Refused(ZohoError):
    """Zoho refused the request; sending it again would be refused again."""


class AuthError(ZohoError):
    """The credentials or the token are refused. Reconnect with `manage.py zoho_connect`."""


class NotConnected(AuthError):
    """No Zoho credentials are set for this organisation."""
