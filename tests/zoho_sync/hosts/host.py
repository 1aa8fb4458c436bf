"""A worker's host: a name, process numbers, a data folder and wires of its own, in namespaces of the kernel."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from tests.zoho_sync.webhooks.test_torture import descendants

from .wires import Wires

_OWN = ["--uts", "--pid", "--fork", "--mount-proc", "--kill-child"]


def namespaces() -> list[str] | None:
    """The words before a command that make it a host; None where the kernel does not allow that."""
    for words in (["unshare", *_OWN], ["unshare", "--user", "--map-root-user", *_OWN]):
        with suppress(OSError):
            if subprocess.run([*words, "true"], capture_output=True).returncode == 0:
                return words
    return None


class Host:
    """`run_worker` on a host of its own."""

    def __init__(self, name: str, manage: list[str], environment: dict[str, str], wires: Wires, folder: Path):
        self.name, self.wires, self.folder = name, wires, folder
        folder.mkdir()
        self.log = folder / "worker.log"
        self._frozen: list[int] = []
        command = f"hostname {name} && exec {shlex.join([*manage, 'run_worker'])}"
        with self.log.open("wb") as output:
            self._outer = subprocess.Popen(
                [*(namespaces() or []), "sh", "-c", command],
                env=environment | {"DATA_DIR": str(folder), "WORKER_NAME": name},
                stdout=output, stderr=output,
            )  # fmt: skip

    @property
    def everybody(self) -> list[int]:
        """Its supervisor first, then the queue's processes."""
        return descendants(self._outer.pid)

    def freeze(self) -> None:
        """Every process stands still, as on a machine that is suspended."""
        self._frozen = self.everybody
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def pull_the_plug(self) -> None:
        self._outer.kill()  # the kernel ends all that is in the namespace
        self._outer.wait()

    def stop(self) -> None:
        self.wires.mend()
        self.thaw()
        if self._outer.poll() is None:
            for pid in self.everybody[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._outer.wait(60)
            self.pull_the_plug()
        self.wires.close()

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")


def database_by(port: int, name: str, user: str, password: str) -> str:
    who = f"{quote(user)}:{quote(password)}" if password else quote(user)
    return f"postgres://{who}@127.0.0.1:{port}/{name}"
