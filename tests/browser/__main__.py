"""`make browser`: every page in Debian's Chromium, which this installs where it is missing.

python -m tests.browser [options for pytest]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]


def find_chromium() -> None:
    if shutil.which("chromium"):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit("Chromium is needed: on Debian, apt-get install chromium as root, then run this again.")
    silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=silent)
    subprocess.run(INSTALL, check=True, env=silent, stdout=subprocess.DEVNULL)


def main(options: list[str]) -> int:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements-browser.txt")], check=True)
    find_chromium()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-m",
        "browser",
        "-n",
        "4",  # a page is waited for longer than it is worked on
        "--dist",
        "worksteal",
        "tests/browser",
        *options,
    ]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"TEST_DB": "sqlite"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
