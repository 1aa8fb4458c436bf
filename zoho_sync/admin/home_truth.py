"""How much of the mirror is right, as far as samples tell: a share with its doubt, or that there is no data."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Custom

from ..status import Truth


def truth_panel(truth: Truth, title: str) -> Custom:
    rows = [
        [
            each.label,
            cells.number(each.checked) if each.checked else _("no data"),
            share_text(each.share, each.low, each.high),
            cells.number(each.drifts),
            cells.age(each.checked_at),
        ]
        for each in truth.entities
    ]
    values = {
        "title": _("Truth") + title,
        "share": share_text(truth.share, truth.low, truth.high),
        "words": words(truth),
        "mood": mood(truth),
        "headers": [_("entity"), _("compared"), _("equal"), _("drifts"), _("last")],
        "rows": rows,
        "numeric": frozenset({1, 2, 3}),
        "unverified": unverified(truth),
        "more_url": reverse("admin:zoho_sync_truthcheck_truth"),
        "more": _("See what was compared"),
    }
    return Custom(template="admin/dashboard/truth.html", values=values)


def share_text(share: float | None, low: float | None, high: float | None) -> str:
    """ "98.7 % (96.3–99.6)": the share and its 95 % interval; never rounded up to all, nor down to nothing.

    Isolated, as it reads from left to right inside a sentence of either language.
    """
    if share is None or low is None or high is None:
        return _("no data")
    told = f"{_percent(share)}\xa0% ({_percent(low)}–{_percent(high)})"
    return f"\N{LEFT-TO-RIGHT ISOLATE}{told}\N{POP DIRECTIONAL ISOLATE}"


def _percent(share: float) -> str:
    if share in (0, 1):
        return f"{share * 100:.0f}"
    return f"{min(99.9, max(0.1, share * 100)):.1f}"


def words(truth: Truth) -> str:
    if truth.share is None:
        return _("No record was compared with Zoho in the last %(days)s days.") % {"days": truth.hours // 24}
    text = ngettext(
        "%(count)s record drawn at random was compared with Zoho in the last %(days)s days.",
        "%(count)s records drawn at random were compared with Zoho in the last %(days)s days.",
        truth.checked,
    )
    return text % {"count": cells.decimal_text(truth.checked), "days": truth.hours // 24}


def mood(truth: Truth) -> str:
    if truth.drifts:
        return "warn"
    return "good" if truth.share is not None else ""


def unverified(truth: Truth) -> object:
    oldest = truth.oldest_unverified
    if oldest is None:
        return ""
    return cells.inline(
        _("Stock verified longest ago:"), cells.words(oldest.product), cells.age(oldest.verified_at)
    )


def note(truth: Truth) -> str:
    """For the answer to "Is it right?"."""
    if truth.share is None:
        return _("Not compared with Zoho lately: no data.")
    return _("Compared with Zoho: %(share)s are equal.") % {
        "share": share_text(truth.share, truth.low, truth.high)
    }
