"""Is it alive, and is it fit for work? Answered from facts: a query, the tables' state, the canary's last answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from zoho_sync import status


class Health(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"  # visitors are served, but something does not do its work
    DOWN = "down"  # no visitor can be served


@dataclass(frozen=True)
class Finding:
    """What one probe found. `message` is a sentence for staff, empty when all is well."""

    probe: str
    health: Health
    message: str = ""


def probe_database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Finding("database", Health.OK)


def probe_tables() -> Finding:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return Finding(
            "tables", Health.DOWN, _("The tables are older than the program. Run `manage.py migrate`.")
        )
    return Finding("tables", Health.OK)


def probe_worker() -> Finding:
    if status.worker_alive():
        return Finding("worker", Health.OK)
    sentence = _(
        "No worker gives a sign of life, so queued runs wait. Start one: `make run` or `make worker`."
    )
    return Finding("worker", Health.DEGRADED, sentence)


PROBES: tuple[Callable[[], Finding], ...] = (probe_database, probe_tables, probe_worker)


def examine() -> list[Finding]:
    """All findings, in the order of PROBES; after one that is down the rest is not asked."""
    findings: list[Finding] = []
    for probe in PROBES:
        try:
            findings.append(probe())
        except (DatabaseError, InterfaceError):
            name = probe.__name__.removeprefix("probe_")
            findings.append(Finding(name, Health.DOWN, _("The database does not answer.")))
        if findings[-1].health is Health.DOWN:
            break
    return findings


def worst(findings: list[Finding]) -> Health:
    order = list(Health)
    return max((finding.health for finding in findings), key=order.index, default=Health.OK)
