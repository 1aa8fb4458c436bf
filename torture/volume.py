"""A small volume of its own for the data folder: a mount that only this process and its children see."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MEGABYTES = 300
_OURS = "TORTURE_VOLUME"
_MOUNT = 'mount -t tmpfs -o size=%dm tmpfs "$0"'


def enter(arguments: list[str], folder: Path) -> None:
    """Start this very command again where `folder` is the volume; returns where the kernel does not allow that."""
    for words in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        mount = _MOUNT % MEGABYTES
        try:
            probe = subprocess.run([*words, "sh", "-c", mount, str(folder)], capture_output=True)
        except OSError:
            return
        if probe.returncode == 0:
            script = f'{mount} && exec "$@"'
            again = [sys.executable, "-m", "torture", *arguments]
            os.execvpe(  # noqa: S606
                words[0], [*words, "sh", "-c", script, str(folder), *again], os.environ | {_OURS: str(folder)}
            )


def entered() -> Path | None:
    """The volume that this process was started in."""
    return Path(os.environ[_OURS]) if _OURS in os.environ else None


def leave(folder: Path) -> None:
    """Give the volume back, so that its folder can go; what is only a folder stays one."""
    if entered() == folder:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True)
