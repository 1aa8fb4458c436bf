"""`make redis`: the queue in a real Redis, which this installs where it is missing. On PostgreSQL, or TEST_DB.

python -m tests.redis [options for pytest]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "redis-server"]


def find_redis() -> None:
    """The wheels that carry a server are years old; Debian's is looked after."""
    if shutil.which("redis-server"):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit("Redis is needed: on Debian, apt-get install redis-server as root, then run this again.")
    silent = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=silent)
    subprocess.run(INSTALL, check=True, env=silent, stdout=subprocess.DEVNULL)


def main(options: list[str]) -> int:
    find_redis()
    words = ["-m", "pytest", "-p", "no:cacheprovider", "-m", "redis", "-n", "2", "--dist", "worksteal"]
    names_some = any(Path(word.partition("::")[0]).exists() for word in options)
    with tempfile.TemporaryDirectory(prefix="tsh-redis-", dir="/tmp") as folder:  # short, for the sockets
        environment = os.environ | {
            "TEST_DB": os.environ.get("TEST_DB", "postgresql"),
            "TEST_REDIS_FOLDER": folder,
        }
        done = subprocess.run(
            [sys.executable, *words, *([] if names_some else ["tests/redis"]), *options],
            cwd=ROOT,
            env=environment,
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
