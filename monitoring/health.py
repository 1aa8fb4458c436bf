"""Is it alive, and is it fit for work? Answered from facts: a query, the tables' state, the canary's last answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


def probe_webhooks() -> Finding:
    """Dead letters wait for a person; a backlog that does not drain has a cause that somebody should know."""
    inbox, sentences = status.inbox(), []
    if inbox.dead:
        sentences.append(
            ngettext(
                "%(count)s webhook delivery could not be applied and is tried no more. See why in the admin under "
                "“Webhook deliveries”, then replay it.",
                "%(count)s webhook deliveries could not be applied and are tried no more. See why in the admin under "
                "“Webhook deliveries”, then replay them.",
                inbox.dead,
            )
            % {"count": inbox.dead}
        )
    if inbox.late_since is not None:
        words = {
            "count": inbox.late,
            "since": date_format(timezone.localtime(inbox.late_since), "DATETIME_FORMAT"),
        }
        sentences.append(
            ngettext(
                "%(count)s webhook delivery waits to be applied, since %(since)s.",
                "%(count)s webhook deliveries wait to be applied, the oldest since %(since)s.",
                inbox.late,
            )
            % words
        )
        sentences += [inbox.reason] if inbox.reason else []
    return Finding("webhooks", Health.DEGRADED if sentences else Health.OK, " ".join(sentences))


PROBES: tuple[Callable[[], Finding], ...] = (probe_database, probe_tables, probe_worker, probe_webhooks)


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
