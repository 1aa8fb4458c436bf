"""What stands around every `manage.py` command: what goes wrong in the surroundings becomes one sentence."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

# Their output is a log, so it tells more than that of a command somebody waits for.
SERVICES = {"run_backoffice", "run_worker", "run_queue", "zoho_sandbox"}
# Long-lived too: what is changed in them is changed by the program, not by whoever has started it.
PROGRAMS = SERVICES | {"run_demo", "run_monitor", "runserver"}


def execute(arguments: list[str]) -> int:
    """Run one command; returns the exit code. With --traceback errors keep their traceback."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError

    from tsh_erp.audit import doors

    if len(arguments) > 1 and arguments[1] in SERVICES:
        os.environ.setdefault("LOG_LEVEL", "INFO")
    wants_traceback = "--traceback" in arguments
    try:
        with suppress(OSError):  # whoever needs the folder says in one sentence why it cannot be written
            settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = arguments[1] if len(arguments) > 1 else ""
        with doors.by_command("" if name in PROGRAMS else name):
            execute_from_command_line(arguments)
    except ImproperlyConfigured as error:
        return _refuse(error, 2, wants_traceback)
    except (DatabaseError, InterfaceError) as error:
        return _refuse(error, 1, wants_traceback, explain=_database_sentence)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _refuse(error: Exception, code: int, wants_traceback: bool, explain=str) -> int:
    if wants_traceback:
        raise error
    sys.stderr.write(explain(error).strip() + "\n")
    return code


def _database_sentence(error: Exception) -> str:
    from django.utils.translation import gettext as _

    from tsh_erp.logs import mask_secrets

    reason = mask_secrets(" ".join(str(error).split()))
    if any(sign in reason for sign in ("no such table", "no such column", "does not exist")):
        advice = _("Run `manage.py migrate`.")
    elif any(sign in reason for sign in ("readonly", "unable to open", "disk", "full")):
        advice = _("See that its folder exists, belongs to you and has room.")
    else:
        advice = _("See that it runs and that DATABASE_URL is right, then try again.")
    return _("The database cannot be used: %(reason)s. %(advice)s") % {
        "reason": reason.rstrip("."),
        "advice": advice,
    }
