"""How one value looks on a page: numbers, money, moments, codes, yes and no.

Unknown is "—", never 0. Whatever reads left to right in every language (numbers, codes, moments) is isolated,
so that a minus sign or a slash stays where it belongs on an Arabic page. Everything from the source is untrusted
text: it passes through `format_html`, never through `mark_safe`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from ..figures import WHOLE_CURRENCIES, decimal_text

UNKNOWN = "—"


def ltr(value: object) -> SafeString | str:
    """A code, id, phone number or other text that reads left to right."""
    return (
        format_html('<bdi dir="ltr" class="tsh-code">{}</bdi>', value) if value not in (None, "") else UNKNOWN
    )


def words(value: object) -> SafeString | str:
    """A name or other text in whatever language it is; isolated, so that its direction is its own."""
    return format_html('<bdi dir="auto">{}</bdi>', value) if value not in (None, "") else UNKNOWN


def paragraphs(value: str) -> SafeString | str:
    return format_html('<bdi dir="auto" class="tsh-lines">{}</bdi>', value) if value else UNKNOWN


def number(value: Decimal | int | None) -> SafeString | str:
    if value is None:
        return UNKNOWN
    sign = "tsh-negative" if value < 0 else ""
    return format_html('<bdi dir="ltr" class="tsh-number {}">{}</bdi>', sign, decimal_text(Decimal(value)))


def money(value: Decimal | None, currency_code: str) -> SafeString | str:
    """An amount beside its currency; a price that is not known is "—", never 0."""
    if value is None:
        return UNKNOWN
    shown = decimal_text(value, 0 if currency_code in WHOLE_CURRENCIES else 2)
    sign = "tsh-negative" if value < 0 else ""
    return format_html(
        '<bdi dir="ltr" class="tsh-number {}">{} <small>{}</small></bdi>', sign, shown, currency_code
    )


def percent(value: Decimal | float | None) -> SafeString | str:
    return (
        UNKNOWN
        if value is None
        else format_html('<bdi dir="ltr" class="tsh-number">{}%</bdi>', decimal_text(Decimal(value)))
    )


def moment(value: datetime | date | None) -> SafeString | str:
    """A date, or a date and time in the local zone."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        shown = formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    else:
        shown = formats.date_format(value, "SHORT_DATE_FORMAT")
    return format_html('<bdi dir="ltr" class="tsh-number">{}</bdi>', shown)


def moment_text(value: datetime) -> str:
    """The same as plain text, for where no HTML can stand."""
    return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")


def age(value: datetime | None) -> SafeString | str:
    """How long ago, in words; the exact moment when pointed at."""
    if value is None:
        return UNKNOWN
    exact = moment_text(value)
    now = timezone.now()
    if value > now:
        shown = _("in %(time)s") % {"time": timesince(now, value, depth=1)}
    elif (now - value).total_seconds() < 60:
        shown = _("just now")
    else:
        shown = _("%(time)s ago") % {"time": timesince(value, now, depth=1)}
    return format_html(
        '<time datetime="{}" title="{}" class="tsh-nowrap">{}</time>', value.isoformat(), exact, shown
    )


def duration(seconds: float | None) -> SafeString | str:
    """1:02:03, or 0:07."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    shown = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    return format_html('<bdi dir="ltr" class="tsh-number">{}</bdi>', shown)


def yes_no(value: bool | None) -> SafeString | str:
    if value is None:
        return UNKNOWN
    return tag(_("Yes"), "good") if value else tag(_("No"), "quiet")


def tag(text: object, mood: str = "quiet") -> SafeString:
    """A small coloured label. mood: good, busy, warn, bad or quiet."""
    return format_html('<span class="tsh-tag tsh-tag-{}">{}</span>', mood, text)


def link(url: str, text: object) -> SafeString:
    return format_html('<a class="tsh-link" href="{}">{}</a>', url, text)


def link_to(row: Model | None, text: object = None) -> object:
    """A link to the row's own page, or its plain name when it has none."""
    if row is None:
        return UNKNOWN
    shown = text if text is not None else words(str(row))
    try:
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[quote(row.pk)])
    except NoReverseMatch:
        return shown
    return link(url, shown)


def stacked(*parts: object) -> SafeString:
    """One thing above the other in one cell; empty ones are left out."""
    kept = [(part,) for part in parts if part not in (None, "")]
    return format_html('<span class="tsh-stack">{}</span>', format_html_join("", "<span>{}</span>", kept))


def inline(*parts: object) -> SafeString:
    """Some small things beside each other in one cell; empty ones are left out."""
    kept = [(part,) for part in parts if part not in (None, "")]
    return format_html('<span class="tsh-inline">{}</span>', format_html_join("", "<span>{}</span>", kept))


def joined(parts: Iterable[object], separator: str = ", ") -> SafeString | str:
    kept = [(part,) for part in parts if part not in (None, "")]
    return format_html_join(separator, "{}", kept) if kept else UNKNOWN


def pretty_json(raw: str, most: int | None = None) -> str:
    """The raw record indented for reading, its digits untouched; the raw text itself when it is not JSON.

    most: so many characters of the raw text at most; reading the whole of a long one would slow the page.
    """
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return raw[:most]
    lines, depth, empty = [""], 0, False
    for piece in _TOKEN.findall(raw[:most]):
        if piece in "}]":
            depth -= 1
            if not empty:
                lines.append("  " * depth)
        elif empty:
            lines.append("  " * depth)
        empty = piece in "{["
        lines[-1] += {":": ": "}.get(piece) or (_readable(piece) if piece[0] == '"' else piece)
        if empty:
            depth += 1
        elif piece == ",":
            lines.append("  " * depth)
    return "\n".join(lines)


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def _readable(piece: str) -> str:
    """A JSON string with its \\u escapes written out, unless they are halves of characters."""
    try:
        shown = json.dumps(json.loads(piece), ensure_ascii=False)
        shown.encode()
    except (ValueError, UnicodeEncodeError):
        return piece
    return shown
