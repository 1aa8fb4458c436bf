"""How far the way to a connection is gone: read from the rows each time, so that every browser sees the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.models import Schedule

from inventory.models import Organization, Warehouse

from ... import connecting, connections
from ...connection_checks import CHECKS, trials, verdicts
from ...models import ConnectionCheck, ConnectionDraft, OAuthToken, SyncRun, WebhookSecret
from ...schedules import START

SECRETS = ("client_secret", "refresh_token", "access_token")
DONE, ATTENTION, OPEN = "done", "attention", "open"


@dataclass(frozen=True)
class Step:
    name: str
    label: Any

    @property
    def slug(self) -> str:
        return self.name.replace("_", "-")

    @property
    def url(self) -> str:
        return reverse(f"admin:zoho_sync_oauthtoken_connect_{self.name}")


STEPS = (
    Step("data_center", _("Data centre")),
    Step("client", _("Client")),
    Step("consent", _("Consent")),
    Step("organization", _("Organisation")),
    Step("test", _("Test calls")),
    Step("filters", _("Filters")),
    Step("warehouses", _("Warehouses")),
    Step("webhook", _("Webhook secret")),
    Step("dry_run", _("Dry run")),
    Step("schedule", _("Schedule")),
)
NAMES = tuple(step.name for step in STEPS)


@dataclass
class Standing:
    """What is true now. draft: a connection in the making. token: the one that is stored, if any; without secrets."""

    draft: ConnectionDraft | None = field(default_factory=connecting.current)
    is_environment: bool = field(default_factory=connections.environment_rules)

    @cached_property
    def token(self) -> OAuthToken | None:
        rows = OAuthToken.objects.exclude(refresh_token="").defer(*SECRETS).select_related("organization")
        if self.is_environment:
            rows = rows.filter(organization__external_id=settings.ZOHO["ORGANIZATION_ID"])
        return rows.order_by("pk").first()

    @cached_property
    def organization(self) -> Organization | None:
        """The one that the later steps are about."""
        if self.token is not None:
            return self.token.organization
        if self.is_environment:
            return Organization.objects.filter(external_id=settings.ZOHO["ORGANIZATION_ID"]).first()
        return None

    @property
    def version(self) -> int:
        return connecting.version_of(self.draft)

    @cached_property
    def region(self) -> str:
        if self.is_environment:
            return settings.ZOHO["REGION"]
        return self.draft.region if self.draft else self.token.region if self.token else ""

    @cached_property
    def client_id(self) -> str:
        if own := connecting.environment_client()[0]:
            return own
        return self.draft.client_id if self.draft else self.token.client_id if self.token else ""

    @cached_property
    def checks(self) -> dict[str, ConnectionCheck]:
        rows = ConnectionCheck.objects.filter(organization=self.organization) if self.organization else ()
        return {row.name: row for row in rows}

    @cached_property
    def verdicts(self) -> dict:
        return verdicts(self.organization) if self.organization else {}

    @cached_property
    def warehouses(self) -> list[Warehouse]:
        if self.organization is None:
            return []
        rows = Warehouse.objects.live().filter(organization=self.organization)
        return list(rows.defer("payload").order_by("name", "pk")[:200])

    @cached_property
    def secrets_count(self) -> int:
        accepted = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return WebhookSecret.objects.filter(accepted, organization=self.organization).count()

    @cached_property
    def dry_runs(self) -> list[SyncRun]:
        """The last dry runs, newest first."""
        if self.organization is None:
            return []
        rows = SyncRun.objects.filter(organization=self.organization, is_dry=True).defer("cursor")
        return list(rows.order_by("-pk")[:12])

    @cached_property
    def plans(self) -> list[SyncRun]:
        """The last dry run of everything, as far as it was started together; oldest first."""
        newest = self.dry_runs[0] if self.dry_runs else None
        if newest is None:
            return []
        together = [run for run in self.dry_runs if newest.group and run.group == newest.group]
        return sorted(together or [newest], key=lambda run: run.pk)

    @cached_property
    def schedules(self) -> list[Schedule]:
        return list(Schedule.objects.filter(func=START))

    # -- each step -----------------------------------------------------------------------------------

    @cached_property
    def states(self) -> dict[str, str]:
        return {name: getattr(self, f"_{name}")() for name in NAMES}

    @property
    def next_step(self) -> Step | None:
        """The first one that is not done; None when all are."""
        return next((step for step in STEPS if self.states[step.name] != DONE), None)

    def _data_center(self) -> str:
        return DONE if self.region else OPEN

    def _client(self) -> str:
        return DONE if self.client_id else OPEN

    def _consent(self) -> str:
        if self.is_environment:
            return ATTENTION if self._is_refused() else DONE
        if self.draft:
            return DONE if self.draft.consented_at else OPEN
        if self.token is None:
            return OPEN
        return ATTENTION if self._is_refused() else DONE

    def _is_refused(self) -> bool:
        return self.token is not None and self.token.state == OAuthToken.State.REFUSED

    def _organization(self) -> str:
        return DONE if self.is_environment or (self.token and not self.draft) else OPEN

    def _test(self) -> str:
        if any(row.verdict in ("bad", "later") for row in self.checks.values()):
            return ATTENTION
        return DONE if {check.name for check in CHECKS} <= set(self.checks) else OPEN

    def _filters(self) -> str:
        tried = {(each.resource, each.name) for each in trials()}
        return DONE if tried & set(self.verdicts) else OPEN

    def _warehouses(self) -> str:
        return DONE if any(each.sells for each in self.warehouses) else OPEN

    def _webhook(self) -> str:
        return DONE if self.secrets_count or settings.WEBHOOKS["SECRET"] else OPEN

    def _dry_run(self) -> str:
        good = (SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL)
        if any(run.status in good for run in self.dry_runs):
            return DONE
        return ATTENTION if any(run.status == SyncRun.Status.FAILED for run in self.dry_runs) else OPEN

    def _schedule(self) -> str:
        return DONE if any(each.repeats != 0 for each in self.schedules) else OPEN
