"""`manage.py zoho_sandbox`: a local Zoho in the foreground, for trying the product and for tests."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from zoho_sync.management.spoken import SpokenCommand
from zoho_sync.sandbox.foreground import (
    LIMIT_OPTIONS,
    SIZE_OPTIONS,
    add_options,
    catch_signals,
    environment_lines,
    open_sandbox,
    run_until_stopped,
)
from zoho_sync.sandbox.hooks import HookError
from zoho_sync.sandbox.sandbox import HostError, Sandbox
from zoho_sync.sandbox.size import SizeError


class Command(SpokenCommand):
    help = _("Run a local Zoho with generated data, until Ctrl-C.")
    requires_system_checks: list[str] = []  # it needs neither a database nor the other settings

    def add_arguments(self, parser: CommandParser) -> None:
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 after Ctrl-C or SIGTERM, 1 for a port that cannot be had, 2 for wrong usage."""
        stop = catch_signals()
        sandbox = self._open(options)
        if not options["quiet"]:
            self.stdout.write("# " + _("Zoho sandbox on %(url)s; Ctrl-C ends it.") % {"url": sandbox.url})
        for line in environment_lines(sandbox):
            self.stdout.write(line)
        self.stdout.flush()
        run_until_stopped(sandbox, stop)

    def _open(self, options: dict[str, Any]) -> Sandbox:
        try:
            return open_sandbox(options)
        except SizeError as error:
            option = next(name for name, (key, _text) in SIZE_OPTIONS.items() if key == error.field)
            facts = {"option": option, "low": error.low, "high": error.high, "value": error.value}
            text = _("%(option)s must be a whole number from %(low)s to %(high)s, not %(value)s.") % facts
            raise CommandError(text, returncode=2) from error
        except HostError as error:
            text = _("The sandbox listens on loopback addresses only, such as 127.0.0.1, not on %(host)s.")
            raise CommandError(text % {"host": options["host"]}, returncode=2) from error
        except HookError as error:
            text = _(
                "--webhooks must be an address on this machine, such as "
                "http://127.0.0.1:8000/api/zoho/webhooks/{module}, not %(value)s."
            )
            raise CommandError(text % {"value": options["webhooks"]}, returncode=2) from error
        except ValueError as error:
            raise CommandError(self._wrong_number(options), returncode=2) from error
        except OSError as error:
            text = _("Port %(port)s of %(host)s cannot be used (%(reason)s); choose another with --port.")
            facts = {"port": options["port"], "host": options["host"], "reason": error.strerror}
            raise CommandError(text % facts, returncode=1) from error

    def _wrong_number(self, options: dict[str, Any]) -> str:
        if not 0 <= options["port"] <= 65_535:
            return _("--port must be a whole number from 0 to 65535, not %(value)s.") % {
                "value": options["port"]
            }
        wrong = next(
            name for name, (key, _text) in LIMIT_OPTIONS.items() if not 0 <= options[key] < float("inf")
        )
        return _("%(option)s must be a number from 0 upwards.") % {"option": wrong}
