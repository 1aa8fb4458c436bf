"""HTTP as it is allowed here: no redirect followed, no cookie kept, a bounded body, and an end to every exchange.

A read timeout alone ends nothing: a server that sends one byte a second keeps it content for ever. So a watchdog shuts
the socket when the exchange's time is over, whatever it waits for.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from django.views.decorators.debug import sensitive_variables
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from ..errors import ZohoUnavailable
from ..sentences import sentence as _
from .regions import is_loopback
from .watchdog import Watchdog

CONNECT_SECONDS = 10
READ_SECONDS = 30  # of silence
_PIECE = 64 * 1024


class NotReached(ZohoUnavailable):
    """No connection came about, so Zoho cannot have counted anything."""


@dataclass(frozen=True)
class Answer:
    """What came back. status: HTTP's. headers: case-insensitive. seconds: until the last byte was here."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Wire:
    """One session to Zoho. Used by one thread at a time; `interrupt` may be called from any other."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(self._opened)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._cut = ""  # why the exchange in hand was cut short
        self._watchdog = Watchdog(lambda: self._shut(_("Zoho did not answer in time.")))

    def close(self) -> None:
        self._watchdog.close()
        self._session.close()

    @sensitive_variables("authorization")
    def get(
        self,
        url: str,
        params: Mapping[str, Any] | None = None,
        *,
        authorization: str,
        deadline: float,
        max_bytes: int,
        accept: str = "",
    ) -> Answer:
        """One GET. deadline: by time.monotonic(). accept: of what is no JSON. Raises ZohoUnavailable."""
        headers = {"Accept": accept} if accept else None
        return self._exchange(
            "GET",
            url,
            deadline,
            max_bytes,
            params=params,
            headers=headers,
            auth=_Header(authorization),
            stream=True,
        )

    @sensitive_variables("form")
    def post(self, url: str, form: Mapping[str, str], *, deadline: float, max_bytes: int) -> Answer:
        """One POST with its values in the body, where no access log shows them. Raises ZohoUnavailable."""
        return self._exchange("POST", url, deadline, max_bytes, data=form, auth=_Header(""), stream=True)

    def interrupt(self) -> None:
        """End the exchange in hand, if there is one, with ZohoUnavailable in its own thread."""
        self._shut(_("The call was given up."))

    @sensitive_variables("sent")
    def _exchange(self, method: str, url: str, deadline: float, max_bytes: int, **sent: Any) -> Answer:
        began = time.monotonic()
        left = deadline - began
        if left <= 0:
            raise ZohoUnavailable(_("Zoho did not answer in time."))
        self._session.trust_env = not is_loopback(
            url
        )  # a proxy of the environment leads away from this machine
        with self._lock:
            self._connection, self._cut = None, ""
        timeouts = (min(CONNECT_SECONDS, left), min(READ_SECONDS, left))
        try:
            with (
                self._watchdog.guard(deadline),
                self._session.request(
                    method, url, timeout=timeouts, allow_redirects=False, **sent
                ) as response,
            ):
                body = self._read(response, max_bytes)
                return Answer(response.status_code, response.headers, body, time.monotonic() - began)
        except (requests.RequestException, HTTPError, OSError) as error:
            # The cause is left out: it holds the whole address, and with a POST the connection that sent the secrets.
            kind = (
                NotReached
                if isinstance(error, requests.ConnectionError) and _never_opened(error)
                else ZohoUnavailable
            )
            raise kind(self._cut or _network_problem(url, error)) from None
        finally:
            with self._lock:
                self._connection = None

    def _read(self, response: requests.Response, max_bytes: int) -> bytes:
        """The body, unpacked. Never holds much more than `max_bytes`, however small the packed body is."""
        pieces, size = [], 0
        while piece := response.raw.read1(_PIECE, decode_content=True):
            size += len(piece)
            if size > max_bytes:
                error = ZohoUnavailable(
                    _("Zoho's answer is larger than %(limit)s bytes; it was not read.") % {"limit": max_bytes}
                )
                error.is_transient = False  # it would be as large again
                raise error
            if self._cut:
                break
            pieces.append(piece)
        if self._cut:  # a shut socket can look like the body's end
            raise ZohoUnavailable(self._cut)
        return b"".join(pieces)

    def _opened(self, connection: HTTPConnection) -> None:
        with self._lock:
            self._connection = connection

    def _shut(self, reason: str) -> None:
        with self._lock:
            if self._connection is None:
                return
            self._cut = self._cut or reason
            sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):  # closed already, which is what is wanted
                sock.shutdown(socket.SHUT_RDWR)


def _never_opened(error: requests.ConnectionError) -> bool:
    """The reason hangs inside: requests wraps urllib3's retry, which wraps what happened."""
    inner = error.args[0] if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        getattr(inner, "reason", inner), NewConnectionError
    )


def _network_problem(url: str, error: Exception) -> str:
    parts = urlsplit(url)
    where = f"{parts.scheme}://{parts.netloc}"
    return _("Zoho is not reachable at %(where)s (%(why)s). Check the network or %(setting)s.") % {
        "where": where,
        "why": _why(error),
        "setting": "ZOHO_ACCOUNTS_URL" if "/oauth/" in parts.path else "ZOHO_API_BASE_URL",
    }


def _why(error: Exception) -> str:
    """A few words; never the library's own text, which repeats the address with its query."""
    kinds: tuple[tuple[type | tuple[type, ...], Callable[[], str]], ...] = (
        (requests.exceptions.SSLError, lambda: _("its certificate is not trusted")),
        (requests.exceptions.ProxyError, lambda: _("the proxy refuses")),
        (requests.exceptions.ConnectTimeout, lambda: _("no connection in time")),
        (requests.exceptions.ReadTimeout, lambda: _("no answer in time")),
    )
    for kind, words in kinds:
        if isinstance(error, kind):
            return words()
    text = repr(error)
    if "refused" in text:
        return _("connection refused")
    if "NameResolution" in text or "getaddrinfo" in text:
        return _("the name is unknown")
    if "timed out" in text:
        return _("no answer in time")
    return _("the connection broke off")


class _Header(requests.auth.AuthBase):
    """Sets the header itself. Without it the library would put a password from ~/.netrc in its place."""

    def __init__(self, value: str):
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._value:
            request.headers["Authorization"] = self._value
        return request


class _Adapter(HTTPAdapter):
    """Tells which connection an exchange has got, as soon as it asks for something."""

    def __init__(self, opened: Callable[[HTTPConnection], None]):
        self._opened = opened
        super().__init__(pool_connections=2, pool_maxsize=2, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, type]:
        return {
            "http": _telling(HTTPConnectionPool, HTTPConnection, self._opened),
            "https": _telling(HTTPSConnectionPool, HTTPSConnection, self._opened),
        }


def _telling(pool: Any, connection: Any, opened: Callable[[HTTPConnection], None]) -> type:
    def request(self, *args, **kwargs):
        opened(self)
        return connection.request(self, *args, **kwargs)

    told = type(f"Telling{connection.__name__}", (connection,), {"request": request})
    return type(f"Telling{pool.__name__}", (pool,), {"ConnectionCls": told})
