from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync.processors import registry

from ..group import GroupCommand
from ..plain import WrongUsage


class Command(GroupCommand):
    help = gettext_lazy("Mirror the entities named, in an order that fits.")

    def add_arguments(self, parser: CommandParser) -> None:
        known = ", ".join(registry.names())
        parser.add_argument(
            "entities", nargs="+", metavar="entity", help=_("One or more of %(names)s.") % {"names": known}
        )
        super().add_arguments(parser)

    def refuse_nonsense(self, options: dict[str, Any]) -> None:
        super().refuse_nonsense(options)
        known = registry.names()
        if unknown := [each for each in options["entities"] if each not in known]:
            raise WrongUsage(
                _("There is no entity %(names)s. Known: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join(known)}
            )

    def busy_entities(self, options: dict[str, Any]) -> list[str]:
        return [name for name in registry.names() if name in options["entities"]]
