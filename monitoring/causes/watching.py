"""Does the watch itself do its work: is anybody looking, and do its messages arrive?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import Cause
from .facts import Facts

SILENT_AFTER = timedelta(minutes=2)  # a round takes seconds, and one begins every ten


def watch(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """Seen by whoever asks; whoever does not, is told afterwards, by the watch that takes over."""
    looked_at = facts.watch.looked_at if facts.watch else None
    if looked_at is not None and facts.at - looked_at > SILENT_AFTER:
        yield Trouble(
            id="watch",
            severity=Severity.ERROR,
            title=_("Nobody watches"),
            message=_(
                "For more than two minutes no process has judged the rules, so nobody is told anything."
            ),
            what_to_do=_("Start it: `make run`, or `manage.py run_monitor`."),
            since=looked_at,
        )


def channel(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """The id ends with the channel's key: it is told through the others."""
    for each in facts.failing_channels:
        yield Trouble(
            id=f"channel:{each.pk}",
            severity=Severity.ERROR,
            title=_("An alert channel does not work"),
            message=_("%(name)s: %(reason)s") % {"name": each.name, "reason": each.last_error},
            what_to_do=_("Mend its settings, then send a test."),
            since=each.failing_since,
            page=reverse("admin:monitoring_alertchannel_change", args=[each.pk]),
        )


CAUSES = (
    Cause(
        "watch",
        gettext_lazy("Nobody watches"),
        gettext_lazy("For more than two minutes no process has judged the rules."),
        watch,
    ),
    Cause(
        "channel",
        gettext_lazy("An alert channel does not work"),
        gettext_lazy("Messages through it fail. It is told through the other channels."),
        channel,
    ),
)
