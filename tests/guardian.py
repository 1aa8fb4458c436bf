"""Owns one test run's folder and, when asked, a PostgreSQL server; takes both away when its standard input closes.

Called as `guardian.py [FOLDER OF BINARIES]`; prints one line: the folder, and the server's address if there is one.
A server that somebody kills is started again, as a service manager would.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_SECONDS = 60


def unprivileged_prefix(folder: str) -> list[str]:
    """What must stand before PostgreSQL's programs, which refuse to run as root: another user, or the look of one."""
    if os.geteuid() != 0:
        return []
    look = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*look, "true"], capture_output=True).returncode == 0:
        return look
    if shutil.which("setpriv"):  # containers may forbid user namespaces
        os.chown(folder, 65534, 65534)
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    sys.exit("PostgreSQL does not run as root: install util-linux, or run the tests as an ordinary user.")


def make_cluster(binaries: Path, folder: str) -> None:
    prefix, data = unprivileged_prefix(folder), f"{folder}/pg"
    made = subprocess.run(
        [
            *prefix,
            binaries / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
            "-N",
        ],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    if made.returncode:
        sys.exit(f"initdb of {binaries} failed: {made.stderr.strip()[-500:]}")


def start_postgres(binaries: Path, folder: str) -> subprocess.Popen:
    prefix, data = unprivileged_prefix(folder), f"{folder}/pg"
    speed = ["-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    if os.environ.get(
        "TEST_POSTGRES_DURABLE"
    ):  # for who measures: it writes before it acknowledges, as a real one
        speed = []
    log = Path(folder, "postgres.log").open("ab")  # noqa: SIM115  stays open as long as the server
    # The socket lies in the folder itself: its path may not be longer than 107 bytes. No port is opened.
    server = subprocess.Popen(
        [
            *prefix,
            binaries / "postgres",
            "-D",
            data,
            "-h",
            "",
            "-k",
            folder,
            "-c",
            "max_connections=200",
            *speed,
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
    )
    deadline = time.monotonic() + START_SECONDS
    while "ready" not in _text(Path(data, "postmaster.pid")):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            sys.exit(f"PostgreSQL did not start: {_text(Path(folder, 'postgres.log')).strip()[-500:]}")
        time.sleep(0.05)
    return server


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the end of the input is the only end
    binaries = sys.argv[1] if len(sys.argv) > 1 else ""
    folder, server = tempfile.mkdtemp(prefix="tsh-test-", dir="/tmp"), None  # short, for the socket
    try:
        if binaries:
            make_cluster(Path(binaries), folder)
            server = start_postgres(Path(binaries), folder)
        print(folder, f"postgres://postgres@/tests?host={folder}" if server else "", flush=True)
        while not select.select([sys.stdin], [], [], 0.2)[0]:  # it says nothing; it ends
            if server is not None and server.poll() is not None:
                server = start_postgres(Path(binaries), folder)
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # fast shutdown
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
