"""Is there something to go back to?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy

from backups.status import last_backup
from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import SLOW_SECONDS, Cause, Threshold
from .facts import Facts

DAYS = 3


def backup(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """In earnest only: what somebody tries out may be lost."""
    if not settings.IS_PRODUCTION:
        return
    last = last_backup()
    if last.since is None or facts.at - last.since < timedelta(days=threshold or DAYS):
        return
    age = {"days": (facts.at - last.since).days}
    yield Trouble(
        id="backup",
        severity=Severity.WARNING,
        title=_("There is no new backup"),
        message=_("Days since the last good backup: %(days)s.") % age
        if last.made_at
        else _("No backup was ever made of this database. Its age in days: %(days)s.") % age,
        what_to_do=_(
            "Run `manage.py backup`, and see why the nightly one does not: its log says it. Set one up where there is "
            "none (docs/backup.md). If you save the database by other means, switch this rule off."
        ),
        since=last.since,
    )


CAUSES = (
    Cause(
        "backup",
        gettext_lazy("There is no new backup"),
        gettext_lazy(
            "`manage.py backup` tells of each file that it has written and read again. Judged in production only."
        ),
        backup,
        every_seconds=SLOW_SECONDS,
        threshold=Threshold(DAYS, 1, 60, gettext_lazy("days without a good backup")),
    ),
)
