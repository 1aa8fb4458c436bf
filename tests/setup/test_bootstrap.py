"""`make setup` on machines that lack something. The real installation is tests/setup/test_fresh_machine.py."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of what bootstrap.py needs, in a path with a space, with nothing to install."""
    folder = tmp_path / "back office"
    folder.mkdir()
    for name in ("bootstrap.py", ".env.example"):
        shutil.copy(PROJECT / name, folder / name)
    (folder / "requirements.txt").write_text("")
    return folder


def bootstrap(folder: Path, **changes: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(folder / "bootstrap.py")],
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | changes,
        capture_output=True, text=True, timeout=120, cwd="/",
    )  # fmt: skip


@pytest.mark.slow
def test_env_is_written_once_with_random_keys_for_its_owner_alone_and_a_second_call_does_nothing(folder):
    first = bootstrap(folder)
    assert first.returncode == 0, first.stderr
    assert "Installing" in first.stdout
    file = folder / ".env"
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.search(r"^SECRET_KEY=\S{60,}$", text, re.MULTILINE)
    assert re.search(r"^ENCRYPTION_KEYS=\S{40,}$", text, re.MULTILINE)
    assert re.search(r"^ENVIRONMENT=development$", text, re.MULTILINE)

    second = bootstrap(folder)

    assert (second.returncode, second.stdout) == (0, "")
    assert file.read_text() == text


@pytest.mark.slow
def test_a_package_that_cannot_be_downloaded_is_one_sentence(folder):
    (folder / "requirements.txt").write_text("no-such-package-anywhere==1.0 --hash=sha256:" + "0" * 64 + "\n")
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    done = bootstrap(folder, **nowhere)
    assert done.returncode == 1
    assert done.stderr.startswith("The packages could not be downloaded: see that this machine reaches")
    assert len(done.stderr.splitlines()) == 1


def without_venv(tmp_path: Path) -> str:
    """A module that stands before Python's own venv and speaks as Debian's does where python3-venv is missing."""
    shadow, marker = tmp_path / "shadow", tmp_path / "installed"
    shadow.mkdir()
    (shadow / "venv.py").write_text(
        "import os, pathlib, subprocess, sys\n"
        f"if not pathlib.Path({str(marker)!r}).exists():\n"
        "    sys.exit('The virtual environment was not created successfully because ensurepip is not available.')\n"
        "del os.environ['PYTHONPATH']\n"
        "sys.exit(subprocess.call([sys.executable, '-m', 'venv', *sys.argv[1:]]))\n"
    )
    return str(shadow)


def fake_apt(tmp_path: Path, code: int) -> str:
    programs = tmp_path / "programs"
    programs.mkdir()
    apt = programs / "apt-get"
    apt.write_text(
        f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/asked'\n[ {code} = 0 ] && touch '{tmp_path}/installed'\nexit {code}\n"
    )
    sudo = programs / "sudo"
    sudo.write_text('#!/bin/sh\n[ "$1" = -n ] && shift\nexec "$@"\n')
    for program in (apt, sudo):
        program.chmod(0o755)
    return f"{programs}:{os.environ['PATH']}"


@pytest.mark.slow
def test_a_missing_venv_is_installed_where_that_is_allowed(folder, tmp_path):
    done = bootstrap(folder, PYTHONPATH=without_venv(tmp_path), PATH=fake_apt(tmp_path, 0))
    assert done.returncode == 0, done.stderr
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert (tmp_path / "asked").read_text() == f"install -y -q python{version}-venv\n"
    assert (folder / ".venv" / "bin" / "python").exists()


def test_a_missing_venv_that_cannot_be_installed_is_one_sentence(folder, tmp_path):
    done = bootstrap(folder, PYTHONPATH=without_venv(tmp_path), PATH=fake_apt(tmp_path, 100))
    assert done.returncode == 1
    assert "python3 here comes without venv. Install it (apt-get install python3" in done.stderr
    assert len(done.stderr.splitlines()) == 1
