from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Organization, StockLevel
from inventory.stock_summary import StockSummary, stock_summary
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode

from .. import summaries, usage
from ..base import SyncCommand
from ..plain import Failed, WrongUsage

DEFAULT_THRESHOLD = 10
_SELECTORS = ("mode", "items", "low_stock", "summary")
_OF_A_RUN = (
    "modified_since",
    "active_only",
    "with_stock_only",
    "update_prices",
    "dry_run",
    "no_wait",
    "inline",
    "attach",
)


class Command(SyncCommand):
    help = gettext_lazy(
        "Mirror the stock of every product in every warehouse. --mode, --items or --low-stock choose what is read; "
        "--summary tells what is mirrored, alone or after a run."
    )
    entity = "stock"
    default_mode = None
    active_only_default = True

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_items(parser)
        parser.add_argument(
            "--low-stock", action="store_true", help=_("Only products of which there is little to sell.")
        )
        parser.add_argument(
            "--threshold",
            type=int,
            metavar="N",
            help=_("With --low-stock: that many or fewer are little (default %(n)s).")
            % {"n": DEFAULT_THRESHOLD},
        )
        parser.add_argument(
            "--warehouse",
            action="append",
            default=[],
            metavar="ID",
            help=_("Only this warehouse; may be repeated."),
        )
        parser.add_argument(
            "--summary",
            action="store_true",
            help=_("Per warehouse: items, stock, quantity, value, and their age."),
        )
        parser.add_argument(
            "--with-stock-only", action="store_true", help=_("Leave products without stock out.")
        )
        parser.add_argument(
            "--update-prices",
            action="store_true",
            help=_("Take the products' own prices from the same answers."),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not any(options[name] for name in _SELECTORS):
            self._explain()
        if any(options[name] for name in _SELECTORS if name != "summary"):
            super().handle(*args, **options)
        else:
            self.refuse_nonsense(options)
            self._show_mirrored(options)

    def _explain(self) -> None:
        self.answer({"error": _("Nothing was chosen: --mode, --items, --low-stock or --summary.")})
        help_stream = self.stderr if self._wants_json else self.stdout
        help_stream.write(self.create_parser("manage.py", "sync_stock").format_help(), lambda text: text)
        sys.exit(1)

    def refuse_nonsense(self, options: dict[str, Any]) -> None:
        super().refuse_nonsense(options)
        if options["items"] and options["low_stock"]:
            raise WrongUsage(_("--items and --low-stock exclude each other."))
        if options["summary"] and options["no_wait"]:
            raise WrongUsage(_("--summary after a run has to wait for it; leave --no-wait out."))
        if options["threshold"] is not None:
            usage.threshold(options["threshold"])
            if not options["low_stock"]:
                raise WrongUsage(_("--threshold goes with --low-stock, and only there."))
        if not any(options[name] for name in _SELECTORS if name != "summary"):
            for name in _OF_A_RUN:
                if options[name]:
                    raise WrongUsage(
                        _("--%(flag)s belongs to a run, and --summary alone starts none.")
                        % {"flag": name.replace("_", "-")}
                    )

    def mode(self, options: dict[str, Any]) -> SyncMode | None:
        # Alone, --low-stock means all that are low: an incremental run would read those that moved.
        return super().mode(options) or (SyncMode.FULL if options["low_stock"] else None)

    def more_options(self, organization: Organization, options: dict[str, Any]) -> dict[str, Any]:
        wanted = options["warehouse"]
        return {
            "low_stock": options["low_stock"],
            "threshold": DEFAULT_THRESHOLD if options["threshold"] is None else options["threshold"],
            "warehouses": usage.warehouses(organization, wanted) if wanted else (),
            "with_stock_only": options["with_stock_only"],
            "update_prices": options["update_prices"],
        }

    # --- The summary ---------------------------------------------------------------------------------

    def more_facts(self, runs: Sequence[SyncRun]) -> dict[str, Any]:
        if not self._options["summary"]:
            return {}
        summary = self._summary(runs[0].organization, self._options["warehouse"])
        self._show([summary])
        return {"summary": summaries.facts(summary)}

    def _show_mirrored(self, options: dict[str, Any]) -> None:
        """What is here, without asking Zoho: it needs no connection."""
        if options["organization"]:
            organizations = list(Organization.objects.filter(external_id=options["organization"]))
            if not organizations:
                raise WrongUsage(_("There is no organisation %(id)s here.") % {"id": options["organization"]})
        else:
            organizations = list(Organization.objects.all())
        known = [
            each for each in organizations if StockLevel.objects.live().filter(organization=each).exists()
        ]
        if not known:
            raise Failed(_("No stock is mirrored yet. Run `manage.py sync_stock --mode full` first."))
        found = [self._summary(each, options["warehouse"]) for each in known]
        self.answer(
            {"summary": summaries.facts(found[0])}
            if len(found) == 1
            else {"summaries": [*map(summaries.facts, found)]}
        )
        self._show(found)

    def _summary(self, organization: Organization, wanted: list[str]) -> StockSummary:
        return stock_summary(organization, usage.warehouses(organization, wanted) if wanted else ())

    def _show(self, found: list[StockSummary]) -> None:
        for each in found:
            self.screen.print(summaries.table(each, self.screen))
            for line in summaries.notes(each):
                self.screen.say(line)
