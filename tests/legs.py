"""`make test`: the suite on SQLite and on PostgreSQL, both at once; fails if either fails.

    python -m tests.legs [--slow | --other-half] [--one-by-one] [options for pytest]

The SQLite leg writes as it goes, the other one is shown when both have ended. What asks a database through the same
queries on both, page by page, is run on one of the two, half here and half there; --other-half runs those tests on the
other one. --slow runs the slow tests instead; --one-by-one runs one leg after the other, and in each one test after
the other. Tests that are named are run on both.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

LEGS = ("sqlite", "postgresql")
_CORES = max(2, os.cpu_count() or 1)
# SQLite has half as many tests again, and they wait for the disk, as in production: so both end at about the same time.
WORKERS = {"sqlite": _CORES + 1, "postgresql": _CORES}


def start(leg: str, options: list[str], output, *, is_parallel: bool) -> subprocess.Popen:
    parallel = ["-n", str(WORKERS[leg]), "--dist", "worksteal"] if is_parallel else []
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *parallel, *options]
    return subprocess.Popen(command, env=os.environ | {"TEST_DB": leg}, stdout=output, stderr=output)


def verdict(leg: str, code: int) -> str:
    meaning = {0: "passed", 1: "FAILED", 2: "INTERRUPTED", 5: "no tests chosen"}.get(
        code, f"FAILED (exit code {code})"
    )
    return f"{leg}: {meaning}"


def main(arguments: list[str]) -> int:
    options = [word for word in arguments if word not in ("--slow", "--other-half", "--one-by-one")]
    names_some = any(word == "-k" or Path(word.partition("::")[0]).exists() for word in options)
    if "--slow" in arguments:
        options = ["-m", "slow", *options]
    elif "--other-half" in arguments:
        options = ["--half", "other", *options]
    elif not names_some:
        options = ["--half", "first", *options]
    signal.signal(signal.SIGINT, lambda *_: None)  # pytest gets it too, and ends in its own way
    if "--one-by-one" in arguments:
        codes = [start(leg, options, None, is_parallel=False).wait() for leg in LEGS]
    else:
        with tempfile.TemporaryFile() as later:
            live = start(LEGS[0], options, None, is_parallel=True)
            quiet = start(LEGS[1], options, later, is_parallel=True)
            codes = [live.wait(), quiet.wait()]
            later.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(later.read())
    sys.stdout.write(
        "\n" + "\n".join(verdict(leg, code) for leg, code in zip(LEGS, codes, strict=True)) + "\n"
    )
    return max((abs(code) for code in codes if code != 5 or "-k" in options), default=0) and 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
