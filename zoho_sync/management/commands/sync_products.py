from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..base import SyncCommand
from ..plain import WrongUsage


class Command(SyncCommand):
    help = gettext_lazy("Mirror Zoho's items as products.")
    entity = "products"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_items(parser)
        parser.add_argument(
            "--with-stock-only", action="store_true", help=_("Leave products without stock out.")
        )

        parser.add_argument(
            "--sync-images",
            action="store_true",
            help=_("Afterwards fetch the pictures that are due, in a run of their own (see sync_pictures)."),
        )

    def refuse_nonsense(self, options: dict[str, Any]) -> None:
        super().refuse_nonsense(options)
        for other in ("items", "dry_run"):
            if options["sync_images"] and options[other]:
                told = _("%(one)s and %(other)s exclude each other.")
                raise WrongUsage(told % {"one": "--sync-images", "other": f"--{other.replace('_', '-')}"})

    def more_options(self, organization: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {name: options[name] for name in ("with_stock_only", "sync_images")}
