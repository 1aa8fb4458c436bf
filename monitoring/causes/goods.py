"""Does the catalogue look right: stock that vanished at once, shortages, prices that jumped or are missing?

These ask for many rows, so that they are asked every few minutes only, and never while somebody waits for a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy

from inventory.status import Oddity, mass_zeros, missing_prices, negative_stock, price_jumps
from zoho_sync.sentences import Sentence, counted
from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import SLOW_SECONDS, Cause, Threshold
from .facts import Facts


def mass_zero(facts: Facts, threshold: float | None) -> Iterator[Trouble]:
    for odd in mass_zeros(threshold or 0, facts.at):
        yield _trouble(
            "mass-zero",
            odd,
            Severity.CRITICAL,
            _("Much stock has fallen to nothing at once"),
            counted(
                "%(place)s: %(count)s product of %(total)s has nothing on hand any more, all at once: %(names)s",
                "%(place)s: %(count)s products of %(total)s have nothing on hand any more, all at once: %(names)s",
                odd.count,
            ),
            _(
                "Compare some of them with Zoho. If they are wrong here, refresh them; if there too, mend it there."
            ),
            url=("api-stock-levels", {"warehouse": _place(odd).external_id}),
            page=(
                "admin:inventory_stockchange_changelist",
                {"figure": "on_hand", "level__warehouse__id__exact": _place(odd).pk},
            ),
        )


def negative(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for odd in negative_stock():
        yield _trouble(
            "negative-stock",
            odd,
            Severity.WARNING,
            _("Stock is negative where it is sold"),
            counted(
                "%(place)s: %(count)s product of %(total)s has less than nothing on hand: %(names)s",
                "%(place)s: %(count)s products of %(total)s have less than nothing on hand: %(names)s",
                odd.count,
            ),
            _("Something was sold before it was booked in. Correct the stock in Zoho."),
            url=("api-stock-levels", {"warehouse": _place(odd).external_id, "negative": "true"}),
            page=(
                "admin:inventory_stocklevel_changelist",
                {"warehouse__id__exact": _place(odd).pk, "on_hand": "negative"},
            ),
        )


def price_jump(facts: Facts, threshold: float | None) -> Iterator[Trouble]:
    for odd in price_jumps(threshold or 0, facts.at):
        chosen = {"price_list__id__exact": odd.place.pk} if odd.place else {"figure": "unit_price"}
        yield _trouble(
            "price-jump",
            odd,
            Severity.WARNING,
            _("A price has jumped"),
            counted(
                "%(place)s: %(count)s price is another one by more than %(percent)s %% than a day ago: %(names)s",
                "%(place)s: %(count)s prices are other ones by more than %(percent)s %% than a day ago: %(names)s",
                odd.count,
            ),
            _("See whether it was meant: a currency mixed up or a zero too many is the usual reason."),
            url=("api-prices", {"price_list": odd.place.external_id}) if odd.place else ("api-products", {}),
            page=("admin:inventory_pricechange_changelist", chosen),
            percent=f"{threshold:g}",
        )


def price_missing(facts: Facts, threshold: float | None) -> Iterator[Trouble]:
    for odd in missing_prices(threshold or 0):
        yield _trouble(
            "price-missing",
            odd,
            Severity.WARNING,
            _("A price is missing in a list"),
            counted(
                "%(place)s: %(count)s product of %(total)s in stock has no price there: %(names)s",
                "%(place)s: %(count)s products of %(total)s in stock have no price there: %(names)s",
                odd.count,
            ),
            _("Enter the prices in Zoho, or see whether the products are to be sold by this list at all."),
            url=("api-price-lists-one", _place(odd).pk),
            page=("admin:inventory_pricelist_change", _place(odd).pk),
        )


def _trouble(
    word: str,
    odd: Oddity,
    severity: Severity,
    title: Sentence,
    message: Sentence,
    what_to_do: Sentence,
    *,
    url: tuple,
    page: tuple,
    **facts: str,
) -> Trouble:
    place = odd.place.external_id if odd.place else "own"
    names = ", ".join(each[:60] for each in odd.names)
    told = {
        "place": str(odd.place) if odd.place else _("The products' own prices"),
        "count": odd.count,
        "total": odd.total,
        "names": f"{names}, …" if odd.count > len(odd.names) else names,
    }
    return Trouble(
        id=f"{word}:{odd.organization}:{place}",
        severity=severity,
        title=title,
        message=message % (told | facts),
        what_to_do=what_to_do,
        since=odd.since,
        count=odd.count,
        organization=odd.organization,
        entity=_entity(word, odd),
        url=_address(*url),
        page=_address(*page),
    )


def _place(odd: Oddity) -> Any:
    """Of those that are always about one."""
    return odd.place


def _entity(word: str, odd: Oddity) -> str:
    if not word.startswith("price"):
        return "stock"
    return "price_lists" if odd.place else "products"


def _address(name: str, chosen: dict | int) -> str:
    """A list with filters, or one row by its key."""
    if not isinstance(chosen, dict):
        return reverse(name, args=[chosen])
    return f"{reverse(name)}?{urlencode(chosen)}" if chosen else reverse(name)


Find = Callable[[Facts, float | None], Iterable[Trouble]]


def _slow(word: str, label, meaning, find: Find, threshold: Threshold | None = None) -> Cause:
    return Cause(word, label, meaning, find, SLOW_SECONDS, threshold)


CAUSES = (
    _slow(
        "mass-zero",
        gettext_lazy("Much stock has fallen to nothing at once"),
        gettext_lazy(
            "Within an hour, or in one run, a large part of what a selling warehouse had fell to nothing: 20 products "
            "at least."
        ),
        mass_zero,
        Threshold(20, 1, 100, gettext_lazy("percent of what was there")),
    ),
    _slow(
        "price-jump",
        gettext_lazy("A price has jumped"),
        gettext_lazy("A sales price is quite another one than a day ago."),
        price_jump,
        Threshold(30, 1, 1000, gettext_lazy("percent up or down within a day")),
    ),
    _slow(
        "price-missing",
        gettext_lazy("A price is missing in a list"),
        gettext_lazy(
            "Something in stock has no price in an active sales list in which nearly everything else has one."
        ),
        price_missing,
        Threshold(90, 1, 100, gettext_lazy("percent of what is in stock have a price in the list")),
    ),
    _slow(
        "negative-stock",
        gettext_lazy("Stock is negative where it is sold"),
        gettext_lazy("A selling warehouse has less than nothing on hand of something."),
        negative,
    ),
)
