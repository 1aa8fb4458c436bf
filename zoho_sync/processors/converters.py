"""From Zoho's values to ours. A converter takes one decoded JSON value and raises RecordRejected for what it cannot
take exactly; it never invents a figure: "" and null are "unknown" (None, or "" for text), not 0.

Source: zoho-inventory's list rows and details as seen live; numbers arrive as numbers or as text, flags sometimes as
text, times as 2025-05-15T13:44:25+0300.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import RecordRejected
from ..sentences import sentence as _

Converter = Callable[[Any], Any]

MAX_DECIMALS = 8  # what the columns keep
MAX_SIGNIFICANT = (
    15  # what SQLite, which stores decimals as doubles, gives back exactly; the same bound on PostgreSQL
)
MAX_MAGNITUDE = Decimal(10) ** 15
MAX_TEXT = 65_536
FUTURE = timedelta(
    days=2
)  # zones and clocks differ; more than this is nonsense that would poison the watermark

_SHORT = MAX_DECIMALS + 2  # 0.12345678
_PAST = datetime.now(UTC)  # a time before this process began needs no look at the clock

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:?\d\d|Z)", re.ASCII)


def number(value: Any) -> Decimal | None:
    """An exact Decimal, or None for "" and null. Money and quantities alike; negative is allowed."""
    kind = type(value)
    if kind is Decimal:
        # Ten characters without an exponent are within all bounds; as_tuple(), which could tell, costs four times as
        # much as asking for the text, and this is asked 10,000 times a page of stock.
        text = str(value)
        if len(text) <= _SHORT and "E" not in text and value.is_finite():
            return value
        result = value
    elif value is None or value == "":
        return None
    elif kind is int:
        result = Decimal(value)
    elif kind is str and _NUMBER.fullmatch(value.strip()):
        try:
            result = Decimal(value.strip())
        except InvalidOperation as error:
            raise RecordRejected(_("%(value)s is not a number") % {"value": _shown(value)}) from error
    else:
        raise RecordRejected(_("%(value)s is not a number") % {"value": _shown(value)})
    _negative, digits, exponent = result.as_tuple()
    if type(exponent) is not int or len(digits) > MAX_SIGNIFICANT or exponent < -MAX_DECIMALS or exponent > 0:
        return _checked(result, value)
    return result


def _checked(result: Decimal, value: Any) -> Decimal:
    """The unusual ones: trailing zeros may go, other digits may not."""
    if not result.is_finite():
        raise RecordRejected(_("a number is not finite"))
    digits, exponent = _parts(result)
    if len(digits) > 1000 or abs(exponent) > 1000:
        raise RecordRejected(
            _("a number of %(digits)s digits (exponent %(exponent)s) is beyond reason")
            % {"digits": len(digits), "exponent": exponent}
        )
    result = result.normalize()
    digits, exponent = _parts(result)
    if len(digits) > MAX_SIGNIFICANT or exponent < -MAX_DECIMALS or abs(result) >= MAX_MAGNITUDE:
        raise RecordRejected(
            _(
                "%(value)s has more digits than can be kept exactly (%(digits)s significant, %(decimals)s decimals)"
            )
            % {"value": str(value)[:60], "digits": MAX_SIGNIFICANT, "decimals": MAX_DECIMALS}
        )
    return result.quantize(Decimal(1)) if exponent > 0 else result


def _parts(finite: Decimal) -> tuple[tuple[int, ...], int]:
    _negative, digits, exponent = finite.as_tuple()
    return digits, int(exponent)


def whole(value: Any) -> int | None:
    """A whole number, or None for "" and null."""
    result = number(value)
    if result is None:
        return None
    if result != result.to_integral_value() or abs(result) > 2_000_000_000:
        raise RecordRejected(_("%(value)s is not a whole number of usual size") % {"value": _shown(value)})
    return int(result)


def flag(value: Any) -> bool | None:
    """A boolean; the words true and false count, "" and null are unknown."""
    if value is True or value is False:
        return value
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise RecordRejected(_("%(value)s is neither true nor false") % {"value": _shown(value)})


def equals(expected: str) -> Converter:
    """True where the text is `expected`, None where it is empty."""

    def convert(value: Any) -> bool | None:
        return None if value is None or value == "" else value == expected

    return convert


def key(value: Any) -> str:
    """An id: opaque text, though sometimes sent as a number; "" where there is none."""
    if type(value) is str:
        result = value.strip()
    elif value is None:
        return ""
    elif type(value) is int:
        result = str(value)
    else:
        raise RecordRejected(_("%(value)s is not an id") % {"value": _shown(value)})
    if len(result) > 64 or "\x00" in result:
        raise RecordRejected(_("an id is longer than 64 characters or not text"))
    return result


def text(limit: int = MAX_TEXT) -> Converter:
    """Text of at most `limit` characters, kept as it is (double spaces and marks included); null is ""."""

    def convert(value: Any) -> str:
        if type(value) is not str:
            if value is None:
                return ""
            if type(value) is bool or not isinstance(value, int | Decimal):
                raise RecordRejected(_("%(value)s is not text") % {"value": _shown(value)})
            value = str(value)
        if len(value) > limit:
            raise RecordRejected(
                _("a text of %(length)s characters, at most %(limit)s are kept")
                % {"length": f"{len(value):,}", "limit": f"{limit:,}"}
            )
        if "\x00" in value:
            raise RecordRejected(_("a text holds a NUL character"))
        return value

    return convert


def moment(value: Any) -> datetime | None:
    """An aware UTC datetime; None for "" and null. Times far in the future are refused."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise RecordRejected(
            _("%(value)s is not a time like 2025-05-15T13:44:25+0300") % {"value": _shown(value)}
        )
    try:
        result = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RecordRejected(_("%(value)s is not a time") % {"value": value}) from error
    if result > _PAST and result > datetime.now(UTC) + FUTURE:
        raise RecordRejected(_("%(value)s lies in the future") % {"value": value})
    return result


def day(value: Any) -> date | None:
    """A day such as 2026-11-20, in the organisation's zone; None for "" and null."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise RecordRejected(_("%(value)s is not a day like 2025-05-15") % {"value": _shown(value)})
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise RecordRejected(
            _("%(value)s is not a day like 2025-05-15") % {"value": _shown(value)}
        ) from error


def names(value: Any) -> list:
    """A list of plain values, such as tags; null is empty."""
    if value is None or value == "":
        return []
    if not isinstance(value, list) or len(value) > 1000:
        raise RecordRejected(_("%(value)s is not a list") % {"value": _shown(value)})
    return [plain(each) for each in value]


def plain(value: Any) -> Any:
    """A JSON value that both databases keep exactly: decimals become text, NUL is refused."""
    if isinstance(value, str):
        return _long_text(value)
    if isinstance(value, Decimal):
        return str(number(value))
    if isinstance(value, dict):
        return {_name(name): plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


_long_text, _name = text(), text(255)


def _shown(value: Any) -> str:
    """A value as it may stand in a sentence."""
    if isinstance(value, dict | list):
        return _("a list") if isinstance(value, list) else _("an object")
    return repr(value)[:60]
