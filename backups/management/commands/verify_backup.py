from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ... import checking
from ..base import BackupCommand


class Command(BackupCommand):
    help = gettext_lazy(
        "Read a backup from end to end, compare every sum, and restore it into a throw-away database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("The backup."))
        self.add_passphrase(parser)

    def work(self, options: dict[str, Any]) -> None:
        found = checking.verify(options["file"], passphrase=self.passphrase(options))
        self.answer(
            {
                "file": str(options["file"]),
                "made_at": found.about["made_at"],
                "database": found.about["database"],
                "encrypted": found.is_sealed,
                "rows": found.row_count,
                "tables": found.row_counts,
                "pictures": found.file_count,
                "migrations_pending": found.pending,
                "keys": found.about["keys"],
                "missing_keys": found.missing_keys,
            }
        )
        self.say(
            _("The backup of %(made)s from %(database)s is whole and can be restored.")
            % {"made": found.about["made_at"], "database": found.about["database"]},
            "green",
        )
        self.say(
            _(
                "%(rows)s rows in %(tables)s tables and %(files)s files of pictures (%(size)s MB) are as they "
                "were written."
            )
            % {
                "rows": f"{found.row_count:,}",
                "tables": len(found.row_counts),
                "files": f"{found.file_count:,}",
                "size": f"{found.byte_count / 1e6:,.1f}",
            }
        )
        self.say(
            _("It is encrypted.") if found.is_sealed else _("It is not encrypted: keep it as you keep .env.")
        )
        if found.pending:
            self.say(
                ngettext(
                    "It is of an older release; %(count)s migration brought it up to this one.",
                    "It is of an older release; %(count)s migrations brought it up to this one.",
                    found.pending,
                )
                % {"count": found.pending}
            )
        for sentence in found.missing_keys:
            self.say(sentence, "yellow")
