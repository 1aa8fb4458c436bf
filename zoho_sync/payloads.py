"""Bodies from Zoho, taken strictly: exact numbers, bounded size and depth, and one bad record spoils no other.

An answer is cut into records without being decoded, so that each record's bytes can be compared, kept and refused
for themselves. msgspec does it; only where it refuses a body because of what one record holds (NaN, a lone surrogate,
nesting without end), a scanner cuts it, which knows nothing of JSON but strings and brackets. A cut-off body fails in
both.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any

import msgspec

from .errors import PayloadError
from .sentences import sentence as _

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_RECORD_BYTES = 16 * 1024 * 1024  # a price list of 20,000 rows is about 6 MB
MAX_DEPTH = 32
MAX_DIGITS = 100  # far beyond any figure of a business, far below what makes arithmetic slow
MAX_EXPONENT = 100

_BOM = b"\xef\xbb\xbf"
_HUGE = 10**MAX_DIGITS
_PAGE_CONTEXT = "page_context"


class Envelope:
    """One answer, cut into its top-level values. Everything else of it is still raw JSON text.

    listed: of the lists among them that are cut into their records already, those.
    """

    __slots__ = ("_listed", "_values")

    def __init__(self, values: dict[str, bytes], listed: dict[str, list[bytes]] | None = None):
        self._values, self._listed = values, listed or {}

    @property
    def code(self) -> int:
        """Zoho's code; 0, also when it is not there, is success."""
        value = self.value("code", 0)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise PayloadError(_("The answer's code is not a number."))
        return value

    @property
    def message(self) -> str:
        """Zoho's own words, untrusted; "" when there are none."""
        value = self.value("message", "")
        return value if isinstance(value, str) else ""

    @property
    def page_context(self) -> dict[str, Any] | None:
        value = self.value(_PAGE_CONTEXT)
        return value if isinstance(value, dict) else None

    def value(self, key: str, default: Any = None) -> Any:
        """The decoded value of a top-level key, `default` where the key is missing. Raises PayloadError."""
        raw = self._values.get(key)
        return default if raw is None else _decode(raw)

    def rows(self, key: str) -> list[bytes]:
        """The raw JSON text, byte for byte, of each record in the list `key`, or else in the first list there is."""
        rows = self._listed.get(key)
        return slice_list(self._raw(key, b"[")) if rows is None else rows

    def row(self, key: str) -> bytes:
        """The raw JSON text of the one record `key`, or else of the first object there is."""
        return self._raw(key, b"{")

    def _raw(self, key: str, opening: bytes) -> bytes:
        raw = self._values.get(key)
        if raw is None:
            for other, value in self._values.items():
                if other != _PAGE_CONTEXT and value[:1] == opening:
                    log.warning("an answer has no %r, taking %r", key, other)
                    return value
            raise PayloadError(_("The answer has no “%(key)s”.") % {"key": key})
        if raw[:1] != opening:
            raise PayloadError(_("“%(key)s” in the answer is of the wrong type.") % {"key": key})
        return raw


_envelopes = msgspec.json.Decoder(dict[str, msgspec.Raw])
_lists = msgspec.json.Decoder(list[msgspec.Raw])


@cache
def _listings(list_key: str) -> msgspec.json.Decoder:
    told = [(name, msgspec.Raw, msgspec.UNSET) for name in ("code", "message", _PAGE_CONTEXT)]
    rows = ("listed", list[msgspec.Raw])
    return msgspec.json.Decoder(msgspec.defstruct("Listing", [rows, *told], rename={"listed": list_key}))


def parse_envelope(body: bytes, list_key: str = "") -> Envelope:
    """Cut an answer's body into its top-level values. Raises PayloadError: no JSON object, cut off, or too large.

    list_key: the list that will be asked for. It is cut into its records in the same pass, and what nobody asks for is
    not kept; an answer that has no such list is cut as any other.
    """
    if len(body) > MAX_BODY_BYTES:
        raise PayloadError(_("The answer is larger than %(limit)s bytes.") % {"limit": MAX_BODY_BYTES})
    body = body.removeprefix(_BOM).strip()
    if not body:
        raise PayloadError(_("The answer is empty."))
    if list_key:
        try:
            return _listing(_listings(list_key).decode(body), list_key)
        except (ValueError, RecursionError):
            pass  # whatever it is, it is said below
    try:
        return Envelope({key: bytes(raw) for key, raw in _envelopes.decode(body).items()})
    except (ValueError, RecursionError):
        return Envelope(_scan_object(body))


def _listing(found: msgspec.Struct, list_key: str) -> Envelope:
    told = {name: getattr(found, name) for name in ("code", "message", _PAGE_CONTEXT)}
    values = {name: bytes(raw) for name, raw in told.items() if raw is not msgspec.UNSET}
    return Envelope(values, {list_key: [bytes(raw) for raw in found.listed]})


def slice_list(raw: bytes) -> list[bytes]:
    """The raw JSON text of each element of a raw JSON list, byte for byte. Raises PayloadError."""
    try:
        return [bytes(each) for each in _lists.decode(raw)]
    except (ValueError, RecursionError):
        return _scan_list(raw)


def fingerprint(raw: bytes) -> str:
    """blake2b-128 of a raw record, hex: equal bytes are an equal record."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def decode(raw: bytes) -> dict[str, Any]:
    """One record as a dict: fractions are Decimal, whole numbers int, nothing is lost and nothing is not a number.

    Raises PayloadError with a sentence: no object, too large, too deep, too many digits, NaN, broken text.
    """
    if len(raw) > MAX_RECORD_BYTES:
        raise PayloadError(_("The record is larger than %(limit)s bytes.") % {"limit": MAX_RECORD_BYTES})
    value = _decode(raw)
    if not isinstance(value, dict):
        raise PayloadError(_("The record is not a JSON object."))
    return value


# Quantities and prices repeat: remembering the last ones halves the time of a decode (7.2 → 3.5 ms for 183 details).
@lru_cache(maxsize=4096)
def fraction(text: str) -> Decimal:
    """A JSON number with a point or an exponent, exact. Raises PayloadError."""
    if len(text) > MAX_DIGITS:
        raise PayloadError(_("A number has more than %(limit)s digits.") % {"limit": MAX_DIGITS})
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise PayloadError(_("A number cannot be read.")) from error
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise PayloadError(_("A number is out of every sensible range."))
    return number


_values = msgspec.json.Decoder(float_hook=fraction)


def _decode(raw: bytes) -> Any:
    try:
        value = _values.decode(raw)
    except PayloadError:
        raise
    except RecursionError as error:
        raise _too_deep() from error
    except UnicodeDecodeError as error:
        raise PayloadError(_("The text is not UTF-8.")) from error
    except ValueError as error:
        raise PayloadError(_("Not strict JSON: %(problem)s.") % {"problem": _problem(raw, error)}) from error
    bound(value if type(value) in (dict, list) else [value])
    return value


_NOT_A_NUMBER = re.compile(rb"[\[,:]\s*-?(?:NaN|Infinity|nan|inf)")


def _problem(raw: bytes, error: ValueError) -> str:
    if _NOT_A_NUMBER.search(raw):
        return _("a figure that is not a number")
    if b"\\ud" in raw.lower():
        return _("half of a surrogate pair, or broken text")
    if "out of range" in str(error):
        return _("a number with too many digits")
    return str(error).removeprefix("JSON is malformed: ")


def _too_deep() -> PayloadError:
    return PayloadError(_("It is nested deeper than %(limit)s levels.") % {"limit": MAX_DEPTH})


def bound(value: Any, depth: int = 1) -> None:
    """Refuse what is nested too deep, and whole numbers of absurd length; called for containers only."""
    if depth > MAX_DEPTH:
        raise _too_deep()
    for each in value.values() if type(value) is dict else value:
        kind = type(each)
        if kind is str or kind is Decimal:  # the most of them, first
            continue
        if kind is dict or kind is list:
            if each or depth == MAX_DEPTH:  # most lists are empty
                bound(each, depth + 1)
        elif kind is int and not -_HUGE < each < _HUGE:
            raise PayloadError(_("A number has more than %(limit)s digits.") % {"limit": MAX_DIGITS})


# --- The scanner: strings, brackets, and whatever stands between them ------------------------------

_TOKEN = re.compile(rb'\s*+("(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++)', re.DOTALL)
_CLOSES = {b"{": b"}", b"[": b"]"}


def _cut_off() -> PayloadError:
    return PayloadError(_("The answer is not JSON, or it is cut off."))


def _tokens(text: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Every token with where it begins and ends. Raises PayloadError where a string has no end."""
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise _cut_off()
        at = found.end()
        yield found[1], found.start(1), at


def _elements(text: bytes, opening: bytes) -> Iterator[list[tuple[bytes, int, int]]]:
    """What stands between the commas of the outermost bracket, each as the tokens of its own level."""
    inside: list[bytes] = []
    element: list[tuple[bytes, int, int]] = []
    began, commas = 0, 0
    for token, start, end in _tokens(text):
        if not inside:
            if token != opening or start:  # something else, or something after the end
                raise _cut_off()
            inside.append(_CLOSES[token])
        elif token in _CLOSES:
            if len(inside) == 1:
                began = start
            inside.append(_CLOSES[token])
        elif token in (b"}", b"]"):
            if token != inside.pop():
                raise _cut_off()
            if len(inside) == 1:
                element.append((b"", began, end))
            elif not inside:
                if element:
                    yield element
                elif commas:
                    raise _cut_off()
                if end != len(text):
                    raise _cut_off()
                return
        elif len(inside) == 1:
            if token == b",":
                if not element:
                    raise _cut_off()
                yield element
                element, commas = [], commas + 1
            else:
                element.append((token, start, end))
    raise _cut_off()


def _scan_list(text: bytes) -> list[bytes]:
    rows = []
    for element in _elements(text, b"["):
        rows.append(text[element[0][1] : element[-1][2]])
    return rows


def _scan_object(text: bytes) -> dict[str, bytes]:
    values = {}
    for element in _elements(text, b"{"):
        if len(element) < 3 or element[1][0] != b":":
            raise _cut_off()
        key = _decode(element[0][0] or b"0")
        if not isinstance(key, str):
            raise _cut_off()
        values[key] = text[element[2][1] : element[-1][2]]
    return values
