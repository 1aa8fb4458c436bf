"""A command at a pseudo-terminal: what a person sees, and the keys that a person presses."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

CTRL_C = "\x03"
_SECONDS = 60  # generous: a loaded machine is no failure


class Terminal:
    """Starts `words` in a session of its own whose terminal is ours."""

    def __init__(self, words: list[str], environment: dict[str, str]):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        self.seen = ""
        self.process = subprocess.Popen(
            words,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment | {"TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def wait_for(self, text: str) -> None:
        """Read until `text` has been shown since the last key was pressed."""
        deadline = time.monotonic() + _SECONDS
        while text not in self.plain:
            assert time.monotonic() < deadline, f"{text!r} was not shown:\n{self.plain}"
            if not self._read():
                raise AssertionError(f"it ended without showing {text!r}:\n{self.plain}")

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + _SECONDS
        while self._read():
            assert time.monotonic() < deadline, f"it does not end:\n{self.plain}"
        return self.process.wait(_SECONDS)

    @property
    def plain(self) -> str:
        """What was shown, without the terminal's control sequences."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.seen)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 0.5)
        if not ready:
            return True
        try:
            told = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has closed the terminal
            return False
        self.seen += told.decode(errors="replace")
        return bool(told)
