"""Failures of one record: it could not be taken as it came, and the others of its page are in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models.pictures import PROBLEMS, ProductPicture

from ..pictures import NAMES_NONE
from .catalogue import Explanation

Problem = ProductPicture.Problem
UNFIT = (
    Problem.TOO_MANY_BYTES, Problem.TOO_MANY_PIXELS, Problem.NOT_A_PICTURE, Problem.A_DRAWING, Problem.WRONG_KIND,
    Problem.BROKEN,
)  # fmt: skip

LAST_GOOD = _(
    "The record keeps its last good version, with its stock and prices of that time; where there was none, it is "
    "missing. "
    "Every other record is right."
)
EVERY_RUN = _(
    "Every run that meets the record tries it again, and takes it as soon as it is right; a full run meets all of them."
)
MEND_THEN_RETRY = _("Correct the record in Zoho, then press Retry. If nobody needs it, press Ignore.")

RECORDS = (
    Explanation(
        kind="field_missing",
        title=_("A field is missing"),
        happened=_("Zoho sent the record without a field that it must have, or with that field empty."),
        meaning=LAST_GOOD,
        tried=EVERY_RUN,
        press=_(
            "Fill in the field that the reason names, in Zoho; then press Retry. If nobody needs it, press Ignore."
        ),
        says=(
            "%(key)s is missing",
            "%(key)s is empty",
            "price_brackets: an entry is not an object",
            "price_brackets: a bracket has no start or no price",
            "a price names no item",
        ),
    ),
    Explanation(
        kind="value_unreadable",
        title=_("A value is not what its field holds"),
        happened=_(
            "Zoho sent something else than the field holds: words where a number belongs, or a time of no day."
        ),
        meaning=_(
            "Nothing was guessed: an unknown figure is never turned into 0. The record keeps its last good "
            "version, with "
            "its stock and prices of that time."
        ),
        tried=EVERY_RUN,
        press=MEND_THEN_RETRY,
        says=(
            "%(value)s is not a number",
            "a number is not finite",
            "%(value)s is not a whole number of usual size",
            "%(value)s is neither true nor false",
            "%(value)s is not an id",
            "%(value)s is not text",
            "%(value)s is not a time like 2025-05-15T13:44:25+0300",
            "%(value)s is not a time",
            "%(value)s is not a day like 2025-05-15",
            "%(key)s: an entry is not an object",
            "%(value)s lies in the future",
            "%(value)s is not a list",
        ),
    ),
    Explanation(
        kind="value_too_large",
        title=_("A value is larger than can be kept exactly"),
        happened=_(
            "A number has too many digits, or a text too many characters, to be kept without cutting it."
        ),
        meaning=_(
            "Nothing was cut or rounded. The record keeps its last good version, with its stock and prices of then."
        ),
        tried=EVERY_RUN,
        press=_(
            "Shorten the value in Zoho, then press Retry. If it has to be so long, tell whoever looks after the "
            "program."
        ),
        says=(
            "a number of %(digits)s digits (exponent %(exponent)s) is beyond reason",
            "%(value)s has more digits than can be kept exactly (%(digits)s significant, %(decimals)s decimals)",
            "an id is longer than 64 characters or not text",
            "a text of %(length)s characters, at most %(limit)s are kept",
            "a text holds a NUL character",
            "The record is larger than %(limit)s bytes.",
        ),
    ),
    Explanation(
        kind="record_unreadable",
        title=_("The record cannot be read"),
        happened=_("What Zoho sent for this record is broken: no proper JSON, or not a record at all."),
        meaning=LAST_GOOD,
        tried=EVERY_RUN,
        press=_(
            "Open the record in Zoho and save it once more, then press Retry. If it stays so, ask Zoho's support."
        ),
        says=(
            "The record is not a JSON object.",
            "A number has more than %(limit)s digits.",
            "A number cannot be read.",
            "A number is out of every sensible range.",
            "The text is not UTF-8.",
            "Not strict JSON: %(problem)s.",
            "It is nested deeper than %(limit)s levels.",
        ),
    ),
    Explanation(
        kind="link_missing",
        title=_("What it belongs to is not here yet"),
        happened=_(
            "The record names another one, such as its product, warehouse or price list, that is not mirrored yet."
        ),
        meaning=_(
            "This one figure is missing: a price or a stock level that is not shown, not one that is wrong. What "
            "is there "
            "already stays as it is."
        ),
        tried=_(
            "Where a webhook told of it, what is missing was asked for at once. Every later run tries it again."
        ),
        press=_("Sync what the reason names first (Start a sync), then press Retry."),
        says=(
            "%(kind)s %(id)s is not here yet; sync it, then retry",
            "price list %(id)s is not here yet; sync price lists, then retry",
        ),
    ),
    Explanation(
        kind="currency_unknown",
        title=_("A price without a currency"),
        happened=_("Neither the price list nor the organisation says in which currency the price is."),
        meaning=_(
            "The prices of this list were not taken: a price in the wrong currency is worse than none."
        ),
        tried=EVERY_RUN,
        press=_("Set the currency of the price list in Zoho, sync the price lists, then press Retry."),
        says=("the currency of price list %(id)s is not known",),
    ),
    Explanation(
        kind="stock_unknown",
        title=_("Zoho named no place for the stock"),
        happened=_("The product's detail came without any location, so that it says nothing of its stock."),
        meaning=_("The last known stock stays, with its age beside it. It was not turned into 0."),
        tried=EVERY_RUN,
        press=_("See in Zoho whether the item is tracked and has locations, then press Retry."),
        says=("the detail names no location, so nothing is known of the stock",),
    ),
    Explanation(
        kind="contradiction",
        title=_("It came twice with different values"),
        happened=_("One answer of Zoho holds the same record twice, and the two do not agree."),
        meaning=_(
            "Neither was believed. The record keeps its last good version, with its stock and prices of that time."
        ),
        tried=EVERY_RUN,
        press=_(
            "Press Retry: mostly somebody was changing it just then. If it stays so, look for it twice in Zoho."
        ),
        says=("%(id)s comes twice with different values",),
    ),
    Explanation(
        kind="record_gone",
        title=_("Zoho does not know the record"),
        happened=_("The record was asked for by its id, and Zoho answered that there is none (any more)."),
        meaning=_(
            "If it was mirrored, it is marked as removed and counts no more as stock or price; nothing is "
            "deleted, and it "
            "comes back if Zoho shows it again."
        ),
        tried=_("The record was asked for by its own id, so that a short listing cannot be the reason."),
        press=_(
            "Nothing, if it was deleted in Zoho: press Ignore. Otherwise check the id, then press Retry."
        ),
        says=(
            "Zoho does not know this id",
            "%(endpoint)s: %(message)s (code %(code)s).",
            "Zoho answered 404 (1002): it does not exist any more",
        ),
    ),
    Explanation(
        kind="perhaps_gone",
        title=_("Zoho could not say whether the record is gone"),
        happened=_(
            "It was not in Zoho's listing, and when it was asked for by its id, Zoho gave no clear answer."
        ),
        meaning=LAST_GOOD,
        tried=_("It was not taken for deleted: only a clear answer about this very record does that."),
        press=_(
            "Look for the record in Zoho. If it is there, press Retry; if it is gone, the next full run asks once more."
        ),
        says=("not in the listing, and Zoho could not say whether it is gone: %(problem)s",),
    ),
    Explanation(
        kind="left_out_of_answer",
        title=_("Zoho's answer left the record out"),
        happened=_("Zoho was asked for several records at once, and this one was not among those that came."),
        meaning=LAST_GOOD,
        tried=_("It was not taken for deleted: only a clear answer about this very record does that."),
        press=_("Press Retry: it is asked for by itself."),
        says=("Zoho's answer left this record out.",),
    ),
    Explanation(
        kind="database_refused",
        title=_("The database refused the record"),
        happened=_("The record was read and understood, but a rule of the database did not let it in."),
        meaning=LAST_GOOD,
        tried=_(
            "The page was taken apart and every record written by itself, so that only this one is left out."
        ),
        press=_("Press Retry. If it stays so, show the reason to whoever looks after the program."),
        says=("the database refused it: %(problem)s",),
    ),
    Explanation(
        kind="picture_unfit",
        title=_("The picture is not fit to be kept"),
        happened=_(
            "Zoho gave the product's picture, and it is broken, too large, or no picture that is taken."
        ),
        meaning=_("The product is shown without a picture. Its stock and prices have nothing to do with it."),
        tried=_(
            "What came was looked at, and nothing of it was kept. It is not asked for again until Zoho names another "
            "one."
        ),
        press=_(
            "Open the picture in Zoho and upload it anew, as JPEG or PNG and not too large. The next sync of products "
            "and then of pictures takes it; Retry asks for it at once."
        ),
        says=tuple(PROBLEMS[each] for each in UNFIT),
    ),
    Explanation(
        kind="picture_not_given",
        title=_("Zoho did not give the picture"),
        happened=_(
            "Zoho was asked for the product's picture, and failed, kept silent, or refused to give this one."
        ),
        meaning=_("The product is shown without a picture. Its stock and prices have nothing to do with it."),
        tried=_(
            "One that was not answered is asked for again by itself, later and later; one that was refused is not."
        ),
        press=_(
            "See whether Zoho itself shows the picture, then press Retry. If nobody needs it, press Ignore."
        ),
        says=(
            PROBLEMS[Problem.NOT_ANSWERED],
            PROBLEMS[Problem.NOT_GIVEN],
            "there is no such product here; sync products, then retry",
            NAMES_NONE,
        ),
    ),
)
