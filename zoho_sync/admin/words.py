"""States and entities as staff read them, in words, colours and advice."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells

from ..models import OAuthToken, RecordError, SyncRun
from ..options import Trigger
from ..processors import registry

Status = SyncRun.Status
MOODS: dict[str, str] = {
    Status.QUEUED: "quiet",
    Status.RUNNING: "busy",
    Status.PAUSED: "warn",
    Status.CANCELLING: "warn",
    Status.CANCELLED: "quiet",
    Status.SUCCEEDED: "good",
    Status.PARTIAL: "warn",
    Status.FAILED: "bad",
    Status.QUARANTINED: "bad",
    RecordError.Status.WAITING: "warn",
    RecordError.Status.RETRYING: "busy",
    RecordError.Status.RESOLVED: "good",
    RecordError.Status.IGNORED: "quiet",
    OAuthToken.State.UNUSED: "quiet",
    OAuthToken.State.WORKING: "good",
    OAuthToken.State.REFUSED: "bad",
}


def state_tag(row) -> object:
    """The state of a run or a failure."""
    return cells.tag(row.get_status_display(), MOODS.get(row.status, "quiet"))


def entity_name(entity: str) -> str:
    """The entity's label; its bare name when no processor is called so any more."""
    return str(registry.get(entity).label) if entity in registry.names() else entity


def who(run: SyncRun) -> object:
    """Who or what asked for the run."""
    trigger = run.get_trigger_display() if run.trigger in Trigger else run.trigger
    return cells.stacked(trigger, cells.words(run.requested_by) if run.requested_by else "")


def about_calls(count: int) -> str:
    return ngettext("about %(count)s call", "about %(count)s calls", count) % {
        "count": cells.decimal_text(count)
    }


def advice(run: SyncRun) -> str:
    """What the state means for the figures, and what to press."""
    known = {
        Status.QUEUED: _("The run waits for a worker, or for the runs that it depends on."),
        Status.RUNNING: _(
            "A worker is reading page by page. Every page that is done is already in the tables."
        ),
        Status.PAUSED: _(
            "Nothing is lost: what is in stays in, and the run goes on where it stopped. With a time beside it, it "
            "goes on by itself; without one, press Resume."
        ),
        Status.CANCELLING: _("The worker stops after the page in hand."),
        Status.CANCELLED: _(
            "What had arrived stays in. Resume goes on where it stopped; a new run starts afresh."
        ),
        Status.SUCCEEDED: _("Every record is in."),
        Status.PARTIAL: _(
            "Every good record is in. Some could not be taken: look at the failures, mend them at the source, and "
            "press Retry failures."
        ),
        Status.FAILED: _(
            "The run could not go on. What had arrived stays in. Read the message, put right what it names, and "
            "press Resume."
        ),
        Status.QUARANTINED: _(
            "More records are missing than can be believed, so nothing was removed. Look at the source: if they are "
            "truly gone, press Approve; if not, press Reject."
        ),
    }
    if run.is_dry and run.status in (Status.SUCCEEDED, Status.PARTIAL):
        return _("Nothing was written: this is the plan of what a real run would do.")
    return known[Status(run.status)]
