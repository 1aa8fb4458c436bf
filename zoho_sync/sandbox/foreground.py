"""Running a sandbox in the foreground: its options, what it says, and a clean end on Ctrl-C or SIGTERM.

Shared by `python -m zoho_sync.sandbox` and the Django command, which words the errors for its reader.
"""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from .hooks import MODULES, make_webhook
from .sandbox import Sandbox
from .settings import Settings
from .size import Size
from .world import SANDBOX_WEBHOOK_SECRET

DEFAULT_PORT = 8900
DEFAULT_SEED = 7

# Option: (name in Size, what it counts)
SIZE_OPTIONS = {
    "--items": ("items", "items"),
    "--customers": ("customers", "customers"),
    "--vendors": ("vendors", "vendors"),
    "--locations": ("locations", "locations"),
    "--pricelists": ("price_lists", "price lists"),
    "--pricelist-items": ("price_list_items", "rows in each price list"),
    "--documents": ("documents", "invoices of the last half year, with all that belongs to them"),
}
# Option: (name in Settings, help); 0 takes a limit away.
LIMIT_OPTIONS = {
    "--calls-per-minute": ("calls_per_minute", "calls allowed in 60 seconds, 0 for no limit"),
    "--calls-per-day": ("calls_per_day", "calls allowed in a day, 0 for no limit"),
    "--concurrency": ("concurrency", "calls allowed at once, 0 for no limit"),
    "--latency-ms": ("latency_ms", "milliseconds added to every answer"),
}


def add_options(parser: ArgumentParser) -> None:
    """The options of a sandbox, with the defaults of Size and Settings."""
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port, 0 for a free one (%(default)s)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="which data (%(default)s)")
    for option, (name, what) in SIZE_OPTIONS.items():
        text = f"number of {what} (%(default)s)"
        parser.add_argument(option, dest=name, type=int, default=getattr(Size(), name), help=text)
    for option, (name, text) in LIMIT_OPTIONS.items():
        default = getattr(Settings(), name)
        parser.add_argument(
            option, dest=name, type=type(default), default=default, help=f"{text} (%(default)s)"
        )
    parser.add_argument(
        "--webhooks",
        metavar="URL",
        default="",
        help="tell this address on this machine of every change, signed; {module} in it is replaced by items, …",
    )
    parser.add_argument("--quiet", action="store_true", help="print the environment lines and nothing else")


def open_sandbox(options: dict[str, Any]) -> Sandbox:
    """A sandbox as asked, not yet started. Raises SizeError, HostError, HookError, ValueError and OSError."""
    hooks = {module: options["webhooks"].replace("{module}", module) for module in MODULES}
    if options["webhooks"]:  # a wrong one is known before the data is made
        for module, url in hooks.items():
            make_webhook("", module, url)
    size = Size(**{name: options[name] for name, _ in SIZE_OPTIONS.values()})
    limits = {name: options[name] for name, _ in LIMIT_OPTIONS.values()}
    for name in ("calls_per_minute", "calls_per_day", "concurrency"):
        limits[name] = None if limits[name] == 0 else limits[name]
    if not 0 <= options["port"] <= 65_535:
        raise ValueError(f"The port must be a whole number from 0 to 65535, not {options['port']}.")
    sandbox = Sandbox(size=size, seed=options["seed"], port=options["port"], host=options["host"], **limits)
    if options["webhooks"]:
        for module, url in hooks.items():
            sandbox.sender.set_webhook(module, url, secret=SANDBOX_WEBHOOK_SECRET)
    return sandbox


def environment_lines(sandbox: Sandbox) -> list[str]:
    """NAME=value, ready for a .env file."""
    values = dict(sandbox.environment)
    if sandbox.sender.is_wanted:
        values["ZOHO_WEBHOOK_SECRET"] = SANDBOX_WEBHOOK_SECRET
    return [f"{name}={value}" for name, value in values.items()]


def run_until_stopped(sandbox: Sandbox, stop: threading.Event) -> None:
    """Serve until `stop` is set, which catch_signals() does."""
    with sandbox:
        stop.wait()


def catch_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set. Call it before anything slow, so that no signal is missed."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # By a thread of its own: the one that is interrupted may hold the event's lock, and would wait for itself.
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    return stop
