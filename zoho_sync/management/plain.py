"""Commands that fail in one sentence, answer in JSON when asked, and write to a terminal or a pipe alike."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from functools import cached_property
from typing import Any, NoReturn

from django.core.management import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.text import Text

from ..errors import SyncError

PIPE_WIDTH = 200  # columns where there is no terminal to ask; COLUMNS in the environment goes first
_MARKS = {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}  # they turn the rest of a line around


class WrongUsage(CommandError):
    """What was asked for has no meaning. Exit code 2."""

    def __init__(self, message: str):
        super().__init__(message, returncode=2)


class Failed(CommandError):
    """It was understood, and it did not work out. Exit code 1."""

    def __init__(self, message: str):
        super().__init__(message, returncode=1)


def printable(text: Any) -> str:
    """Text from outside, fit for a terminal: control characters, which can take a terminal over, become U+FFFD."""
    text = str(text).replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return "".join("�" if unicodedata.category(c) in ("Cc", "Cs") or c in _MARKS else c for c in text)


class Screen(Console):
    """Where a command shows what it does. When the reader has gone (`| head`) it falls silent, and the work goes on."""

    def __init__(self, stream, *, no_color: bool = False, force_color: bool = False):
        colour: dict[str, Any] = {"no_color": True, "color_system": None} if no_color else {}
        if force_color:
            colour = {"color_system": "standard"}
        if not stream.isatty():
            colour["width"] = (
                int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else PIPE_WIDTH
            )
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a name in Arabic must not end a command on an ASCII terminal
        super().__init__(file=stream, highlight=False, markup=False, emoji=False, **colour)

    def say(self, sentence: str, style: str = "") -> None:
        """One line, never broken by us."""
        self.print(Text(printable(sentence), style=style), soft_wrap=True)

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


class PlainCommand(BaseCommand):
    """The base of this project's commands that talk to people. Subclasses write `handle` and use `screen` and `answer`.

    With --json everything for people goes to standard error, and `answer` prints the one object, also for errors.
    """

    help: Any = ""  # may be lazy: it is translated when it is shown
    requires_system_checks: list[str] = []  # `manage.py check` tells those; a run need not wait for them

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        self.help = str(self.help)
        parser = super().create_parser(prog_name, subcommand, allow_abbrev=False, **kwargs)
        parser.add_argument(
            "--json", action="store_true", help=_("Answer with one JSON object on standard output.")
        )
        if getattr(self, "_called_from_command_line", False):
            parser.error = lambda message: self._refuse(parser, message)  # type: ignore[method-assign]
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        self._wants_json = "--json" in argv
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> Any:
        self._options, self._wants_json, self._has_answered = options, options["json"], False
        try:
            return super().execute(*args, **options)
        except SyncError as error:
            self._fail(Failed(str(error)), error)
        except CommandError as error:
            self._fail(error, error)
        except (DatabaseError, InterfaceError) as error:
            reason = " ".join(str(error).split()).rstrip(".")
            self.answer({"error": _("The database cannot be used: %(reason)s.") % {"reason": reason}})
            raise

    @cached_property
    def screen(self) -> Screen:
        """What people read: standard output, or standard error when that belongs to the JSON object."""
        return self._screen(self.stderr if self._wants_json else self.stdout)

    @property
    def is_quiet(self) -> bool:
        return self._options["verbosity"] == 0

    def answer(self, facts: dict[str, Any]) -> None:
        """Print the JSON object, if one was asked for; only the first one counts."""
        if self._wants_json and not self._has_answered:
            self._has_answered = True
            self.stdout.write(json.dumps(facts, cls=DjangoJSONEncoder), ending="\n")
            self.stdout.flush()

    def _screen(self, stream) -> Screen:
        stream.ending, stream.style_func = "", None  # rich ends its own lines, and chooses its own colours
        return Screen(stream, no_color=self._options["no_color"], force_color=self._options["force_color"])

    def _fail(self, failure: CommandError, cause: Exception) -> NoReturn:
        self.answer({"error": str(failure)})
        if self._options["traceback"] or not getattr(self, "_called_from_command_line", False):
            raise failure from cause
        screen = self._screen(self.stderr)
        for line in str(failure).splitlines():
            screen.say(line, "red")
        sys.exit(failure.returncode)

    def _refuse(self, parser: CommandParser, message: str) -> NoReturn:
        sentence = _("%(what)s. See `%(command)s --help`.") % {
            "what": message.rstrip("."),
            "command": parser.prog,
        }
        if self._wants_json:
            self.stdout.write(json.dumps({"error": sentence}))
        self.stderr.write(printable(sentence), lambda text: text)
        sys.exit(2)
