from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync import services
from zoho_sync.errors import RunStateError
from zoho_sync.models import PlannedChange, SyncRun
from zoho_sync.options import Trigger
from zoho_sync.processors import registry

from ..base import SyncCommand
from ..plain import Failed, WrongUsage, printable

_SHOWN = {0: 0, 1: 10}  # refused rows, by verbosity; more of it shows a hundred


class Command(SyncCommand):
    help = gettext_lazy(
        "Write exactly what dry runs have planned, without asking Zoho again. A row that has changed since is refused "
        "and shown; exit code 1 then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "runs",
            nargs="+",
            type=int,
            metavar="RUN",
            help=_("Numbers of dry runs; those of a group go in order."),
        )
        parser.add_argument(
            "--no-wait", action="store_true", help=_("Start the run, print its number, and leave.")
        )
        parser.add_argument(
            "--inline", action="store_true", help=_("Do the work in this process, without a worker.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["no_wait"] and options["inline"]:
            raise WrongUsage(
                _("%(one)s and %(other)s exclude each other.") % {"one": "--no-wait", "other": "--inline"}
            )
        plans = self._plans(options["runs"])
        if options["no_wait"]:
            if len(plans) > 1:
                raise WrongUsage(_("Several plans are applied one after the other; leave --no-wait out."))
            self._leave_at_once([services.apply_plan(plans[0], trigger=Trigger.COMMAND)])
            return
        done: list[SyncRun] = []
        for plan in plans:
            done += self._apply(plan, options)
            if self.was_left:
                break
        self._show_refused(done)
        self.finish(done, was_left=self.was_left)

    def _plans(self, numbers: Sequence[int]) -> list[SyncRun]:
        """In the order in which one builds upon the other. Raises WrongUsage for a number that no run has."""
        found = SyncRun.objects.select_related("organization").in_bulk(numbers)
        if missing := [number for number in numbers if number not in found]:
            raise WrongUsage(_("There is no run %(id)s.") % {"id": missing[0]})
        order = registry.names()
        return sorted(found.values(), key=lambda run: (order.index(run.entity), run.pk))

    def _apply(self, plan: SyncRun, options: dict[str, Any]) -> list[SyncRun]:
        if len(options["runs"]) > 1 and services.plan_of(plan).total == 0:
            self._say(_("Run %(id)s has planned nothing.") % {"id": plan.pk})
            return []
        try:
            run = services.apply_plan(plan, trigger=Trigger.COMMAND)
        except RunStateError as error:
            raise Failed(str(error)) from error
        done, self.was_left = self.follow([run], options)
        return done

    def _show_refused(self, runs: Sequence[SyncRun]) -> None:
        limit = _SHOWN.get(self._options["verbosity"], 100)
        rows = PlannedChange.objects.filter(applied_by__in=runs, state=PlannedChange.State.REFUSED)
        for row in rows.defer("raw").order_by("pk")[:limit]:
            told = {"record": row.label or row.external_id, "id": row.external_id, "reason": row.reason}
            self.screen.say(printable(_("%(record)s (%(id)s) was refused: %(reason)s") % told), "yellow")
