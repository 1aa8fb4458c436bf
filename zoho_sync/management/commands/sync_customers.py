from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync import services
from zoho_sync.errors import RunInProgress
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode, SyncOptions, Trigger

from ..base import SyncCommand
from ..plain import WrongUsage


class Command(SyncCommand):
    help = gettext_lazy(
        "Mirror Zoho's contacts of type customer. The price list, addresses and limits of each lie in its detail, "
        "one call each; they are read in the background."
    )
    entity = "customers"
    details = "customer_details"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_items(parser)
        parser.add_argument(
            "--with-details",
            action="store_true",
            help=_("Wait until the details are in too: one call for each customer that has changed."),
        )

    def refuse_nonsense(self, options: dict[str, Any]) -> None:
        super().refuse_nonsense(options)
        for other in ("no_wait", "dry_run"):
            if options["with_details"] and options[other]:
                raise WrongUsage(
                    _("--with-details and %(other)s exclude each other.")
                    % {"other": "--" + other.replace("_", "-")}
                )

    def after(self, runs: list[SyncRun], options: dict[str, Any]) -> list[SyncRun]:
        if not options["with_details"]:
            return super().after(runs, options)
        if any(run.status not in (SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL) for run in runs):
            return []
        background = self.follow_ups(runs) or [self._start_details(runs[0], options["anyway"])]
        followed, self.was_left = self.follow(background, options)
        return followed

    def _start_details(self, run: SyncRun, anyway: bool) -> SyncRun:
        wanted = SyncOptions(entity=self.details, mode=SyncMode.INCREMENTAL)
        try:
            return services.start_run(
                wanted, trigger=Trigger.COMMAND, organization=run.organization, anyway=anyway
            )
        except RunInProgress as error:  # the worker was quicker
            if error.run_id is None:
                raise
            return SyncRun.objects.get(pk=error.run_id)
