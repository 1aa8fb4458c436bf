from __future__ import annotations

from django.core.management import CommandParser
from django.utils.translation import gettext_lazy

from ..base import SyncCommand


class Command(SyncCommand):
    help = gettext_lazy(
        "Fetch products' pictures, one call each, newest changes first. incremental: those that are new or that Zoho "
        "names otherwise now; full: all of them again. They have a budget of their own (PICTURES_CALLS_PER_DAY) and go "
        "on the next day when it is spent."
    )
    entity = "pictures"
    takes_since = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_items(parser)
