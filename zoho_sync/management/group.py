"""The base of the commands that start several entities together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inventory.models import Organization

from .. import services
from ..models import SyncRun
from ..options import SyncMode, Trigger
from ..processors import registry
from .base import SyncCommand


class GroupCommand(SyncCommand):
    """Starts one run per entity, together; shows a bar each, and a table with sums.

    Takes no flags that would mean another thing for each entity.
    """

    takes_active_only = False
    takes_since = False

    def start(self, organization: Organization, options: dict[str, Any]) -> list[SyncRun]:
        return services.start_all(
            self.mode(options) or SyncMode.INCREMENTAL,
            trigger=Trigger.COMMAND,
            organization=organization,
            dry_run=options["dry_run"],
            batch_size=options["batch_size"],
            entities=self.busy_entities(options),
            anyway=options["anyway"],
        )

    def busy_entities(self, options: dict[str, Any]) -> Sequence[str]:
        return registry.together()
