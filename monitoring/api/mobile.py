"""/api/bff/tds/{dashboard,alerts,health}: whether all is well, each screen in one small answer."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.ages import age_text
from inventory.api.filters import refuse_strange_parameters
from inventory.api.screens import LIMIT, OlderView, read_limit, screen
from zoho_sync import status

from .. import health, outlook
from ..causes import look
from ..health import Health
from ..models import Alert
from ..overview import looked, open_alerts, worst_of
from ..troubles import Severity
from . import mobile_words
from .alerts import SEVERITIES
from .alerts import VIEW as VIEW_ALERT

VIEW = (
    "zoho_sync.view_syncrun",
    "zoho_sync.view_recorderror",
    "zoho_sync.view_webhookdelivery",
    "zoho_sync.view_oauthtoken",
)

RUNS_SHOWN = 5
_HEALTH_TEXTS = {
    Health.UNKNOWN: gettext_lazy("Not known yet"),
    Health.OK: gettext_lazy("All is well"),
    Health.DEGRADED: gettext_lazy("Something does not do its work"),
    Health.DOWN: gettext_lazy("Nobody can be served"),
}
_PROBE_TEXTS = {each.name: each.title for each in health.PROBES}


# --- Dashboard ---------------------------------------------------------------------------------------


class ShownAlert(serializers.Serializer):
    """One alert, as the app shows it; more is told by /api/v1/alerts/."""

    id = serializers.CharField()
    cause = serializers.CharField()
    severity = serializers.ChoiceField(choices=list(Severity))
    title = serializers.CharField()
    message = serializers.CharField(help_text="What is wrong.")
    what_to_do = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True, help_text="When the cause began, or was first seen.")
    count = serializers.IntegerField(help_text="Of what the message speaks of.")
    url = serializers.CharField(help_text="Where more is told; empty where nothing is.")
    severity_text = serializers.CharField()
    since_text = serializers.CharField()
    is_acknowledged = serializers.BooleanField()


class Answer(serializers.Serializer):
    """What one of the four questions is answered."""

    question = serializers.CharField()
    state = serializers.ChoiceField(choices=list(outlook.State))
    text = serializers.CharField(help_text="The answer in a sentence.")
    count = serializers.IntegerField(
        help_text="Of what the sentence speaks of: entities out of date, records, things that wait, calls left."
    )


class RunAtWork(serializers.Serializer):
    id = serializers.CharField()
    entity = serializers.CharField()
    entity_text = serializers.CharField()
    status = serializers.CharField()
    status_text = serializers.CharField()
    percent = serializers.IntegerField(allow_null=True, min_value=0, max_value=100)
    age_text = serializers.CharField(help_text="When it was asked for.")


class Dashboard(serializers.Serializer):
    state = serializers.ChoiceField(choices=list(outlook.State), help_text="The worst of the four.")
    fresh = Answer(help_text="Is it fresh?")
    right = Answer(help_text="Is it right?")
    waiting = Answer(help_text="Does anything wait for me?")
    calls = Answer(help_text="Can Zoho still be called?")
    runs = RunAtWork(many=True, help_text=f"At work now or waiting for a worker; the newest {RUNS_SHOWN}.")
    alerts_count = serializers.IntegerField()
    worst_alert = ShownAlert(allow_null=True)
    at = serializers.DateTimeField()


@screen(
    "mobile_dashboard",
    Dashboard,
    summary="Is it fresh, is it right, does anything wait for me, can Zoho still be called?",
    example=mobile_words.DASHBOARD,
)
class DashboardView(OlderView):
    permissions = {"get": (*VIEW, VIEW_ALERT)}

    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, ())
        facts, found = look()
        alerts = open_alerts()
        answers = outlook.answers(facts, found)
        return Response(
            {
                "state": outlook.worst_state(answers.values()),
                **{
                    name: {
                        "question": each.question,
                        "state": each.state,
                        "text": each.text,
                        "count": each.count,
                    }
                    for name, each in answers.items()
                },
                "runs": [_run(run) for run in status.active_runs(RUNS_SHOWN)],
                "alerts_count": alerts.count(),
                "worst_alert": _alert(alerts[0], request) if alerts[:1] else None,
                "at": timezone.now(),
            }
        )


def _run(run: Any) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "entity": run.entity,
        "entity_text": status.label_of(run.entity),
        "status": run.status,
        "status_text": run.get_status_display(),
        "percent": status.run_progress(run).percent,
        "age_text": age_text(run.created_at),
    }


# --- Alerts and health -------------------------------------------------------------------------------


class MobileAlerts(serializers.Serializer):
    worst = serializers.ChoiceField(choices=list(Severity), allow_null=True)
    count = serializers.IntegerField(help_text="All there are, shown or not.")
    alerts = ShownAlert(many=True, help_text="The worst first.")
    looked_at = serializers.DateTimeField(
        allow_null=True, help_text="When the rules were judged last; null: never yet."
    )
    is_watched = serializers.BooleanField(help_text="Whether that is at most two minutes ago.")


SEVERITY_TEXTS = {
    Severity.INFO: gettext_lazy("note"),
    Severity.WARNING: gettext_lazy("warning"),
    Severity.ERROR: gettext_lazy("error"),
    Severity.CRITICAL: gettext_lazy("urgent"),
}


@screen(
    "mobile_alerts",
    MobileAlerts,
    summary="What is wrong now",
    example=mobile_words.ALERTS,
    parameters=(LIMIT, SEVERITIES),
)
class MobileAlertsView(OlderView):
    permissions = {"get": (VIEW_ALERT,)}

    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {"limit", "severity"}, several={"severity"})
        limit, wanted = read_limit(request), request.query_params.getlist("severity")
        if any(each not in list(Severity) for each in wanted):
            sentence = _("One of %(names)s is expected.") % {"names": ", ".join(Severity)}
            raise ValidationError({"severity": [sentence]})
        found = open_alerts().filter(severity__in=wanted) if wanted else open_alerts()
        last = looked()
        return Response(
            {
                "worst": worst_of(found),
                "count": found.count(),
                "alerts": [_alert(each, request) for each in found[:limit]],
                "looked_at": last.at,
                "is_watched": last.is_lately,
            }
        )


def _alert(alert: Alert, request: Request) -> dict[str, Any]:
    since = alert.since or alert.first_seen_at
    return {
        "id": str(alert.pk),
        "cause": alert.fingerprint,
        "severity": alert.severity,
        "title": alert.title,
        "message": alert.message,
        "what_to_do": alert.what_to_do,
        "since": since,
        "count": alert.records_count,
        "url": request.build_absolute_uri(alert.url) if alert.url else "",
        "severity_text": str(SEVERITY_TEXTS[Severity(alert.severity)]),
        "since_text": age_text(since),
        "is_acknowledged": alert.acknowledged_at is not None,
    }


class Probe(serializers.Serializer):
    probe = serializers.CharField()
    probe_text = serializers.CharField()
    status = serializers.ChoiceField(choices=list(Health))
    status_text = serializers.CharField()
    message = serializers.CharField(help_text="Empty when all is well.")


class MobileHealth(serializers.Serializer):
    status = serializers.ChoiceField(choices=list(Health), help_text="The worst of the probes.")
    status_text = serializers.CharField()
    probes = Probe(many=True)
    at = serializers.DateTimeField()


@screen(
    "mobile_health",
    MobileHealth,
    summary="Is it alive, and fit for work?",
    example=mobile_words.HEALTH,
    more_responses={503: MobileHealth},
)
class MobileHealthView(OlderView):
    permissions = {"get": VIEW}

    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, ())
        findings = health.examine()
        sum_of_all = health.worst(findings)
        return Response(
            {
                "status": sum_of_all,
                "status_text": str(_HEALTH_TEXTS[sum_of_all]),
                "probes": [
                    {
                        "probe": each.probe,
                        "probe_text": str(_PROBE_TEXTS.get(each.probe, each.probe)),
                        "status": each.health,
                        "status_text": str(_HEALTH_TEXTS[each.health]),
                        "message": each.message,
                    }
                    for each in findings
                ],
                "at": timezone.now(),
            },
            status=503 if sum_of_all is Health.DOWN else 200,
        )
