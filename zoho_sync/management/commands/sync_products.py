from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..base import SyncCommand


class Command(SyncCommand):
    help = gettext_lazy("Mirror Zoho's items as products.")
    entity = "products"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_items(parser)
        parser.add_argument(
            "--with-stock-only", action="store_true", help=_("Leave products without stock out.")
        )

    def more_options(self, organization: Any, options: dict[str, Any]) -> dict[str, Any]:
        return {"with_stock_only": options["with_stock_only"]}
