"""What is wrong now: asked anew each time, from facts, each cause once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, InterfaceError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.status import warehouses_known, warehouses_sell
from zoho_sync import status

from . import health
from .health import Health
from .troubles import Severity, Trouble


def find_troubles() -> list[Trouble]:
    """The worst first; else in the order of SOURCES. Without a database nothing else can be said."""
    findings = health.examine()
    down = [each for each in findings if each.health is Health.DOWN]
    if down:
        return [_down(each) for each in down]
    try:
        found = [trouble for source in SOURCES for trouble in source()]
    except (DatabaseError, InterfaceError):  # it went away in between
        return [_down(health.Finding("database", Health.DOWN, _("The database does not answer.")))]
    order = list(Severity)
    return sorted(found, key=lambda trouble: -order.index(trouble.severity))


def _down(finding: health.Finding) -> Trouble:
    advice = {
        "database": _("Start the database, or mend the way to it. Nothing that was stored is lost."),
        "tables": _("Run `manage.py migrate`, then start the program again."),
    }
    return Trouble(
        id=finding.probe,
        severity=Severity.CRITICAL,
        title=_("Nobody can be served"),
        message=finding.message,
        what_to_do=advice.get(finding.probe, ""),
    )


# --- Can anything be synced? -------------------------------------------------------------------------


def _worker() -> Iterator[Trouble]:
    if not status.worker_alive():
        yield Trouble(
            id="worker",
            severity=Severity.CRITICAL,
            title=_("No worker is alive"),
            message=_("No worker gives a sign of life, so queued runs wait."),
            what_to_do=_("Start one: `make run` or `make worker`."),
            since=status.last_sign_of_life(),
        )


def _connections() -> Iterator[Trouble]:
    organizations = status.organizations()
    known = {each: status.connection(each) for each in organizations}
    if not any(each.state for each in known.values()):
        yield Trouble(
            id="not-connected",
            severity=Severity.CRITICAL,
            title=_("Zoho is not connected"),
            message=_("There are no credentials, so nothing can be read."),
            what_to_do=_("Run `manage.py zoho_connect`."),
            url=reverse("api-connection"),
        )
    for organization, connection in known.items():
        if connection.state and not connection.works:
            yield Trouble(
                id=f"connection:{organization.external_id}",
                severity=Severity.CRITICAL,
                title=_("Zoho refuses the connection"),
                message=connection.message or _("The refresh token is refused."),
                what_to_do=_("Reconnect with `manage.py zoho_connect`. Webhooks are kept meanwhile."),
                url=reverse("api-connection"),
            )
        elif connection.works:
            yield from _calls(organization)


def _calls(organization) -> Iterator[Trouble]:
    budget = status.budget(organization)
    if budget.blocked_until is not None:
        yield Trouble(
            id=f"calls-blocked:{organization.external_id}",
            severity=Severity.WARNING,
            title=_("Zoho has asked for silence"),
            message=budget.reason or _("Zoho takes no calls at this moment."),
            what_to_do=_("Nothing: runs go on by themselves when the time is over."),
            url=reverse("api-connection"),
        )
    if not budget.left:
        yield Trouble(
            id=f"calls-spent:{organization.external_id}",
            severity=Severity.WARNING,
            title=_("The day's calls are spent"),
            message=_("%(used)s of %(limit)s calls are used; what is left is kept for urgent work.")
            % {"used": budget.used, "limit": budget.limit},
            what_to_do=_("Nothing: runs go on tomorrow. If it happens often, sync less often."),
            count=budget.used,
            url=reverse("api-connection"),
        )


# --- What waits for a person -------------------------------------------------------------------------


def _runs() -> Iterator[Trouble]:
    for waiting in status.waiting_runs():
        is_quarantined = waiting.state == "quarantined"
        words = {"entity": waiting.label, "id": waiting.last_run_id}
        yield Trouble(
            id=f"{waiting.state}:{waiting.organization}:{waiting.entity}",
            severity=Severity.ERROR if is_quarantined else Severity.INFO,
            title=_("A run waits for a decision") if is_quarantined else _("A run rests"),
            message=(
                _(
                    "%(entity)s: more records are missing than can be believed, so nothing was removed (run %(id)s)."
                )
                if is_quarantined
                else _("%(entity)s: run %(id)s was paused by somebody.")
            )
            % words,
            what_to_do=(
                _("Look at the source: if they are truly gone, approve the run; if not, reject it.")
                if is_quarantined
                else _("Resume it, or cancel it.")
            ),
            since=waiting.since,
            count=waiting.count,
            url=reverse("api-runs-one", args=[waiting.last_run_id]),
        )


def _failures() -> Iterator[Trouble]:
    for waiting in status.waiting_failures():
        text = ngettext(
            "%(entity)s: %(count)s record could not be taken.",
            "%(entity)s: %(count)s records could not be taken.",
            waiting.count,
        )
        yield Trouble(
            id=f"failures:{waiting.organization}:{waiting.entity}",
            severity=Severity.WARNING,
            title=_("Records wait for somebody"),
            message=text % {"entity": waiting.label, "count": waiting.count},
            what_to_do=_("Read their reasons, mend them in Zoho, and retry them."),
            since=waiting.since,
            count=waiting.count,
            url=f"{reverse('api-failures')}?entity={waiting.entity}&status=waiting",
        )


def _deliveries() -> Iterator[Trouble]:
    inbox = status.inbox()
    if inbox.dead:
        text = ngettext(
            "%(count)s webhook delivery could not be applied and is tried no more.",
            "%(count)s webhook deliveries could not be applied and are tried no more.",
            inbox.dead,
        )
        yield Trouble(
            id="dead-letters",
            severity=Severity.ERROR,
            title=_("Dead letters"),
            message=text % {"count": inbox.dead},
            what_to_do=_("See why, mend it, then replay them."),
            count=inbox.dead,
            url=f"{reverse('api-deliveries')}?status=dead",
        )
    if inbox.late_since is not None:
        text = ngettext(
            "%(count)s webhook delivery should have been applied long ago.",
            "%(count)s webhook deliveries should have been applied long ago.",
            inbox.late,
        )
        yield Trouble(
            id="late-deliveries",
            severity=Severity.ERROR,
            title=_("Webhooks are not applied"),
            message=" ".join(filter(None, [text % {"count": inbox.late}, inbox.reason])),
            what_to_do=_("Mend what keeps them waiting; they are applied by themselves then."),
            since=inbox.late_since,
            count=inbox.late,
            url=f"{reverse('api-deliveries')}?status=received&status=failed",
        )


def _silences() -> Iterator[Trouble]:
    for silent in status.silent_subjects():
        yield Trouble(
            id=f"silent:{silent.organization}:{silent.subject}",
            severity=Severity.ERROR,
            title=_("Webhooks have fallen silent"),
            message=_("No webhook comes any more about: %(subjects)s.") % {"subjects": silent.label},
            what_to_do=_("See in Zoho whether the webhook is still set up and switched on."),
            since=silent.since,
            url=f"{reverse('api-deliveries')}?subject={silent.subject}",
        )


# --- Is it fresh? ------------------------------------------------------------------------------------


def _entities() -> Iterator[Trouble]:
    for organization in status.organizations():
        for entity in status.freshness(organization):
            last = entity.last_run
            if last is not None and last.status == "failed":
                yield Trouble(
                    id=f"failed:{organization.external_id}:{entity.entity}",
                    severity=Severity.ERROR,
                    title=_("The last run failed"),
                    message=_("%(entity)s: %(what)s") % {"entity": entity.label, "what": last.message},
                    what_to_do=_("Put right what it names, then resume the run."),
                    since=last.finished_at,
                    url=reverse("api-runs-one", args=[last.pk]),
                )
            if entity.is_stale and entity.active_run is None:
                yield _stale(organization, entity)


def _stale(organization, entity: status.EntityFreshness) -> Trouble:
    is_new = entity.good_at is None
    words = {"entity": entity.label}
    return Trouble(
        id=f"stale:{organization.external_id}:{entity.entity}",
        severity=Severity.WARNING,
        title=_("Never read") if is_new else _("Out of date"),
        message=(
            _("%(entity)s: they were never read without leaving something out.")
            if is_new
            else _("%(entity)s: for more than a day no good run has read what changed.")
        )
        % words,
        what_to_do=_("Start a run of it, and see that its schedule is set up (`manage.py setup_schedules`)."),
        since=entity.good_at,
        url=f"{reverse('api-runs')}?entity={entity.entity}",
    )


def _warehouses() -> Iterator[Trouble]:
    if warehouses_known() and not warehouses_sell():
        yield Trouble(
            id="no-selling-warehouse",
            severity=Severity.INFO,
            title=_("No warehouse sells"),
            message=_("No warehouse is marked as selling, so nothing counts as sellable."),
            what_to_do=_("Mark the warehouses that sell, in the admin under Warehouses."),
            url=reverse("api-warehouses"),
        )


SOURCES: tuple[Callable[[], Iterable[Trouble]], ...] = (
    _worker,
    _connections,
    _runs,
    _deliveries,
    _silences,
    _entities,
    _failures,
    _warehouses,
)
