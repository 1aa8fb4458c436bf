"""`python -m zoho_sync.sandbox`: the sandbox without Django."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from .foreground import add_options, catch_signals, environment_lines, open_sandbox, run_until_stopped


def main(arguments: list[str]) -> int:
    """Exit code: 0 after Ctrl-C or SIGTERM, 1 for a port that cannot be had, 2 for wrong usage."""
    parser = ArgumentParser(
        prog="python -m zoho_sync.sandbox", description="A local Zoho to try and to test."
    )
    add_options(parser)
    options = vars(parser.parse_args(arguments))
    stop = catch_signals()
    try:
        sandbox = open_sandbox(options)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        where = f"Port {options['port']} of {options['host']}"
        sys.stderr.write(f"{where} cannot be used ({error.strerror}); try another with --port.\n")
        return 1
    lines = environment_lines(sandbox)
    if not options["quiet"]:
        lines.insert(0, f"# Zoho sandbox on {sandbox.url}; Ctrl-C ends it.")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    run_until_stopped(sandbox, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
