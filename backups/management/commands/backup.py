from __future__ import annotations

from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync.management.plain import WrongUsage

from ... import retention, saving, status
from ..base import BackupCommand


class Command(BackupCommand):
    help = gettext_lazy(
        "Save the database and the pictures into one file. Others go on writing meanwhile; the file holds one moment."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", type=Path, metavar="FOLDER", help=_("Where the file goes. Default: BACKUP_FOLDER.")
        )
        parser.add_argument(
            "--encrypt",
            action=BooleanOptionalAction,
            help=_("Encrypt the file. Default: when a passphrase is set."),
        )
        self.add_passphrase(parser)
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help=_("Afterwards remove older backups in the folder, but for the newest N."),
        )
        parser.add_argument(
            "--keep-days",
            type=int,
            metavar="DAYS",
            help=_("Afterwards remove backups that are older. With --keep: what either rule keeps stays."),
        )

    def work(self, options: dict[str, Any]) -> None:
        for flag, name in (("--keep", "keep"), ("--keep-days", "keep_days")):
            if options[name] is not None and options[name] < 1:
                raise WrongUsage(_("%(flag)s must be at least 1.") % {"flag": flag})
        folder = options["to"] or settings.BACKUPS["FOLDER"]
        made = saving.save(folder, passphrase=self._passphrase(options))
        status.note(made)
        gone = retention.prune(made.path, keep=options["keep"], keep_days=options["keep_days"])
        self.answer(
            {
                "file": str(made.path),
                "bytes": made.path.stat().st_size,
                "rows": made.row_count,
                "pictures": made.manifest["media"]["files"],
                "keys": made.about["keys"],
                "removed": [str(path) for path in gone],
            }
        )
        self.say(
            _("%(file)s: %(rows)s rows, %(files)s files of pictures, %(size)s MB.")
            % {
                "file": made.path,
                "rows": f"{made.row_count:,}",
                "files": f"{made.manifest['media']['files']:,}",
                "size": f"{made.path.stat().st_size / 1e6:,.1f}",
            },
            "green",
        )
        for each in made.about["keys"]:
            self.say(
                _(
                    "Stored secrets need %(name)s with fingerprint %(fingerprint)s, which is not in the file: keep it."
                )
                % each
            )
        for path in gone:
            self.say(_("Removed: %(file)s.") % {"file": path})

    def _passphrase(self, options: dict[str, Any]) -> str:
        if options["encrypt"] is False:
            if options["passphrase_file"]:
                raise WrongUsage(_("--passphrase-file and --no-encrypt exclude each other."))
            return ""
        found = self.passphrase(options)
        if options["encrypt"] and not found:
            raise WrongUsage(
                _("--encrypt needs a passphrase: set BACKUP_PASSPHRASE_FILE, or give --passphrase-file.")
            )
        return found
