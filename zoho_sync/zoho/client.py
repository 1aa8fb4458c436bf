"""One request to Zoho: sign, pace, send, retry, and say what the answer means.

with ZohoClient(organization) as client:
    envelope = client.get("items", {"page": 1, "filter_by": "Status.All"})
    for raw in envelope.rows("items"): ...
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

from django.conf import settings

from inventory.models import Organization

from .. import signals
from ..errors import NotFound, Refused, Throttled, ZohoError
from ..models import OAuthToken
from ..options import Priority
from ..payloads import MAX_BODY_BYTES, Envelope
from ..sentences import said
from ..sentences import sentence as _
from . import clock, limits, scopes, skew, tokens
from .answers import AT_ONCE, NOT_AUTHORIZED, TokenRefused, TooManyCalls, judge, refuse_bytes
from .regions import ROOTS, api_url
from .retries import persistently
from .wire import Answer, Wire

Result = TypeVar("Result")

CROWD_PAUSE_SECONDS = 1.0


class Crowded(ZohoError):
    """429 code 1070: too many calls under way at this moment; worth another try."""

    is_transient = True


@dataclass(frozen=True)
class _Call:
    """One thing asked for, whatever the number of attempts. endpoint: the path with {id} for ids."""

    api: str
    path: str
    endpoint: str
    params: dict[str, str]
    max_bytes: int
    deadline: float
    accept: str = ""


class ZohoClient:
    """Reads from one organisation. For one thread at a time; `interrupt` may be called from any other.

    priority: which part of the minute and of the day the calls may use. run_id: whose they are in the ledger.
    calls_count: calls really sent, attempts that failed among them; token calls are not counted.
    """

    def __init__(
        self,
        organization: Organization,
        *,
        priority: Priority = Priority.NORMAL,
        run_id: int | None = None,
    ):
        self.organization = organization
        self.priority = Priority(priority)
        self.run_id = run_id
        self.calls_count = 0
        self._asked_at: datetime | None = None
        self._there_at: datetime | None = None
        self._wire = Wire()
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    @property
    def asked_at(self) -> datetime:
        """When leave was given for the last call, by the one clock of all hosts: Zoho's answer is no older. Before the
        first call it is now; a path that is none of Zoho's is refused without one."""
        return self._asked_at or clock.now()

    @property
    def there_at(self) -> datetime | None:
        """Zoho's own time when the last call was sent, or up to a second earlier; None where its answer told none."""
        return self._there_at

    def interrupt(self) -> None:
        """Make the call in hand, in whatever thread it is, end soon with an error. Later calls work again."""
        self._stop.set()
        self._wire.interrupt()

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        api: str = "inventory",
        list_key: str = "",
    ) -> Envelope:
        """One paced, signed and retried GET of `path` below /inventory/v1 or /books/v3.

        list_key: the list whose records will be asked for, which is cheaper when it is known before.
        Raises Throttled and BudgetExhausted (not now), AuthError (reconnect), NotFound, UnknownPath, Refused, and
        ZohoUnavailable when several attempts within the time of one call brought nothing usable.
        """
        call = self._call(path, params, api, MAX_BODY_BYTES)
        organization = self.organization.external_id
        return self._work(call, lambda answer: judge(answer, call.endpoint, organization, list_key))

    def get_bytes(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        max_bytes: int = MAX_BODY_BYTES,
        *,
        accept: str = "",
    ) -> tuple[str, bytes]:
        """The same for what is no JSON, a picture say: (content type, body). accept: the kinds that are wanted."""
        call = replace(self._call(path, params, "inventory", max_bytes), accept=accept)

        def taken(answer: Answer) -> tuple[str, bytes]:
            refuse_bytes(answer, call.endpoint, self.organization.external_id)
            return answer.headers.get("Content-Type", ""), answer.body

        return self._work(call, taken)

    def refuse_out_of_scope(self, endpoint: str) -> None:
        """Raise AuthError, without a call, when this path was refused within a day even with a fresh token, and nobody
        has connected anew since: for work that nobody waits for. endpoint: the path with {id} for ids."""
        if scopes.was_refused(self.organization, endpoint):
            raise scopes.may_not_read(endpoint, http_status=401, code=NOT_AUTHORIZED)

    # -- inside -----------------------------------------------------------------------------------------------

    def _call(self, path: str, params: Mapping[str, Any] | None, api: str, max_bytes: int) -> _Call:
        segments = path.strip("/").split("/")
        if api not in ROOTS or any(segment in ("", ".", "..") for segment in segments):
            raise Refused(_("“%(path)s” is no path of Zoho's API.") % {"path": path[:100]})
        return _Call(
            api=api,
            path="/".join(quote(segment, safe="") for segment in segments),
            endpoint="/".join("{id}" if re.search(r"[^a-z_]", segment) else segment for segment in segments),
            params={key: _text(value) for key, value in (params or {}).items() if value is not None}
            | {"organization_id": self.organization.external_id},
            max_bytes=max_bytes,
            deadline=time.monotonic() + settings.ZOHO["CALL_SECONDS"],
        )

    def _work(self, call: _Call, take: Callable[[Answer], Result]) -> Result:
        self._stop.clear()
        try:
            return persistently(lambda: self._attempt(call, take), deadline=call.deadline, stop=self._stop)
        except Crowded as error:
            until = clock.now() + limits.FEWER_TIME
            raise Throttled(said(error), until) from error

    def _attempt(self, call: _Call, take: Callable[[Answer], Result]) -> Result:
        """One attempt, or two when the first one met a token that Zoho does not take any more."""
        row = tokens.usable(self.organization, self._wire, stop=self._stop)
        try:
            return self._send(call, row, take)
        except TokenRefused as error:
            # Refused lately even with a fresh token: refreshing again would only burn refreshes.
            if error.code == NOT_AUTHORIZED and scopes.was_refused(self.organization, call.endpoint):
                raise scopes.no_access(error, call.endpoint) from error
            row = tokens.usable(self.organization, self._wire, refused=row.access_token, stop=self._stop)
        try:
            return self._send(call, row, take)
        except TokenRefused as error:
            if error.code == NOT_AUTHORIZED:
                scopes.remember(self.organization, call.endpoint)
            raise scopes.no_access(error, call.endpoint) from error

    def _send(self, call: _Call, row: OAuthToken, take: Callable[[Answer], Result]) -> Result:
        """Exactly one call to Zoho, with its slot, its lines in the ledger and its event."""
        url = f"{api_url(row.region, row.api_domain)}{ROOTS[call.api]}/{call.path}"
        grant = limits.acquire(
            self.organization,
            self.priority,
            api=call.api,
            endpoint=call.endpoint,
            run_id=self.run_id,
            stop=self._stop,
        )
        self.calls_count += 1
        self._asked_at, self._there_at = grant.at, None
        began = time.monotonic()
        answer: Answer | None = None
        problem: ZohoError | None = None
        try:
            answer = self._wire.get(
                url,
                call.params,
                authorization=f"Zoho-oauthtoken {row.access_token}",
                deadline=call.deadline,
                max_bytes=call.max_bytes,
                accept=call.accept,
            )
            self._there_at = skew.sent_at(answer)
            return take(answer)
        except TooManyCalls as error:
            problem = error
            raise self._obeyed(error) from error
        except ZohoError as error:
            problem = error
            raise
        finally:
            self._note(call, grant, answer, problem, time.monotonic() - began)

    def _note(
        self,
        call: _Call,
        grant: limits.Grant,
        answer: Answer | None,
        problem: ZohoError | None,
        seconds: float,
    ) -> None:
        """Give the slot back, complete the ledger, tell the watchers."""
        # A record that is gone is an answer, not a failure.
        failed = problem is not None and not isinstance(problem, NotFound)
        throttled = isinstance(problem, TooManyCalls)
        size = len(answer.body) if answer else 0
        limits.release(grant, failed=failed, throttled=throttled, size=size, seconds=seconds)
        if answer is not None:
            skew.note(self.organization.pk, answer)
        event = signals.CallEvent(
            name="tds.zoho.api.failed" if failed else "tds.zoho.api.success",
            organization_id=self.organization.pk,
            api=call.api,
            endpoint=call.endpoint,
            status=answer.status if answer else 0,
            code=problem.code if problem else 0,
            seconds=seconds,
            run_id=self.run_id,
        )
        signals.tell(signals.api_called, event, keep=False)

    def _obeyed(self, error: TooManyCalls) -> Exception:
        """Silence all processes. Returns Throttled, or Crowded when this call may be tried again shortly."""
        until = limits.silence(self.organization, error)
        if until is None:
            return Crowded(
                _("Zoho has too many calls under way at once."),
                http_status=error.http_status,
                code=AT_ONCE,
                endpoint=error.endpoint,
                retry_after_seconds=CROWD_PAUSE_SECONDS,
            )
        words = {"code": error.code, "reason": error}
        return Throttled(_("Zoho asked for silence (code %(code)s): %(reason)s") % words, until)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
