"""What the commands of backups share: where the passphrase comes from, and that a failure is one sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.utils.translation import gettext as _

from zoho_sync.management.plain import Failed, PlainCommand, WrongUsage

from ..errors import BackupError

_LEAST = 12  # characters of a passphrase


class BackupCommand(PlainCommand, ABC):
    """Subclasses write `work`. Exit code 0 when it is done, 1 when it is not, 2 for wrong usage."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.work(options)
        except BackupError as error:
            raise Failed(str(error)) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Failed(
                _("It failed: %(reason)s.") % {"reason": f"{where}{error.strerror or error}"}
            ) from error

    @abstractmethod
    def work(self, options: dict[str, Any]) -> None: ...

    def say(self, sentence: str, style: str = "") -> None:
        if not self.is_quiet:
            self.screen.say(sentence, style)

    def add_passphrase(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--passphrase-file",
            type=Path,
            metavar="FILE",
            help=_("Its first line is the passphrase. Default: BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE."),
        )

    def passphrase(self, options: dict[str, Any]) -> str:
        """Empty where none is set. Raises WrongUsage for a short one."""
        file = options["passphrase_file"]
        if file is None and settings.BACKUPS["PASSPHRASE"]:
            return settings.BACKUPS["PASSPHRASE"]
        if file is None and settings.BACKUPS["PASSPHRASE_FILE"]:
            file = Path(settings.BACKUPS["PASSPHRASE_FILE"])
        if file is None:
            return ""
        try:
            found = file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise WrongUsage(
                _("The passphrase cannot be read from %(file)s: %(reason)s.")
                % {"file": file, "reason": reason}
            ) from error
        if len(found) < _LEAST:
            raise WrongUsage(
                _("The passphrase in %(file)s must have at least %(count)s characters.")
                % {"file": file, "count": _LEAST}
            )
        return found
