"""The files under deploy/: what they name exists, here and in the example of the settings."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from tests.conftest import PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
OF_OTHERS = {
    "POSTGRES_USER",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
}
SERVICES = ["tsh-erp-watch", "tsh-erp-web", "tsh-erp-worker"]


def known() -> set[str]:
    example = (PROJECT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE)) | OF_OTHERS


class Unit:
    """A unit's lines by section and name; a name may stand several times."""

    def __init__(self, path: Path):
        self.lines: dict[tuple[str, str], list[str]] = {}
        section = ""
        for line in path.read_text().splitlines():
            if found := re.fullmatch(r"\[(\w+)\]", line):
                section = found[1]
            elif line and not line.startswith("#"):
                name, _, value = line.partition("=")
                self.lines.setdefault((section, name), []).append(value)

    def all(self, section: str, name: str) -> list[str]:
        return self.lines.get((section, name), [])

    def one(self, section: str, name: str) -> str:
        [value] = self.all(section, name)
        return value


def assert_exists(words: list[str]) -> None:
    """A command of ours, as it would be found below the project's folder."""
    words = [word.removeprefix("/opt/tsh-erp/") for word in words]
    assert words[0] in (".venv/bin/python", "python")
    if words[1] == "manage.py":
        assert words[2] in get_commands(), words
    else:
        assert words[1:3] == ["-m", "gunicorn"], words
        assert (PROJECT / words[words.index("-c") + 1]).is_file()
        assert (PROJECT / (words[-1].replace(".", "/") + ".py")).is_file()


def test_there_are_files_to_look_at():
    assert [path.stem for path in UNITS] == ["tsh-erp-prepare", *SERVICES]
    assert [path.name for path in COMPOSE] == ["compose.worker.yaml", "compose.yaml"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_what_exists_under_a_user_of_its_own(path):
    unit = Unit(path)
    for line in unit.all("Service", "ExecStart"):
        assert_exists(shlex.split(line))
    assert unit.one("Service", "User") == "tsh-erp"
    assert unit.one("Service", "EnvironmentFile") == "/etc/tsh-erp/env"
    told = [
        word.partition("=")[0] for line in unit.all("Service", "Environment") for word in shlex.split(line)
    ]
    assert set(told) <= known()
    assert unit.one("Install", "WantedBy") == "tsh-erp.target"


@pytest.mark.parametrize("name", SERVICES)
def test_what_runs_for_ever_is_started_again_and_ends_whole(name):
    unit = Unit(DEPLOY / "systemd" / f"{name}.service")
    assert unit.one("Service", "KillMode") == "control-group"
    assert unit.one("Service", "Restart") == "always"
    assert unit.one("Unit", "StartLimitIntervalSec") == "0"  # it never gives up
    assert unit.one("Service", "NoNewPrivileges") == "yes"


def test_a_worker_is_given_more_time_to_stop_than_it_takes(settings):
    unit = Unit(DEPLOY / "systemd" / "tsh-erp-worker.service")
    assert int(unit.one("Service", "TimeoutStopSec")) > settings.WORKER["STOP_SECONDS"] + 10


def services(path: Path) -> dict[str, dict[str, Any]]:
    return yaml.safe_load(path.read_text())["services"]


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_compose_runs_what_exists_with_settings_that_exist(path):
    for name, service in services(path).items():
        assert set(service.get("environment", {})) <= known(), name
        if not service["image"].startswith("tsh-erp:"):
            continue
        words = service.get("command", [])
        if words[:2] == ["sh", "-c"]:
            for each in words[2].split("&&"):
                assert_exists(shlex.split(each))
        elif words:
            assert_exists(words)
        assert service["user"].split(":")[0] != "0"
        assert service["build"]["dockerfile"] == "deploy/Dockerfile"
    assert set(re.findall(r"\$\{([A-Z_]+)", path.read_text())) <= known()


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_images_have_an_exact_version(path):
    images = [service["image"] for service in services(path).values()]
    images += re.findall(r"^FROM (\S+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    for image in images:
        assert image == "tsh-erp:1" or re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image


def test_nobody_outside_reaches_database_redis_or_web_server():
    for name, service in services(DEPLOY / "compose.yaml").items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_the_image_holds_the_product_and_no_secrets():
    copied = re.findall(r"^COPY (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert all((PROJECT / name).exists() for name in copied)
    allowed = {
        line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert set(copied) == allowed  # everything else stays outside: .env, .git, data
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "bench", "torture"}
    assert packages <= set(copied)


def test_the_guide_names_every_file_and_only_variables_that_exist():
    guide = (PROJECT / "docs" / "deploy.md").read_text()
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    assert [path.name for path in files if path.name not in guide] == []
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", guide)) | set(
        re.findall(r"^([A-Z]+_[A-Z_]+)=", guide, re.MULTILINE)
    )
    assert named <= known(), named - known()
    assert named


def test_the_units_are_readable_as_ini_files():
    for path in [*UNITS, DEPLOY / "systemd" / "tsh-erp.target"]:
        configparser.ConfigParser(strict=False, interpolation=None).read_string(path.read_text())
