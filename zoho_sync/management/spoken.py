"""Commands whose help is translated: argparse wants a text, a translation is one only when it is asked for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class SpokenCommand(BaseCommand):
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        self.help = str(self.help)
        return super().create_parser(prog_name, subcommand, **kwargs)
