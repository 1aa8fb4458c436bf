"""`make deploy-files`: what stands under deploy/, tried with systemd's verifier and a real nginx; this installs them.

python -m tests.deploy [options for pytest]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = {"nginx": "nginx-light", "systemd-analyze": "systemd", "openssl": "openssl"}


def find_programs() -> None:
    missing = [package for program, package in NEEDED.items() if not shutil.which(program)]
    if not missing:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit(f"On Debian, apt-get install {' '.join(missing)} as root, then run this again.")
    silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=silent)
    subprocess.run(install, check=True, env=silent, stdout=subprocess.DEVNULL)


def main(options: list[str]) -> int:
    find_programs()
    words = ["-m", "pytest", "-p", "no:cacheprovider", "-m", "deploy", "tests/deploy", *options]
    environment = os.environ | {"TEST_DB": "sqlite"}  # what is tried here does not know which database it is
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
