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


def with_cost(words: str, cost: str) -> str:
    """A button's verb and object, and its cost where that is known."""
    return _("%(words)s, %(cost)s") % {"words": words, "cost": cost} if cost else words


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
    if run.options.get("plan") and run.status == Status.PARTIAL:
        return _(
            "What has changed since the plan was made was left as it is: it is newer than the plan. Make a new dry run "
            "to see what is left to be done."
        )
    if run.is_dry and run.status in (Status.SUCCEEDED, Status.PARTIAL):
        return _("Nothing was written: this is the plan of what a real run would do.")
    return known[Status(run.status)]


def mode_name(run: SyncRun) -> str:
    """How it goes about it; of a run that applies a plan, that it does."""
    if run.options.get("plan"):
        return _("plan of run %(number)s") % {"number": run.options["plan"]}
    return str(run.get_mode_display())


def phase_name(name: str) -> str:
    known = {
        "list": _("Reading the list"),
        "changed": _("Reading what has changed"),
        "details": _("Reading details"),
        "ids": _("Reading chosen records"),
        "documents": _("Reading documents"),
        "totals": _("Comparing totals"),
        "sweep": _("Verifying what was verified longest ago"),
        "removals": _("Asking for what is missing"),
        "held": _("Reading again what was held back"),
        "planned": _("Reading what is only planned yet"),
        "apply": _("Applying the plan"),
    }
    return known.get(name, name)


def run_title(run: SyncRun) -> str:
    told = {"number": run.pk, "entity": entity_name(run.entity), "mode": mode_name(run)}
    return _("Run %(number)s: %(entity)s, %(mode)s") % told
