"""The units in the eyes of systemd."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.deploy


def test_systemd_finds_nothing_wrong(tmp_path):
    """Under this machine's folder and user, for it looks whether the programs are there."""
    units = []
    for path in sorted((PROJECT / "deploy" / "systemd").iterdir()):
        text = path.read_text().replace("/opt/tsh-erp", str(PROJECT))
        text = text.replace("User=tsh-erp", f"User={getpass.getuser()}").replace(
            "Group=tsh-erp", "Group=root"
        )
        units.append(tmp_path / path.name)
        units[-1].write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["tsh-erp-web", "tsh-erp-worker", "tsh-erp-watch"])
def test_little_is_left_to_whoever_breaks_in(name):
    """systemd's own measure, from 0 (nothing) to 10 (everything), in tenths."""
    unit = Path(PROJECT / "deploy" / "systemd" / f"{name}.service")
    words = ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", str(unit)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
