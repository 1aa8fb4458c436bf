from __future__ import annotations

from django.core.management import CommandParser
from django.utils.translation import gettext_lazy

from ..base import SyncCommand


class Command(SyncCommand):
    help = gettext_lazy(
        "Mirror Zoho's price lists with their prices. Every list is read whole, in either mode."
    )
    entity = "price_lists"
    takes_since = False  # a list's detail tells no time of change

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_items(parser)
