"""What every cause means for stock and prices, and what the program has done about it already, by the cause's word.

What happened and what to do stand in the trouble itself, with its figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Explained:
    """meaning: for stock and prices. tried: without anybody's asking."""

    meaning: Any
    tried: Any


OLDER = _(
    "What was read before stays and grows older: stock and prices are as right as they were, and no newer."
)
ONE_BY_ONE = _("Only these records are concerned: they keep their last good version. All others are right.")
UNTOUCHED = _("Stock and prices are not concerned.")
NOT_YET = _("Nothing is wrong with stock and prices yet.")
QUEUED_AGAIN = _("Runs were queued again, and webhooks are kept until they can be applied.")
NOTHING_TRIED = _("Nothing: only a person can decide or mend this.")
ONLY_LOOKED = _("Nothing was changed: it was only found, by looking at what is stored.")

EXPLAINED: dict[str, Explained] = {
    "worker": Explained(OLDER, QUEUED_AGAIN),
    "queue": Explained(
        OLDER, _("The supervisor replaces processes that do not answer, and queues their runs again.")
    ),
    "restarts": Explained(
        NOT_YET, _("The processes were replaced, and their runs went on after the last page.")
    ),
    "not-connected": Explained(OLDER, NOTHING_TRIED),
    "connection": Explained(
        OLDER, _("A fresh token was asked for once, for all processes together. Webhooks are kept meanwhile.")
    ),
    "token": Explained(
        _("As long as the last access token holds, nothing; then stock and prices grow older."),
        _("It is asked for again by itself, never more often than Zoho allows."),
    ),
    "backup": Explained(
        _(
            "Stock and prices are not concerned: Zoho has them. Notes, marks, rules and histories that are ours would "
            "be lost with this database."
        ),
        _("Nothing: a backup is made by whoever runs the machine."),
    ),
    "calls-blocked": Explained(
        _("Stock and prices arrive some minutes later. Nothing is lost."),
        _("All processes are silent together until the time that Zoho named, and go more slowly afterwards."),
    ),
    "calls-spent": Explained(
        _(
            "Syncs wait for the next day; webhooks and records that somebody refreshes have a reserve of their own."
        ),
        _("Runs rest where they stopped and go on by themselves with the next day's calls."),
    ),
    "quarantined": Explained(
        _("Nothing was removed: the stock and prices of what is missing stay until somebody decides."),
        _("What Zoho sent was compared with what there was before, and everything was kept."),
    ),
    "paused": Explained(
        _("What is in stays in. The rest of the stock and prices grows older until the run goes on."),
        NOTHING_TRIED,
    ),
    "dead-letters": Explained(
        ONE_BY_ONE, _("Each was tried five times, and after that once a day, three times.")
    ),
    "late-deliveries": Explained(
        _("What has changed in Zoho arrives later than usual. Nothing that came is lost."), QUEUED_AGAIN
    ),
    "silent": Explained(
        _("Changes of this kind arrive only with the next sync instead of within seconds."),
        _("What changed during the silence is read by time, by a run of its own."),
    ),
    "failures": Explained(ONE_BY_ONE, _("Every run that meets such a record tries it again.")),
    "failed": Explained(
        OLDER, _("Calls were made up to four times, and the run rested and went on where that helps.")
    ),
    "stale": Explained(OLDER, _("Schedules start runs as often as they say; none of them came through.")),
    "no-selling-warehouse": Explained(
        _("Everything looks as if nothing could be sold, although the figures of each warehouse are right."),
        NOTHING_TRIED,
    ),
    "mass-zero": Explained(
        _("Much may look sold out that is not, if Zoho's answer was wrong."),
        _("The figures were taken as Zoho told them; each change is kept with the figure before it."),
    ),
    "price-jump": Explained(
        _("Somebody may sell at a wrong price."),
        _("The price was taken as Zoho told it; the one before it is kept in its history."),
    ),
    "price-missing": Explained(
        _("These products have no price in this list: nobody is shown another list's price instead."),
        ONLY_LOOKED,
    ),
    "negative-stock": Explained(
        _("More was sold than was there, by Zoho's own figures. They are shown as they are."), ONLY_LOOKED
    ),
    "watch": Explained(UNTOUCHED, _("The watch takes itself up again as soon as one of its processes runs.")),
    "channel": Explained(UNTOUCHED, _("Its messages are tried again, and told through the other channels.")),
    "database": Explained(
        _("Nothing could be read or stored meanwhile; nothing is half stored."),
        _("Runs go on after their last page as soon as it is back."),
    ),
    "tables": Explained(NOT_YET, NOTHING_TRIED),
    "disk": Explained(
        _("A full disk stops every sync, and stock and prices grow older."),
        _("Old traces are removed daily."),
    ),
    "clock": Explained(
        _("An older figure could be taken for a newer one."),
        _("Claims and times beyond reason were put right."),
    ),
    "keys": Explained(OLDER, _("Every key of the settings was tried, the older ones too.")),
    "forecast": Explained(
        _("Before the day ends, stock and prices will stop getting newer, but for webhooks."),
        _("What cannot wait has calls kept for it."),
    ),
    "drift": Explained(
        _("Some stock or prices differ from Zoho although nothing had told of a change."),
        _("Records drawn at random were compared; the page Truth names those that differ."),
    ),
}
