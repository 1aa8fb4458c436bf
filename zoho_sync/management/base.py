"""The base of the commands that start runs: `manage.py sync_…`."""

from __future__ import annotations

import sys
from argparse import BooleanOptionalAction
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _

from inventory.models import Organization

from .. import connections, groups, services, status
from ..errors import RunInProgress
from ..models import SyncRun
from ..options import MAX_BATCH, PICTURES, SyncMode, SyncOptions, Trigger
from ..processors import registry
from . import usage
from .display import view_for
from .figures import all_facts, label, plan_tables, reasons, table, verdict
from .follow import Follower, cancel_or_leave
from .plain import Failed, PlainCommand, WrongUsage

Status = SyncRun.Status


class SyncCommand(PlainCommand):
    """Starts runs, follows them, and ends with their figures.

    entity: what is synced. takes_active_only, takes_since: whether the flags of these names exist.
    Exit code 0 when every row is in, 1 when not, 2 for wrong usage.
    """

    entity = ""
    default_mode: SyncMode | None = SyncMode.INCREMENTAL
    takes_active_only = True
    takes_since = True
    active_only_default = False
    was_left = False

    def add_arguments(self, parser: CommandParser) -> None:
        modes = [SyncMode.FULL.value, SyncMode.INCREMENTAL.value]
        default = (
            _("default %(mode)s") % {"mode": self.default_mode.value}
            if self.default_mode
            else _("no default")
        )
        parser.add_argument(
            "--mode",
            choices=modes,
            help=_(
                "full: everything, then tombstones; incremental: what changed since the last good run (%(default)s)."
            )
            % {"default": default},
        )
        if self.takes_since:
            parser.add_argument(
                "--modified-since",
                metavar="TIME",
                help=_(
                    "Incremental only: what changed since this time, ISO 8601, instead of since the last good run."
                ),
            )
        parser.add_argument(
            "--batch-size",
            type=int,
            default=MAX_BATCH,
            metavar="N",
            help=_("Rows per page and ids per call, 10 to 200 (default 200)."),
        )
        if self.takes_active_only:
            self._add_active_only(parser)
        parser.add_argument("--dry-run", action="store_true", help=_("Show the plan; write nothing of it."))
        parser.add_argument(
            "--organization", metavar="ID", help=_("Zoho's id of the organisation, when there are several.")
        )
        parser.add_argument(
            "--no-wait", action="store_true", help=_("Start the run, print its number, and leave.")
        )
        parser.add_argument(
            "--anyway",
            action="store_true",
            help=_("Start although too few of the day's calls are left; the run rests when they are spent."),
        )
        parser.add_argument(
            "--inline", action="store_true", help=_("Do the work in this process, without a worker.")
        )
        parser.add_argument(
            "--attach",
            action="store_true",
            help=_(
                "If a run has not ended yet, follow that one (and resume it when it is paused) instead of failing."
            ),
        )

    def _add_active_only(self, parser: CommandParser) -> None:
        word = _("yes") if self.active_only_default else _("no")
        parser.add_argument(
            "--active-only",
            action=BooleanOptionalAction,
            help=_(
                "Leave inactive records out (default: %(word)s). A run that sees a part draws no tombstones."
            )
            % {"word": word},
        )

    def add_items(self, parser: CommandParser) -> None:
        """For commands whose records can be asked for one by one."""
        parser.add_argument(
            "--items",
            action="append",
            metavar="ID,ID",
            help=_("Read exactly these again: Zoho's ids, separated by commas."),
        )

    # --- The course of every command -----------------------------------------------------------------

    def handle(self, *args: Any, **options: Any) -> None:
        self.refuse_nonsense(options)
        organization = connections.organization_for(options["organization"] or None)
        runs = self._started_or_attached(organization, options)
        if options["no_wait"]:
            self._leave_at_once(runs)
            return
        runs, self.was_left = self.follow(runs, options)
        if not self.was_left:
            runs += self.after(runs, options)
        self.finish(runs, was_left=self.was_left)

    def refuse_nonsense(self, options: dict[str, Any]) -> None:
        """Refuse combinations that have no meaning. Raises WrongUsage."""
        usage.batch_size(options["batch_size"])
        for one, other in (("no_wait", "inline"), ("attach", "dry_run")):
            if options[one] and options[other]:
                raise WrongUsage(
                    _("%(one)s and %(other)s exclude each other.")
                    % {"one": _flag(one), "other": _flag(other)}
                )
        if options.get("modified_since") and self.mode(options) is not SyncMode.INCREMENTAL:
            raise WrongUsage(_("--modified-since goes with --mode incremental, and only there."))
        if options.get("items"):
            usage.identifiers("--items", options["items"])
            for name in ("mode", "modified_since", "active_only", "with_stock_only"):
                if options.get(name):
                    raise WrongUsage(
                        _("--items reads exactly these records; leave %(flag)s out.") % {"flag": _flag(name)}
                    )

    def mode(self, options: dict[str, Any]) -> SyncMode | None:
        return SyncMode(options["mode"]) if options["mode"] else self.default_mode

    def start(self, organization: Organization, options: dict[str, Any]) -> list[SyncRun]:
        """The runs that do what was asked. Raises RunInProgress."""
        wanted = self.sync_options(self.entity, organization, options)
        return [
            services.start_run(
                wanted, trigger=Trigger.COMMAND, organization=organization, anyway=options["anyway"]
            )
        ]

    def sync_options(self, entity: str, organization: Organization, options: dict[str, Any]) -> SyncOptions:
        since, items, active_only = (
            options.get("modified_since"),
            options.get("items"),
            options.get("active_only"),
        )
        values = {
            "entity": entity,
            "mode": SyncMode.REALTIME if items else self.mode(options),
            "ids": usage.identifiers("--items", items) if items else (),
            "since": usage.moment("--modified-since", since) if since else None,
            "batch_size": options["batch_size"],
            "active_only": self.active_only_default and not items if active_only is None else active_only,
            "dry_run": options["dry_run"],
        }
        try:
            return SyncOptions(**values | self.more_options(organization, options))
        except ValueError as error:
            raise WrongUsage(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error

    def more_options(self, organization: Organization, options: dict[str, Any]) -> dict[str, Any]:
        """What a command's own flags add to the run's options. Raises WrongUsage."""
        return {}

    def more_facts(self, runs: Sequence[SyncRun]) -> dict[str, Any]:
        """What a command's own flags add to the JSON object."""
        return {}

    def busy_entities(self, options: dict[str, Any]) -> Sequence[str]:
        """Whose unfinished runs --attach follows."""
        return [self.entity]

    def after(self, runs: list[SyncRun], options: dict[str, Any]) -> list[SyncRun]:
        """Further runs that belong to the answer; by default only a word on those in the background."""
        for run in self.follow_ups(runs):
            what = {"entity": label(run.entity), "id": run.pk}
            if status.worker_alive():
                self._say(
                    _("%(entity)s are being read in the background by run %(id)s; they fill in one by one.")
                    % what
                )
            else:
                self._say(_("%(entity)s wait for a worker (run %(id)s); none is running.") % what)
        return []

    def follow_ups(self, runs: Sequence[SyncRun]) -> list[SyncRun]:
        """The unfinished background runs that read what the given runs' listings did not tell."""
        found: list[SyncRun] = []
        for run in runs:
            name = PICTURES if run.sync_options.sync_images else registry.get(run.entity).follow_up
            if name and not run.is_dry:
                found += SyncRun.objects.filter(
                    organization=run.organization_id, entity=name, status__in=SyncRun.ACTIVE
                ).exclude(mode=SyncMode.REALTIME)
        return found

    # --- Steps ---------------------------------------------------------------------------------------

    def _started_or_attached(self, organization: Organization, options: dict[str, Any]) -> list[SyncRun]:
        while True:
            try:
                return self.start(organization, options)
            except RunInProgress as error:
                if not options["attach"]:
                    self.answer({"error": str(_busy(error)), "run": error.run_id})
                    raise _busy(error) from error
            if runs := self._unfinished(organization, self.busy_entities(options)):
                return [self._attach(run) for run in runs]

    def _unfinished(self, organization: Organization, entities: Sequence[str]) -> list[SyncRun]:
        """Their runs, and those of the same group that they wait for, in an order that fits."""
        runs = SyncRun.objects.filter(
            organization=organization, entity__in=entities, status__in=SyncRun.ACTIVE
        )
        found = {run.pk: run for run in runs.exclude(mode=SyncMode.REALTIME)}
        for run in list(found.values()):
            found |= {other.pk: other for other in groups.waits_for(run)}
        order = registry.names()
        return sorted(found.values(), key=lambda run: order.index(run.entity))

    def _attach(self, run: SyncRun) -> SyncRun:
        if run.status == Status.PAUSED and run.paused_until is None:
            self._say(_("Run %(id)s was paused; it goes on.") % {"id": run.pk})
            return services.resume_run(run)
        self._say(
            _("Run %(id)s of %(entity)s (%(mode)s) has not ended yet; following that one.")
            % {"id": run.pk, "entity": label(run.entity), "mode": run.get_mode_display()}
        )
        return run

    def _leave_at_once(self, runs: list[SyncRun]) -> None:
        self.answer(all_facts(runs))
        for run in runs:
            self.screen.say(
                _("Run %(id)s: %(entity)s, %(state)s.")
                % {"id": run.pk, "entity": label(run.entity), "state": run.get_status_display()}
            )
        if not status.worker_alive():
            self._say(_("No worker is running; it waits until one starts."))

    def follow(self, runs: Sequence[SyncRun], options: dict[str, Any]) -> tuple[list[SyncRun], bool]:
        """Watch, or do, the work until it is settled; the runs as they are then, and whether Ctrl-C left them."""
        can_ask = self.screen.is_terminal and sys.stdin is not None and sys.stdin.isatty()
        view = view_for(self.screen, is_quiet=self.is_quiet)
        ask = partial(cancel_or_leave, self.screen) if can_ask else None
        follower = Follower(runs, view, say=self._say, ask=ask, here=options["inline"])
        follower.follow()
        return follower.runs, follower.was_left

    def finish(self, runs: Sequence[SyncRun], *, was_left: bool = False) -> None:
        """Figures, reasons and what to do next. Raises Failed unless every row is in."""
        verbosity = self._options["verbosity"]
        self.answer(all_facts(runs) | self.more_facts(runs))
        for run in runs:
            if run.is_dry and run.is_ended:
                for each in plan_tables(run, verbosity):
                    self.screen.print(each)
        if not was_left:
            self.screen.print(table(runs))
            for line in reasons(runs, verbosity):
                self.screen.say(line)
        is_good = all(run.status == Status.SUCCEEDED for run in runs)
        good = [run for run in runs if run.status == Status.SUCCEEDED]
        if is_good or len(runs) > 1:
            for run in good:
                self.screen.say(verdict(run), "green")
        if not is_good:
            raise Failed("\n".join(verdict(run) for run in runs if run.status != Status.SUCCEEDED))

    def _say(self, sentence: str) -> None:
        if not self.is_quiet:
            self.screen.say(sentence, "yellow")


def _busy(error: RunInProgress) -> Failed:
    what = {"id": error.run_id or "?", "entity": label(error.entity)}
    return Failed(
        _("Run %(id)s of %(entity)s has not ended yet. Follow it with --attach, or cancel it in the admin.")
        % what
    )


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
