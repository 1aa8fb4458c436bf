"""What is reckoned rather than seen: whether the day's calls will last, and how much of the mirror is right."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy

from zoho_sync import status
from zoho_sync.sentences import counted
from zoho_sync.sentences import sentence as _

from ..troubles import Severity, Trouble
from .catalogue import SLOW_SECONDS, Cause, Threshold
from .facts import Facts

FORECAST_SECONDS = 60
FEWEST_CHECKED = 10  # of fewer records no share can be told


def forecast(facts: Facts, threshold: float | None = None) -> Iterator[Trouble]:
    """Normal work has to stop before the day ends, going by what is planned and by the last days."""
    for organization in facts.organizations:
        if not facts.connections[organization.pk].works or not facts.budgets[organization.pk].left:
            continue  # nothing is called, or nothing is left: that is said already
        told = status.forecast(organization)
        if told.runs_out_at is None or told.runs_out_at >= told.day_ends_at:
            continue
        yield Trouble(
            id=f"forecast:{organization.external_id}",
            severity=Severity.WARNING,
            title=_("The day's calls will not last"),
            message=_(
                "%(used)s calls are used, and %(expected)s are expected by the end of the day; normal work has "
                "%(ceiling)s."
            )
            % {"used": told.used, "expected": told.expected_at_day_end, "ceiling": told.ceiling},
            what_to_do=_(
                "Start no full sync today, and see which schedule costs most; sync that one less often."
            ),
            count=max(0, told.expected_at_day_end - told.ceiling),
            organization=organization.external_id,
            url=reverse("api-connection"),
            page=reverse("admin:zoho_sync_oauthtoken_budget"),
        )


def drift(facts: Facts, threshold: float | None) -> Iterator[Trouble]:
    """threshold: percent of the records compared within a week. What is known to be equal again is over."""
    for organization in facts.organizations:
        for entity in status.truth(organization).entities:
            different = entity.checked - entity.equal
            if entity.checked < FEWEST_CHECKED or not entity.drifts:
                continue
            percent = 100 * different / entity.checked
            if threshold is None or percent <= threshold:
                continue
            text = counted(
                "%(entity)s: %(count)s record differs from Zoho. Of %(checked)s compared within a week, %(percent)s %% "
                "differed.",
                "%(entity)s: %(count)s records differ from Zoho. Of %(checked)s compared within a week, %(percent)s %% "
                "differed.",
                entity.drifts,
            )
            yield Trouble(
                id=f"drift:{organization.external_id}:{entity.entity}",
                severity=Severity.ERROR,
                title=_("The mirror differs from Zoho"),
                message=text
                % {
                    "entity": status.label_of(entity.entity),
                    "count": entity.drifts,
                    "checked": entity.checked,
                    "percent": f"{percent:.1f}",
                },
                what_to_do=_(
                    "Refresh the records that differ. If there are many, start a full sync of them."
                ),
                count=entity.drifts,
                organization=organization.external_id,
                entity=entity.entity,
                page=reverse("admin:zoho_sync_truthcheck_changelist"),
            )


CAUSES = (
    Cause(
        "forecast",
        gettext_lazy("The day's calls will not last"),
        gettext_lazy(
            "Going by what is planned and by the last days, normal work has to stop before the day ends."
        ),
        forecast,
        FORECAST_SECONDS,
    ),
    Cause(
        "drift",
        gettext_lazy("The mirror differs from Zoho"),
        gettext_lazy("Of the records drawn at random and compared with Zoho, too many were not equal."),
        drift,
        SLOW_SECONDS,
        Threshold(2, 0, 100, gettext_lazy("percent of the records compared within a week")),
    ),
)
