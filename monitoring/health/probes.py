"""The probes in their order, what each means, and how all of them are asked without anybody's waiting for long."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import serving, working
from .findings import Finding, Health

log = logging.getLogger(__name__)

_LIMIT = "SET LOCAL statement_timeout = '3s'; SET LOCAL lock_timeout = '1s'"


@dataclass(frozen=True)
class Probe:
    """meaning: what it looks at, and why that matters. page: of the admin, for who has the permission."""

    name: str
    ask: Callable[[], Finding]
    title: Any
    meaning: Any
    page: str = ""
    permission: str = ""


PROBES: tuple[Probe, ...] = (
    Probe(
        "database",
        serving.probe_database,
        gettext_lazy("Database"),
        gettext_lazy(
            "It is asked one question. Without it nobody can be served, and no webhook can be taken."
        ),
    ),
    Probe(
        "tables",
        serving.probe_tables,
        gettext_lazy("Tables"),
        gettext_lazy("They have to be as new as the program; every migration must have been applied."),
    ),
    Probe(
        "disk",
        serving.probe_disk,
        gettext_lazy("Disk"),
        gettext_lazy("Room where the data folder and the database file lie. A full disk stops the database."),
    ),
    Probe(
        "worker",
        working.probe_worker,
        gettext_lazy("Worker"),
        gettext_lazy(
            "A canary passes the queue every few seconds. If none came for 90 seconds, nothing is synced."
        ),
        "admin:zoho_sync_oauthtoken_changelist",
        "zoho_sync.view_oauthtoken",
    ),
    Probe(
        "token",
        working.probe_token,
        gettext_lazy("Token"),
        gettext_lazy(
            "Zoho gives an access token for an hour, and renews it as long as the connection is not revoked."
        ),
        "admin:zoho_sync_oauthtoken_changelist",
        "zoho_sync.view_oauthtoken",
    ),
    Probe(
        "clock",
        working.probe_clock,
        gettext_lazy("Clock"),
        gettext_lazy("Which change is newer is judged by time, so the clocks of all machines have to agree."),
    ),
    Probe(
        "webhooks",
        working.probe_webhooks,
        gettext_lazy("Webhooks"),
        gettext_lazy("Every delivery has to be applied, and none may stay away that is expected."),
        "admin:zoho_sync_webhookdelivery_coverage",
        "zoho_sync.view_webhookdelivery",
    ),
    Probe(
        "watch",
        working.probe_watch,
        gettext_lazy("Watch"),
        gettext_lazy("A process of its own judges the alert rules every few seconds and tells people."),
    ),
    Probe(
        "keys",
        working.probe_keys,
        gettext_lazy("Encryption keys"),
        gettext_lazy(
            "Tokens and webhook secrets are encrypted; with another key nobody can read them any more."
        ),
        "admin:zoho_sync_webhooksecret_changelist",
        "zoho_sync.view_webhooksecret",
    ),
)
VITAL = PROBES[:3]  # what a visitor needs to be served


def examine(probes: Sequence[Probe] = PROBES) -> list[Finding]:
    """Their findings, in their order; after one that is down the rest is not asked."""
    findings: list[Finding] = []
    for probe in probes:
        findings.append(_ask(probe))
        if findings[-1].health is Health.DOWN:
            break
    return findings


def _ask(probe: Probe) -> Finding:
    try:
        if probe.name == "database":
            return probe.ask()
        with _limited():
            return probe.ask()
    except (DatabaseError, InterfaceError) as error:
        log.warning("probe %s: %s", probe.name, " ".join(str(error).split()))
        if probe in VITAL:
            advice = _("Start the database, or mend the way to it. Nothing that was stored is lost.")
            return Finding(probe.name, Health.DOWN, _("The database does not answer."), what_to_do=advice)
        return Finding(probe.name, Health.DEGRADED, _("This could not be found out in time."))
    except OSError as error:
        log.warning("probe %s: %s", probe.name, error)
        return Finding(probe.name, Health.DEGRADED, _("This could not be found out."))


@contextmanager
def _limited() -> Iterator[None]:
    """On PostgreSQL no question takes longer than seconds; SQLite's readers wait for nobody."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LIMIT)
        yield
