"""Posts to an address that staff have entered, without being led into a private network.

The name is resolved once, every address found has to be public, and the connection goes to one of those very addresses:
a name that changes its mind in between gains nothing. TLS is verified against the name. Redirects are not followed,
proxies of the environment are not used, answer and time are bounded. settings.ALERT_ALLOW_PRIVATE lifts the first rule
and allows plain http, for trying on one's own machine.

Sources: RFC 6890 and the IANA special-purpose registries (through `ipaddress`), RFC 6052 (NAT64), RFC 3056 (6to4).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from zoho_sync.sentences import Sentence
from zoho_sync.sentences import sentence as _

CONNECT_SECONDS, WHOLE_SECONDS = 5.0, 15.0
MOST_BYTES = 65_536  # of an answer; what comes after is not read
LONGEST = 2000  # characters
LOWEST_FREE_PORT = 1024  # below it only 443: what listens there was not made to be spoken to in HTTP
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR_RELAYS = ipaddress.ip_network("192.88.99.0/24")


class AddressRefused(Exception):
    """We do not post there, now or later. The sentence is for staff, and does not repeat the address."""


class NoAnswer(Exception):
    """Nothing usable came back; later it may. The sentence is for staff, and does not repeat the address."""


@dataclass(frozen=True)
class Answer:
    """headers: by name in small letters. body: the first MOST_BYTES."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other side asks us to wait; None where it does not."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdecimal() and len(said) < 9:
            return float(said)
        try:
            at = parsedate_to_datetime(said)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - datetime.now(UTC)).total_seconds())


def check(url: str) -> SplitResult:
    """The parts of an address that may be posted to, judged by its looks alone. Raises AddressRefused."""
    if len(url) > LONGEST or any(each.isspace() or not each.isprintable() or each == "\\" for each in url):
        raise AddressRefused(_("The address is too long, or has a character that no address has."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError as error:
        raise AddressRefused(_("This is no address of the web.")) from error
    schemes = ("https", "http") if settings.ALERT_ALLOW_PRIVATE else ("https",)
    if parts.scheme not in schemes or not host:
        raise AddressRefused(_("The address must begin with https:// and name a host."))
    if "@" in parts.netloc:
        raise AddressRefused(_("The address must not hold a user or a password."))
    if not (port in (None, 443) or settings.ALERT_ALLOW_PRIVATE or port >= LOWEST_FREE_PORT):
        raise AddressRefused(_("Only port 443 and ports from 1024 on are allowed."))
    if _is_literal(host):  # a name is judged when it is resolved
        _refuse_private([host])
    return parts


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Does an IP address belong to the open internet? One that carries another inside is judged by that."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo or ip.is_site_local or ip.scope_id:
            return False
    elif ip in _SIX_TO_FOUR_RELAYS:
        return False
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    )


def _refuse_private(found: list[str]) -> None:
    if not settings.ALERT_ALLOW_PRIVATE and not all(is_public(each) for each in found):
        raise AddressRefused(_("The address leads into a private network, where nothing is sent to."))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    connect_seconds: float = CONNECT_SECONDS,
    whole_seconds: float = WHOLE_SECONDS,
) -> Answer:
    """POST and read the answer, whatever its status. Raises AddressRefused and NoAnswer, and nothing else.

    whole_seconds: from the first step to the last byte, however slowly the other side drips.
    """
    parts = check(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    until = time.monotonic() + whole_seconds
    line = _Line(until)
    try:
        found = _resolved(host, parts.port or (443 if is_tls else 80), min(connect_seconds, whole_seconds))
        connection = _Pinned(
            host, parts.port or (443 if is_tls else 80), found, line, is_tls, connect_seconds
        )
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            told = Answer(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(MOST_BYTES),
            )
        finally:
            connection.close()
    except (AddressRefused, NoAnswer):
        raise
    except Exception as error:  # the words of these errors may hold the address, so that none is kept
        if line.is_cut or time.monotonic() >= until:
            raise NoAnswer(
                _("No answer within %(seconds)s seconds.") % {"seconds": round(whole_seconds)}
            ) from None
        raise NoAnswer(_reason(error, host)) from None
    finally:
        line.release()
    if line.is_cut:  # the end of a cut line can look like the end of an answer
        raise NoAnswer(_("No answer within %(seconds)s seconds.") % {"seconds": round(whole_seconds)})
    return told


def _reason(error: Exception, host: str) -> Sentence:
    facts = {"host": host[:100]}
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("%(host)s does not prove by its certificate that it is what it says.") % facts
    if isinstance(error, ssl.SSLError):
        return _("No secure connection to %(host)s could be made.") % facts
    if isinstance(error, TimeoutError):
        return _("%(host)s does not answer.") % facts
    if isinstance(error, ConnectionRefusedError):
        return _("%(host)s refuses the connection: nothing listens at that port.") % facts
    return _("The connection to %(host)s broke off.") % facts


def _resolved(host: str, port: int, seconds: float) -> list[tuple]:
    """What the name stands for, every address public. The system's resolver knows no time limit of its own."""
    told: list[list[tuple] | Exception] = []

    def ask() -> None:
        try:
            told.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            told.append(error)

    asking = threading.Thread(target=ask, name="resolve", daemon=True)
    asking.start()
    asking.join(seconds)
    if not told or isinstance(told[0], Exception):
        raise NoAnswer(
            _("The name %(host)s is not known, or its name server does not answer.") % {"host": host[:100]}
        )
    _refuse_private([str(each[4][0]) for each in told[0]])
    return told[0]


class _Line:
    """The connection's last resort: cuts it when the time is over, whatever it is waiting for."""

    def __init__(self, until: float):
        self.is_cut = False
        self._until = until
        self._own: socket.socket | None = None
        self._timer: threading.Timer | None = None

    @property
    def seconds_left(self) -> float:
        return max(0.01, self._until - time.monotonic())

    def watch(self, connected: socket.socket) -> None:
        self._own = connected.dup()  # TLS takes the socket itself away
        self._timer = threading.Timer(self.seconds_left, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        self.is_cut = True
        if self._own is not None:
            with suppress(OSError):
                self._own.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._own is not None:
            self._own.close()


class _Pinned(http.client.HTTPConnection):
    """Speaks to the addresses that were checked, under the name that was asked for."""

    def __init__(self, host: str, port: int, found: list[tuple], line: _Line, is_tls: bool, seconds: float):
        super().__init__(host, port)
        self.default_port = 443 if is_tls else 80  # so that the Host header names only another one
        self._found, self._line, self._is_tls, self._seconds = found, line, is_tls, seconds

    def connect(self) -> None:
        raw = self._connected()
        self._line.watch(raw)
        raw.settimeout(self._line.seconds_left)
        self.sock = trusted().wrap_socket(raw, server_hostname=self.host) if self._is_tls else raw

    def _connected(self) -> socket.socket:
        last: OSError | None = None
        until = time.monotonic() + self._seconds
        for family, kind, protocol, _name, address in self._found[:4]:
            tried = socket.socket(family, kind, protocol)
            try:
                tried.settimeout(max(0.01, min(until - time.monotonic(), self._line.seconds_left)))
                tried.connect(address)
                tried.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                tried.close()
                last = error
            else:
                return tried
        raise last or TimeoutError()


def trusted() -> ssl.SSLContext:
    """The system's authorities (SSL_CERT_FILE, if it is set) and those that come with requests."""
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context
