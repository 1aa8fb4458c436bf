"""What everything stands on: the database, its tables, and room on the disk."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import sentence as _

from .. import health
from ..health import Health, serving, working
from ..troubles import Severity, Trouble
from .catalogue import Cause
from .facts import Facts

DOWN = ("database", "tables")  # without them nothing else can be said


def down() -> list[Trouble]:
    """Why nobody can be served; empty when somebody can."""
    try:
        health.probe_database()
        finding = health.probe_tables()
    except (DatabaseError, InterfaceError):
        return [database_away()]
    return [tables_old()] if finding.health is Health.DOWN else []


def database_away() -> Trouble:
    return Trouble(
        id="database",
        severity=Severity.CRITICAL,
        title=_("Nobody can be served"),
        message=_("The database does not answer."),
        what_to_do=_("Start the database, or mend the way to it. Nothing that was stored is lost."),
    )


def tables_old() -> Trouble:
    return Trouble(
        id="tables",
        severity=Severity.CRITICAL,
        title=_("Nobody can be served"),
        message=_("The tables are older than the program. Run `manage.py migrate`."),
        what_to_do=_("Run `manage.py migrate`, then start the program again."),
    )


def database(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """Whoever asks has facts, so it answers: an alert about its absence is opened afterwards, by the watch."""
    yield from ()


def tables(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    if health.probe_tables().health is Health.DOWN:
        yield tables_old()


def disk(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """How much room there has to be, the settings say: of a disk that is too full nobody should learn two truths."""
    found = serving.probe_disk()
    if found.health is not Health.OK:
        is_full = found.health is Health.DOWN
        yield Trouble(
            id="disk",
            severity=Severity.CRITICAL if is_full else Severity.ERROR,
            title=_("The disk is nearly full"),
            message=_("Where the data folder or the database file lies: %(figure)s.")
            % {"figure": found.figure},
            what_to_do=_(
                "Make room on the disk: old logs and backups first. Nothing that was stored is lost."
            ),
        )


def clock(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    found = working.probe_clock()
    if found.health is Health.DEGRADED:
        yield Trouble(
            id="clock",
            severity=Severity.ERROR,
            title=_("A clock is wrong"),
            message=_(
                "The clocks of this machine, of the database and of Zoho differ by more than %(seconds)s s."
            )
            % {"seconds": round(working.MOST_SKEW_SECONDS)},
            what_to_do=_("Set the clock right, by NTP; leases and tokens are judged by it."),
            since=found.since,
        )


def keys(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    if working.probe_keys().health is Health.DEGRADED:
        yield Trouble(
            id="keys",
            severity=Severity.ERROR,
            title=_("Stored secrets cannot be read"),
            message=_("Some tokens or secrets in the database were written with another key than today's."),
            what_to_do=_(
                "Put the former key into ENCRYPTION_KEYS or SECRET_KEY_FALLBACKS, or enter the secrets again."
            ),
        )


CAUSES = (
    Cause(
        "database",
        gettext_lazy("The database was away"),
        gettext_lazy(
            "It did not answer for a minute or longer. Told when it is back: before, nothing can be stored."
        ),
        database,
    ),
    Cause(
        "tables",
        gettext_lazy("The tables are older than the program"),
        gettext_lazy("Somebody has to run `manage.py migrate`."),
        tables,
        every_seconds=60,
    ),
    Cause(
        "disk",
        gettext_lazy("The disk is nearly full"),
        gettext_lazy("Less room is left than DISK_LOW_MB says. A full disk stops the database."),
        disk,
        every_seconds=60,
    ),
    Cause(
        "clock",
        gettext_lazy("A clock is wrong"),
        gettext_lazy("Which change is newer is judged by time, so the clocks of all machines have to agree."),
        clock,
        every_seconds=60,
    ),
    Cause(
        "keys",
        gettext_lazy("Stored secrets cannot be read"),
        gettext_lazy("With another key than the one they were written with nobody can read them any more."),
        keys,
        every_seconds=60,
    ),
)
