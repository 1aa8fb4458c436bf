from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync import status
from zoho_sync.management.plain import Failed, WrongUsage

from ... import restoring, schema
from ..base import BackupCommand


class Command(BackupCommand):
    help = gettext_lazy(
        "Put a backup back: the database and the pictures. All of it arrives, or nothing has changed. Stop the "
        "worker and the web server first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("The backup."))
        self.add_passphrase(parser)
        parser.add_argument(
            "--replace", action="store_true", help=_("The database holds data: all of it goes. Asks first.")
        )
        parser.add_argument("--no-input", action="store_true", help=_("With --replace: do not ask."))

    def work(self, options: dict[str, Any]) -> None:
        passphrase = self.passphrase(options)
        schema.refuse_unmigrated(connection)
        if status.worker_alive():
            raise Failed(
                _("A worker is running on this database. Stop it and the web server, then try again.")
            )
        if options["replace"]:
            self._ask(options)
        done = restoring.restore(options["file"], passphrase=passphrase, replace=options["replace"])
        self.answer(
            {
                "file": str(options["file"]),
                "made_at": done.made_at,
                "rows": done.row_count,
                "tables": done.row_counts,
                "pictures": done.file_count,
                "was_older": done.was_older,
                "missing_keys": done.missing_keys,
            }
        )
        self.say(
            _("Restored: %(rows)s rows and %(files)s files of pictures, as they were at %(made)s.")
            % {"rows": f"{done.row_count:,}", "files": f"{done.file_count:,}", "made": done.made_at},
            "green",
        )
        if done.was_older:
            self.say(_("The backup was of an older release and was brought up to this one."))
        for sentence in done.missing_keys:
            self.say(sentence, "yellow")
        self.say(_("What was changed at the source since then comes with the next sync: run a full one."))

    def _ask(self, options: dict[str, Any]) -> None:
        """Raises Failed unless whoever sits there agrees."""
        if options["no_input"]:
            return
        if not sys.stdin.isatty():
            raise WrongUsage(_("Nobody is there to be asked: give --no-input along with --replace."))
        word = _("replace")
        database = connection.settings_dict["NAME"]
        self.screen.say(
            _("Everything in the database %(name)s goes, and cannot be brought back. Type %(word)s to go on:")
            % {"name": database, "word": word},
            "yellow",
        )
        if sys.stdin.readline().strip() not in (word, "replace"):
            raise Failed(_("Nothing was changed."))
