"""Can anything be synced at all: a worker, a queue that moves, a connection, calls that are left?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import counted
from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import Cause
from .facts import Facts

CONNECTION_PAGE = "admin:zoho_sync_oauthtoken_changelist"
RUNS_PAGE = "admin:zoho_sync_syncrun_changelist"
RESTARTED_LATELY = timedelta(minutes=15)


def worker(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    if not facts.worker_alive and not facts.queue_trouble:
        yield Trouble(
            id="worker",
            severity=Severity.CRITICAL,
            title=_("No worker is alive"),
            message=_("No worker gives a sign of life, so queued runs wait."),
            what_to_do=_("Start one: `make run` or `make worker`."),
            since=facts.last_sign_of_life,
            page=reverse(CONNECTION_PAGE),
        )


def queue(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """It is away; or one of several workers hangs, or runs wait although a worker says that it is alive."""
    if facts.queue_trouble:  # then no worker can give a sign of life: it is one cause
        yield Trouble(
            id="queue",
            severity=Severity.CRITICAL,
            title=_("The queue does not answer"),
            message=_("The queue does not answer, so queued runs wait: %(why)s")
            % {"why": facts.queue_trouble},
            what_to_do=_(
                "Start Redis, or mend REDIS_URL. Nothing is lost: what waits is queued again by itself."
            ),
            since=facts.last_sign_of_life,
            page=reverse(CONNECTION_PAGE),
        )
        return
    for each in facts.workers:
        if each.is_wedged:
            yield Trouble(
                id=f"queue:{each.name}",
                severity=Severity.ERROR,
                title=_("A queue is wedged"),
                message=_("The processes of the worker %(name)s do not answer any more.")
                % {"name": each.name},
                what_to_do=_(
                    "Nothing at first: its supervisor replaces them. If it does not, restart the worker."
                ),
                since=each.beat_at,
                page=reverse(CONNECTION_PAGE),
            )
    if facts.worker_alive and facts.standstill is not None:
        count = facts.standstill.count
        text = counted(
            "%(count)s run waits, and no worker takes it although one is alive.",
            "%(count)s runs wait, and no worker takes them although one is alive.",
            count,
        )
        yield Trouble(
            id="queue",
            severity=Severity.ERROR,
            title=_("The queue does not move"),
            message=text % {"count": count},
            what_to_do=_("Restart the worker. Nothing is lost: the runs wait in the database."),
            since=facts.standstill.since,
            count=count,
            url=f"{reverse('api-runs')}?status=queued",
            page=f"{reverse(RUNS_PAGE)}?status__exact=queued",
        )


def restarts(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for each in facts.workers:
        if each.restarted_at is not None and facts.at - each.restarted_at < RESTARTED_LATELY:
            text = counted(
                "The processes of the worker %(name)s had to be replaced; %(count)s time since it is known.",
                "The processes of the worker %(name)s had to be replaced; %(count)s times since it is known.",
                each.restarts_count,
            )
            yield Trouble(
                id=f"restarts:{each.name}",
                severity=Severity.WARNING,
                title=_("A worker was restarted"),
                message=text % {"name": each.name, "count": each.restarts_count},
                what_to_do=_("If it happens often, read the worker's log: memory, or a job that hangs."),
                since=each.restarted_at,
                count=each.restarts_count,
                page=reverse(CONNECTION_PAGE),
            )


def not_connected(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    if not any(each.state for each in facts.connections.values()):
        yield Trouble(
            id="not-connected",
            severity=Severity.CRITICAL,
            title=_("Zoho is not connected"),
            message=_("There are no credentials, so nothing can be read."),
            what_to_do=_("Run `manage.py zoho_connect`."),
            url=reverse("api-connection"),
            page=reverse(CONNECTION_PAGE),
        )


def connection(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for organization in facts.organizations:
        known = facts.connections[organization.pk]
        if known.state and not known.works:
            yield Trouble(
                id=f"connection:{organization.external_id}",
                severity=Severity.CRITICAL,
                title=_("Zoho refuses the connection"),
                message=known.message or _("The refresh token is refused."),
                what_to_do=_("Reconnect with `manage.py zoho_connect`. Webhooks are kept meanwhile."),
                since=known.since,
                organization=organization.external_id,
                url=reverse("api-connection"),
                page=reverse(CONNECTION_PAGE),
            )


def token(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """It is not refused, but cannot be renewed: what is under way goes on until the access token ends."""
    for each in facts.tokens:
        if each.failing_since is not None and not each.is_refused:
            yield Trouble(
                id=f"token:{each.organization}",
                severity=Severity.ERROR,
                title=_("The access token cannot be renewed"),
                message=_("Zoho gives no new access token: %(reason)s") % {"reason": each.failure},
                what_to_do=_(
                    "Nothing at first: it is tried again. If it lasts, see whether Zoho can be reached from here."
                ),
                since=each.failing_since,
                organization=each.organization,
                url=reverse("api-connection"),
                page=reverse(CONNECTION_PAGE),
            )


def calls_blocked(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for organization in facts.organizations:
        budget = facts.budgets[organization.pk]
        if facts.connections[organization.pk].works and budget.blocked_until is not None:
            yield Trouble(
                id=f"calls-blocked:{organization.external_id}",
                severity=Severity.WARNING,
                title=_("Zoho has asked for silence"),
                message=budget.reason or _("Zoho takes no calls at this moment."),
                what_to_do=_("Nothing: runs go on by themselves when the time is over."),
                organization=organization.external_id,
                url=reverse("api-connection"),
                page=reverse(CONNECTION_PAGE),
            )


def calls_spent(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for organization in facts.organizations:
        budget = facts.budgets[organization.pk]
        if facts.connections[organization.pk].works and not budget.left:
            yield Trouble(
                id=f"calls-spent:{organization.external_id}",
                severity=Severity.WARNING,
                title=_("The day's calls are spent"),
                message=_("%(used)s of %(limit)s calls are used; what is left is kept for urgent work.")
                % {"used": budget.used, "limit": budget.limit},
                what_to_do=_("Nothing: runs go on tomorrow. If it happens often, sync less often."),
                count=budget.used,
                organization=organization.external_id,
                url=reverse("api-connection"),
                page=reverse(CONNECTION_PAGE),
            )


CAUSES = (
    Cause(
        "worker",
        gettext_lazy("No worker is alive"),
        gettext_lazy("Without a worker queued runs wait, and webhooks are kept but not applied."),
        worker,
    ),
    Cause(
        "queue",
        gettext_lazy("The queue does not move"),
        gettext_lazy("A worker hangs, or runs wait although a worker is alive."),
        queue,
    ),
    Cause(
        "restarts",
        gettext_lazy("A worker was restarted"),
        gettext_lazy("Its processes had died or hung, and were replaced within the last quarter of an hour."),
        restarts,
    ),
    Cause(
        "not-connected",
        gettext_lazy("Zoho is not connected"),
        gettext_lazy("There are no credentials at all."),
        not_connected,
    ),
    Cause(
        "connection",
        gettext_lazy("Zoho refuses the connection"),
        gettext_lazy("The refresh token was revoked. Nothing is read until somebody connects anew."),
        connection,
    ),
    Cause(
        "token",
        gettext_lazy("The access token cannot be renewed"),
        gettext_lazy("Zoho cannot be reached for a new one, or gives none. It is tried again by itself."),
        token,
    ),
    Cause(
        "calls-blocked",
        gettext_lazy("Zoho has asked for silence"),
        gettext_lazy("Zoho takes no calls for a while; runs go on by themselves."),
        calls_blocked,
    ),
    Cause(
        "calls-spent",
        gettext_lazy("The day's calls are spent"),
        gettext_lazy("Only urgent work still calls Zoho today."),
        calls_spent,
    ),
)
