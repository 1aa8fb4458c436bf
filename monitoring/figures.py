"""The figures that a rule may judge: what each means, by what it is judged, and what of it counts as failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from .models import AlertRule

Statistic = AlertRule.Statistic
COUNTED = (Statistic.SUM, Statistic.SHARE)
SAMPLED = (Statistic.HIGHEST, Statistic.LOWEST, Statistic.LAST)
TIMED = (Statistic.P95,)
RUNS, INBOX, CALLS = (
    "admin:zoho_sync_syncrun_changelist",
    "admin:zoho_sync_webhookdelivery_changelist",
    "admin:zoho_sync_oauthtoken_changelist",
)


@dataclass(frozen=True)
class Figure:
    """A metric that can be judged. statistics: those that mean something for it. by: each value of this label is
    judged by itself, "" for one figure in all; of gauges every combination of labels is.

    failed: (label, is it a failure?) of what counts as failed. begun: values of that label which tell that something
    came, not what became of it: a sum counts only these, a share none of them. page: of the admin. advice: what to do.
    """

    name: str
    words: Any
    statistics: tuple[Statistic, ...]
    advice: Any
    by: str = ""
    failed: tuple[str, Callable[[str], bool]] | None = None
    begun: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    page: str = CALLS

    @property
    def has_entity(self) -> bool:
        return "entity" in self.labels

    @property
    def is_gauge(self) -> bool:
        return self.statistics == SAMPLED

    def may(self, statistic: str) -> bool:
        return statistic in self.statistics and (statistic != Statistic.SHARE or self.failed is not None)


def _is_refused(code: str) -> bool:
    """0 when no answer came; 304 says that nothing has changed."""
    return code.isdigit() and (int(code) == 0 or int(code) >= 400)


_LOOK_AT_RUNS = gettext_lazy("Read on the pages of the failed runs why they failed.")
_LOOK_AT_INBOX = gettext_lazy("Read why they could not be applied, mend it, then replay them.")
_LOOK_AT_CALLS = gettext_lazy("Look at the connection and at Zoho's own status page.")
_LOOK_AT_WORKER = gettext_lazy("See that workers are alive, and whether more of them are needed.")
_LOOK_AT_BUDGET = gettext_lazy("Sync less often, or let somebody buy more calls.")

FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "runs",
            gettext_lazy("Runs"),
            COUNTED,
            _LOOK_AT_RUNS,
            by="entity",
            failed=("result", lambda result: result == "failed"),
            labels=("entity", "result"),
            page=RUNS,
        ),
        Figure(
            "rows",
            gettext_lazy("Rows of runs"),
            COUNTED,
            _LOOK_AT_RUNS,
            by="entity",
            failed=("result", lambda result: result == "failed"),
            labels=("entity", "result"),
            page=RUNS,
        ),
        Figure(
            "calls",
            gettext_lazy("Calls to Zoho"),
            COUNTED,
            _LOOK_AT_CALLS,
            by="api",
            failed=("status", _is_refused),
            labels=("api", "endpoint", "status"),
        ),
        Figure(
            "call_seconds",
            gettext_lazy("Seconds until Zoho answers"),
            TIMED,
            _LOOK_AT_CALLS,
            by="api",
            labels=("api", "endpoint"),
        ),
        Figure(
            "webhooks",
            gettext_lazy("Webhook deliveries"),
            COUNTED,
            _LOOK_AT_INBOX,
            by="subject",
            failed=("state", lambda state: state in ("dead", "failed")),
            begun=("received",),
            labels=("subject", "state"),
            page=INBOX,
        ),
        Figure(
            "webhook_seconds",
            gettext_lazy("Seconds from a webhook until it is in the mirror"),
            TIMED,
            _LOOK_AT_WORKER,
            by="subject",
            labels=("subject",),
            page=INBOX,
        ),
        Figure("queue_jobs", gettext_lazy("Jobs in the queue"), SAMPLED, _LOOK_AT_WORKER),
        Figure(
            "queue_oldest_seconds",
            gettext_lazy("Seconds that the oldest job waits"),
            SAMPLED,
            _LOOK_AT_WORKER,
        ),
        Figure(
            "worker_silence_seconds",
            gettext_lazy("Seconds since a worker's sign of life"),
            SAMPLED,
            _LOOK_AT_WORKER,
        ),
        Figure(
            "budget_left",
            gettext_lazy("Calls that are left today"),
            SAMPLED,
            _LOOK_AT_BUDGET,
            labels=("organization",),
        ),
        Figure(
            "budget_used",
            gettext_lazy("Calls that were used today"),
            SAMPLED,
            _LOOK_AT_BUDGET,
            labels=("organization",),
        ),
        Figure(
            "token_age_seconds",
            gettext_lazy("Seconds since the token was refreshed"),
            SAMPLED,
            _LOOK_AT_CALLS,
            labels=("organization",),
        ),
        Figure(
            "full_age_seconds",
            gettext_lazy("Seconds since the last good full run"),
            SAMPLED,
            _LOOK_AT_RUNS,
            labels=("organization", "entity"),
            page=RUNS,
        ),
        Figure(
            "incremental_age_seconds",
            gettext_lazy("Seconds since the last good incremental run"),
            SAMPLED,
            _LOOK_AT_RUNS,
            labels=("organization", "entity"),
            page=RUNS,
        ),
        Figure(
            "stock_unverified_seconds",
            gettext_lazy("Seconds since the stock verified longest ago"),
            SAMPLED,
            _LOOK_AT_RUNS,
            labels=("organization",),
            page=RUNS,
        ),
        Figure(
            "failures_waiting",
            gettext_lazy("Records that wait for somebody"),
            SAMPLED,
            _LOOK_AT_RUNS,
            labels=("organization", "entity"),
            page="admin:zoho_sync_recorderror_changelist",
        ),
        Figure(
            "inbox_waiting",
            gettext_lazy("Webhook deliveries that wait"),
            SAMPLED,
            _LOOK_AT_WORKER,
            page=INBOX,
        ),
        Figure("dead_letters", gettext_lazy("Dead letters"), SAMPLED, _LOOK_AT_INBOX, page=INBOX),
    )
}
