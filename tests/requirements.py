"""`make requirements`: pins requirements*.in for Python 3.11 and later, with the hash of every file.

    python -m tests.requirements [--upgrade]

Without --upgrade what is pinned stays, and only what is new or gone in the .in files changes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

RESOLVER = "uv>=0.9,<1"
OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:  # the resolver is no requirement of the project
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, RESOLVER], check=True
        )
        for name in ("requirements", "requirements-dev", "requirements-browser", "requirements-supply"):
            command = [
                f"{folder}/bin/uv",
                "pip",
                "compile",
                *OPTIONS,
                f"{name}.in",
                "-o",
                f"{name}.txt",
                "--quiet",
            ]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
