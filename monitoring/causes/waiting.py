"""What waits for a person: runs, records, webhook deliveries, and subjects that have fallen silent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import counted
from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import Cause
from .facts import Facts

INBOX_PAGE = "admin:zoho_sync_webhookdelivery_changelist"


def quarantined(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for waiting in facts.waiting_runs:
        if waiting.state == "quarantined":
            yield _run(
                waiting,
                Severity.ERROR,
                _("A run waits for a decision"),
                _(
                    "%(entity)s: more records are missing than can be believed, so nothing was removed (run %(id)s)."
                ),
                _("Look at the source: if they are truly gone, approve the run; if not, reject it."),
            )


def paused(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for waiting in facts.waiting_runs:
        if waiting.state == "paused":
            yield _run(
                waiting,
                Severity.INFO,
                _("A run rests"),
                _("%(entity)s: run %(id)s was paused by somebody."),
                _("Resume it, or cancel it."),
            )


def _run(waiting, severity: Severity, title, message, what_to_do) -> Trouble:
    return Trouble(
        id=f"{waiting.state}:{waiting.organization}:{waiting.entity}",
        severity=severity,
        title=title,
        message=message % {"entity": waiting.label, "id": waiting.last_run_id},
        what_to_do=what_to_do,
        since=waiting.since,
        count=waiting.count,
        organization=waiting.organization,
        entity=waiting.entity,
        url=reverse("api-runs-one", args=[waiting.last_run_id]),
        page=reverse("admin:zoho_sync_syncrun_change", args=[waiting.last_run_id]),
    )


def failures(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    several = len(facts.organizations) > 1
    for waiting in facts.waiting_failures:
        text = counted(
            "%(entity)s: %(count)s record could not be taken.",
            "%(entity)s: %(count)s records could not be taken.",
            waiting.count,
        )
        asked = {"entity": waiting.entity, "status": "waiting"}
        asked |= {"organization": waiting.organization} if several else {}
        shown = {"entity": waiting.entity, "status__exact": "waiting"}
        yield Trouble(
            id=f"failures:{waiting.organization}:{waiting.entity}",
            severity=Severity.WARNING,
            title=_("Records wait for somebody"),
            message=text % {"entity": waiting.label, "count": waiting.count},
            what_to_do=_("Read their reasons, mend them in Zoho, and retry them."),
            since=waiting.since,
            count=waiting.count,
            organization=waiting.organization,
            entity=waiting.entity,
            url=f"{reverse('api-failures')}?{urlencode(asked)}",
            page=f"{reverse('admin:zoho_sync_recorderror_changelist')}?{urlencode(shown)}",
        )


def dead_letters(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    count = facts.inbox.dead
    if count:
        text = counted(
            "%(count)s webhook delivery could not be applied and is tried no more.",
            "%(count)s webhook deliveries could not be applied and are tried no more.",
            count,
        )
        yield Trouble(
            id="dead-letters",
            severity=Severity.ERROR,
            title=_("Dead letters"),
            message=text % {"count": count},
            what_to_do=_("See why, mend it, then replay them."),
            count=count,
            url=f"{reverse('api-deliveries')}?status=dead",
            page=f"{reverse(INBOX_PAGE)}?status__exact=dead",
        )


def late_deliveries(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    inbox = facts.inbox
    if inbox.late_since is not None:
        text = counted(
            "%(count)s webhook delivery should have been applied long ago.",
            "%(count)s webhook deliveries should have been applied long ago.",
            inbox.late,
        ) % {"count": inbox.late}
        yield Trouble(
            id="late-deliveries",
            severity=Severity.ERROR,
            title=_("Webhooks are not applied"),
            message=_("%(what)s %(reason)s") % {"what": text, "reason": inbox.reason}
            if inbox.reason
            else text,
            what_to_do=_("Mend what keeps them waiting; they are applied by themselves then."),
            since=inbox.late_since,
            count=inbox.late,
            url=f"{reverse('api-deliveries')}?status=received&status=failed",
            page=f"{reverse(INBOX_PAGE)}?status__exact=failed",
        )


def silent(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for each in facts.silent_subjects:
        yield Trouble(
            id=f"silent:{each.organization}:{each.subject}",
            severity=Severity.ERROR,
            title=_("Webhooks have fallen silent"),
            message=_("No webhook comes any more about: %(subjects)s.") % {"subjects": each.label},
            what_to_do=_("See in Zoho whether the webhook is still set up and switched on."),
            since=each.since,
            organization=each.organization,
            url=f"{reverse('api-deliveries')}?subject={each.subject}",
            page=reverse("admin:zoho_sync_webhookdelivery_coverage"),
        )


CAUSES = (
    Cause(
        "quarantined",
        gettext_lazy("A run waits for a decision"),
        gettext_lazy("More records were missing than can be believed, so nothing was removed."),
        quarantined,
    ),
    Cause(
        "paused",
        gettext_lazy("A run rests"),
        gettext_lazy("Somebody has paused a run, and only a person lets it go on."),
        paused,
    ),
    Cause(
        "dead-letters",
        gettext_lazy("Dead letters"),
        gettext_lazy("Webhook deliveries that could not be applied and are tried no more."),
        dead_letters,
    ),
    Cause(
        "late-deliveries",
        gettext_lazy("Webhooks are not applied"),
        gettext_lazy("Webhook deliveries that should have been applied long ago."),
        late_deliveries,
    ),
    Cause(
        "silent",
        gettext_lazy("Webhooks have fallen silent"),
        gettext_lazy("One is expected, and none has come for longer than is allowed."),
        silent,
    ),
    Cause(
        "failures",
        gettext_lazy("Records wait for somebody"),
        gettext_lazy("Records that could not be taken, each with its reason."),
        failures,
    ),
)
