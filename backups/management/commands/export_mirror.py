from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...mirror import export
from ..base import BackupCommand


class Command(BackupCommand):
    help = gettext_lazy(
        "Write everything that is mirrored into a folder, as CSV and JSON lines that say what they hold, with the "
        "pictures."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, metavar="FOLDER", help=_("Is made; one that is there must be empty.")
        )
        parser.add_argument(
            "--format",
            choices=[*export.FORMATS, "both"],
            default="both",
            help=_("csv: for spreadsheets; jsonl: complete, for programs; both (the default)."),
        )

    def work(self, options: dict[str, Any]) -> None:
        formats = export.FORMATS if options["format"] == "both" else (options["format"],)
        done = export.export(options["folder"], formats)
        self.answer(
            {
                "folder": str(done.folder),
                "files": {each.name: each.rows for each in done.files},
                "pictures": done.picture_count,
            }
        )
        self.say(
            _("%(folder)s: %(files)s files and %(pictures)s pictures. README.md there says what they hold.")
            % {"folder": done.folder, "files": len(done.files), "pictures": f"{done.picture_count:,}"},
            "green",
        )
