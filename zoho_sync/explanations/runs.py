"""How runs end or rest otherwise than well, and why a start is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .catalogue import Explanation

RUNS = (
    Explanation(
        kind="too_many_missing",
        title=_("More is missing than can be believed"),
        happened=_(
            "Many records that are mirrored were not in what Zoho sent: deleted there, or the answer was short."
        ),
        meaning=_(
            "Nothing was removed: the stock and prices of the missing ones stay as they were until somebody decides."
        ),
        tried=_(
            "What Zoho sent is in. The missing ones were compared with what there was before, and all were kept."
        ),
        press=_(
            "Look into Zoho. If they are truly gone, press Approve the removals: each is asked for once more by "
            "its id. "
            "If not, press Reject the removals."
        ),
        says=(
            "%(missing)s of %(live)s rows were not in Zoho's listing. Nothing was removed. Approve the run if "
            "that is true "
            "(each will be asked for once more), reject it if the listing was short.",
            "%(rows)s prices or stock levels of %(count)s records are missing from Zoho's details, more than one "
            "believes "
            "without a person. They were kept. Approve the run if that is true, reject it if the answer was short.",
            "Run %(id)s waits for a person's decision.",
        ),
    ),
    Explanation(
        kind="listing_doubtful",
        title=_("Zoho's listing contradicts itself"),
        happened=_(
            "Pages came empty, twice or without an end, so that nobody can say what is in Zoho and what is not."
        ),
        meaning=_("What came is in, and nothing was removed. Some changes may not have been seen yet."),
        tried=_("The run stopped at the first contradiction: a listing that lies could remove good records."),
        press=_(
            "Start the sync again in some minutes. If it stays so, tell Zoho's support which listing it is."
        ),
        says=(
            "Page %(page)s of %(path)s is empty, and yet more is to follow.",
            "Page %(page)s of %(path)s repeats records of earlier pages only.",
            "%(path)s has no end after %(pages)s pages.",
            "Page %(page)s of %(path)s does not say whether more follows.",
            "Page %(page)s of %(path)s was asked for, and page %(told)s came.",
            "Zoho named no location or warehouse, neither in its lists nor in any item. Nothing was changed.",
        ),
    ),
    Explanation(
        kind="some_failed",
        title=_("Some records could not be taken"),
        happened=_(
            "The run came through; some records were not as they must be and wait in the list of failures."
        ),
        meaning=_(
            "Every good record is in. Those that wait keep their last good version, with its stock and prices."
        ),
        tried=_("Each of them was tried by itself. Every later run that meets one tries it again."),
        press=_("Look at the failures, correct them in Zoho, and press Retry failures."),
        says=("%(count)s records could not be taken; they wait in the list of failures.",),
    ),
    Explanation(
        kind="plan_not_applied",
        title=_("The plan cannot be applied"),
        happened=_(
            "The plan of the dry run is not there whole, is too old, or was applied or is being applied already."
        ),
        meaning=_(
            "Nothing was written beyond the rows that had been applied before. Stock and prices are as they were."
        ),
        tried=_("The plan was compared with what is stored now: only exactly what was shown may be applied."),
        press=_("Make a new dry run, look at its plan, and apply that."),
        says=(
            "Every row of this plan has been applied or refused already.",
            "Run %(id)s is no dry run: it has no plan.",
            "Run %(id)s is %(state)s, so its plan is not complete.",
            "Run %(id)s is applying this plan now.",
            "Run %(id)s has planned nothing: there is nothing to apply.",
            "The plan of run %(id)s is older than %(hours)s hours. Make a new dry run.",
            "The plan of run %(id)s has been deleted since.",
            "The plan was deleted before all of it was applied.",
            "Another run is applying this plan now.",
            "None of these dry runs has planned anything: there is nothing to apply.",
            "A dry run fetches no picture, so there is nothing to apply. Start the run itself.",
        ),
    ),
    Explanation(
        kind="plan_partly_applied",
        title=_("A part of the plan was left undone"),
        happened=_("Some rows had changed since the plan was made, or could not be written as it says."),
        meaning=_(
            "Those rows are as they were found: whatever changed them is newer than the plan. All others are written "
            "exactly as planned."
        ),
        tried=_("Each row was compared with what is stored now, and only those that fit were written."),
        press=_(
            "Look at the refused rows. Make a new dry run to see what is left to be done, and apply that."
        ),
        says=(
            "Applied rows of the plan of run %(id)s: %(done)s. So already: %(same)s. Refused, as they have changed "
            "since: %(refused)s. Waiting for another plan: %(waiting)s.",
        ),
    ),
    Explanation(
        kind="gave_up",
        title=_("The run was given up"),
        happened=_("Attempt after attempt ended without a single page, or no worker took the run at all."),
        meaning=_(
            "What had arrived stays in. The rest of the stock and prices is as old as the last good run."
        ),
        tried=_("It was queued again, again and again, with pauses between."),
        press=_(
            "See that a worker runs (make worker) and what its log says; then press Resume: it goes on where it "
            "stopped."
        ),
        says=(
            "Given up: %(count)s attempts in a row ended without a single page. The log of the worker says why; "
            "resume the "
            "run once that is mended.",
            "Given up: no worker has taken the run in %(hours)s hours, though it was queued again %(count)s "
            "times. Look "
            "whether a worker runs, and at its log; then resume the run.",
        ),
    ),
    Explanation(
        kind="unexpected",
        title=_("Something unexpected happened"),
        happened=_("The program met a case that it does not know. The log of the worker holds the details."),
        meaning=_(
            "What had arrived stays in. The rest of the stock and prices is as old as the last good run."
        ),
        tried=_("The page in hand was not stored, so that nothing is half done."),
        press=_("Press Resume once. If it stops again, give the log to whoever looks after the program."),
        says=(
            "An unexpected error (%(error)s) stopped the run; the log of the worker has the details. What was "
            "stored stays "
            "stored; resume the run to go on where it stopped.",
        ),
    ),
    Explanation(
        kind="paused_by_person",
        title=_("Somebody let the run rest"),
        happened=_("A person paused the run between two pages."),
        meaning=_("What is in stays in. The rest of the stock and prices grows older until the run goes on."),
        tried=_("Nothing: it waits for a person."),
        press=_("Press Resume to go on where it stopped, or Cancel to end it."),
        says=("Paused by %(who)s. Resume it to go on.",),
    ),
    Explanation(
        kind="cancelled",
        title=_("The run was ended by a person or a later run"),
        happened=_(
            "Somebody cancelled or rejected the run, or a later one saw everything that it was about."
        ),
        meaning=_("What had arrived stays in, and no row was removed."),
        tried=_("The page in hand was finished first, so that nothing is half done."),
        press=_("Nothing. Resume goes on where it stopped; a new run starts afresh."),
        says=(
            "Cancelled by %(who)s.",
            "%(who)s has asked to cancel it.",
            "The removals were rejected by %(who)s; no row was removed.",
            "Superseded by run %(id)s, which saw the whole listing.",
            "Superseded by run %(id)s, which waited for the same decision.",
        ),
    ),
    Explanation(
        kind="already_running",
        title=_("Another run has not ended yet"),
        happened=_("The run was not started: of every entity one run works at a time."),
        meaning=_("The other run brings the same stock and prices; nothing is missed."),
        tried=_("Nothing was called, and the other run was not disturbed."),
        press=_("Wait for the other run, or open it and press Cancel."),
        says=(
            "Run %(id)s of %(entity)s has not ended yet. Wait for it, or cancel it.",
            "Another run of %(entity)s has not ended yet. Wait for it, or cancel it.",
        ),
    ),
    Explanation(
        kind="wrong_state",
        title=_("This cannot be done any more"),
        happened=_("Meanwhile the run or the failure has gone on: somebody else, or a worker, was quicker."),
        meaning=_("Nothing was changed by this attempt."),
        tried=_("Nothing: the state that is true now was left alone."),
        press=_("Load the page again and look at its state; its buttons say what can be done now."),
        says=(
            "Run %(id)s is %(state)s and cannot be %(verb)s.",
            "None of these can be retried: they were resolved already, or the record has no id.",
        ),
    ),
)
