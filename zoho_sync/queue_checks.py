"""System checks of database, queue and keys: settings that lose work, found before anything starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.translation import gettext as _


@register(Tags.compatibility)
def check_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E011: a pool that forks would share. E012: SQLite that fails whoever reads before he writes."""
    database = settings.DATABASES["default"]
    found: list[CheckMessage] = []
    options = database.get("OPTIONS", {})
    if options.get("pool"):
        found.append(
            Error(
                _(
                    "The database has a connection pool; the queue's forked processes would share and corrupt it."
                ),
                hint=_("Remove OPTIONS['pool']; CONN_MAX_AGE keeps connections open."),
                id="zoho_sync.E011",
            )
        )
    if database["ENGINE"].endswith("sqlite3") and options.get("transaction_mode") != "IMMEDIATE":
        found.append(
            Error(
                _(
                    "SQLite's transactions do not begin as IMMEDIATE; under load most that read first would fail."
                ),
                hint=_("Set OPTIONS['transaction_mode'] to 'IMMEDIATE'."),
                id="zoho_sync.E012",
            )
        )
    return found


@register(Tags.compatibility)
def check_queue(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E013: a job may run twice at once. E014: the queue retries by itself. E015: the supervisor is too impatient."""
    queue, worker = settings.Q_CLUSTER, settings.WORKER
    found: list[CheckMessage] = []
    # A job's clock for redelivery starts when it is fetched ahead, not when it starts.
    longest = queue["timeout"] * ((queue["queue_limit"] + 1) / queue["workers"] + 1)
    if queue["retry"] < longest:
        found.append(
            Error(
                _("The queue delivers a job again before it may have ended: two workers would do the same."),
                hint=_("Q_CLUSTER['retry'] must be at least %(seconds)d.") % {"seconds": longest},
                id="zoho_sync.E013",
            )
        )
    if not queue.get("ack_failures") or queue.get("max_attempts") != 1:
        found.append(
            Error(
                _("The queue repeats failed jobs by itself; our own rows own retries."),
                hint=_("Set ack_failures to True and max_attempts to 1 in Q_CLUSTER."),
                id="zoho_sync.E014",
            )
        )
    if worker["SILENCE_SECONDS"] <= worker["CANARY_SECONDS"] + worker["CHECK_SECONDS"]:
        found.append(
            Error(
                _("The worker would be restarted before its canary can have answered."),
                hint=_("WORKER_SILENCE_SECONDS must exceed WORKER_CANARY_SECONDS + WORKER_CHECK_SECONDS."),
                id="zoho_sync.E015",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_encryption_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W011: stored secrets hang on SECRET_KEY."""
    if settings.ENCRYPTION_KEYS:
        return []
    return [
        Warning(
            _("Stored secrets are encrypted under SECRET_KEY, so that changing it would lose them."),
            hint=_("Set ENCRYPTION_KEYS to a random text of its own."),
            id="zoho_sync.W011",
        )
    ]
