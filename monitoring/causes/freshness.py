"""Is what is mirrored fresh, and does a warehouse sell?"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import Cause
from .facts import Facts


def failed(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for organization in facts.organizations:
        for entity in facts.freshness[organization.pk]:
            last = entity.last_run
            if last is not None and last.status == "failed":
                yield Trouble(
                    id=f"failed:{organization.external_id}:{entity.entity}",
                    severity=Severity.ERROR,
                    title=_("The last run failed"),
                    message=_("%(entity)s: %(what)s") % {"entity": entity.label, "what": last.message},
                    what_to_do=_("Put right what it names, then resume the run."),
                    since=last.finished_at,
                    organization=organization.external_id,
                    entity=entity.entity,
                    url=reverse("api-runs-one", args=[last.pk]),
                    page=reverse("admin:zoho_sync_syncrun_change", args=[last.pk]),
                )


def stale(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    for organization in facts.organizations:
        for entity in facts.freshness[organization.pk]:
            if entity.is_stale and entity.active_run is None:
                is_new = entity.good_at is None
                message = _("%(entity)s: for more than a day no good run has read what changed.")
                if is_new:
                    message = _("%(entity)s: they were never read without leaving something out.")
                yield Trouble(
                    id=f"stale:{organization.external_id}:{entity.entity}",
                    severity=Severity.WARNING,
                    title=_("Never read") if is_new else _("Out of date"),
                    message=message % {"entity": entity.label},
                    what_to_do=_(
                        "Start a run of it, and see that its schedule is set up (`manage.py setup_schedules`)."
                    ),
                    since=entity.good_at,
                    organization=organization.external_id,
                    entity=entity.entity,
                    url=f"{reverse('api-runs')}?entity={entity.entity}",
                    page=f"{reverse('admin:zoho_sync_syncrun_changelist')}?entity={entity.entity}",
                )


def no_selling_warehouse(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    if facts.nothing_sells:
        yield Trouble(
            id="no-selling-warehouse",
            severity=Severity.INFO,
            title=_("No warehouse sells"),
            message=_("No warehouse is marked as selling, so nothing counts as sellable."),
            what_to_do=_("Mark the warehouses that sell, in the admin under Warehouses."),
            url=reverse("api-warehouses"),
            page=reverse("admin:inventory_warehouse_changelist"),
        )


CAUSES = (
    Cause(
        "failed",
        gettext_lazy("The last run failed"),
        gettext_lazy("An entity's last run ended with an error."),
        failed,
    ),
    Cause(
        "stale",
        gettext_lazy("Out of date"),
        gettext_lazy("For more than a day no good run has read what changed."),
        stale,
    ),
    Cause(
        "no-selling-warehouse",
        gettext_lazy("No warehouse sells"),
        gettext_lazy("No warehouse is marked as selling, so nothing counts as sellable."),
        no_selling_warehouse,
    ),
)
