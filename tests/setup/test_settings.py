"""The settings as real processes meet them."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest

from tests.checks import PRODUCTION
from tests.conftest import PROJECT
from tsh_erp import settings as product


def run(manage, *words: str, **changes: str) -> subprocess.CompletedProcess:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "DATA_DIR", "DATABASE_URL")
    }
    return subprocess.run(
        [*manage, *words],
        env=kept | PRODUCTION | changes,
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
    )


def ask(manage, expression: str, **changes: str):
    code = f"import json; from django.conf import settings as s; print(json.dumps({expression}))"
    done = run(manage, "shell", "-v0", "-c", code, **changes)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_example_file_names_every_variable_that_the_settings_read():
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert named == product.env.names


def test_every_variable_of_the_example_file_has_a_comment_before_it():
    paragraphs = re.split(r"\n\n", (PROJECT / ".env.example").read_text())
    for paragraph in paragraphs:
        if re.search(r"^#?[A-Z][A-Z_]+=", paragraph, re.MULTILINE):
            assert paragraph.startswith("# "), paragraph


def test_the_example_file_shows_the_defaults():
    shown = dict(
        re.findall(r"^#([A-Z][A-Z_]+)=([0-9]+)$", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    )
    fresh = product.Environment({})
    assert int(shown["PORT"]) == 8000
    assert int(shown["WORKER_SILENCE_SECONDS"]) == product.WORKER["SILENCE_SECONDS"]
    assert int(shown["ZOHO_CALLS_PER_MINUTE"]) == product.ZOHO["CALLS_PER_MINUTE"]
    assert fresh.names == set()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORT": "abc"}, "PORT must be a whole number from 1 to 65535, not 'abc'."),
        (
            {"ZOHO_CALLS_PER_MINUTE": "-1"},
            "ZOHO_CALLS_PER_MINUTE must be a whole number from 1 to 100, not '-1'.",
        ),
        ({"ZOHO_REGION": "mars"}, "ZOHO_REGION must be one of com, eu, in,"),
        ({"DATABASE_URL": "oracle://a:b@c/d"}, "DATABASE_URL must be sqlite:///FILE or postgres://"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Run `make setup`"),
        ({"SECRET_KEY": "weak"}, "SECRET_KEY is weak."),
        ({"DEBUG": "true"}, "DEBUG shows secrets to strangers."),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts instead of *"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name this server's hosts"),
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT must be one of development, production"),
    ],
)
def test_a_setting_that_cannot_be_obeyed_ends_every_command_with_one_sentence_and_code_2(
    manage, changes, sentence
):
    done = run(manage, "check", **changes)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.slow
def test_a_forgotten_environment_is_production(manage):
    assert ask(manage, "[s.ENVIRONMENT, s.SESSION_COOKIE_SECURE]", ENVIRONMENT="") == ["production", True]


def test_production_settings_pass_the_deployment_check_without_a_warning(manage):
    done = run(manage, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.slow
def test_a_zoho_address_away_from_this_machine_is_refused(manage):
    done = run(manage, "check", ZOHO_API_BASE_URL="https://zoho.example.com")
    assert done.returncode == 1
    assert "zoho_sync.E001" in done.stderr


@pytest.mark.slow
def test_a_silence_shorter_than_the_canary_needs_is_refused(manage):
    done = run(manage, "check", WORKER_SILENCE_SECONDS="10", WORKER_CANARY_SECONDS="15")
    assert done.returncode == 1
    assert "zoho_sync.E015" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "is_sandbox"),
    [
        ({"ENVIRONMENT": "development"}, True),  # a newcomer without credentials
        ({"ENVIRONMENT": "development", "ZOHO_CLIENT_ID": "1000.X"}, False),  # somebody's own Zoho
        ({"ENVIRONMENT": "development", "ZOHO_SANDBOX": "false"}, False),
        ({"ENVIRONMENT": "production"}, False),  # never by accident
    ],
)
def test_the_sandbox_stands_in_only_where_no_credentials_are_set(manage, changes, is_sandbox):
    sandbox, address = ask(manage, '[s.ZOHO_SANDBOX, s.ZOHO["API_BASE_URL"]]', SANDBOX_PORT="8911", **changes)
    assert sandbox is is_sandbox
    assert address == ("http://127.0.0.1:8911" if is_sandbox else "")


def test_the_environment_wins_over_the_env_file(manage, tmp_path):
    file = tmp_path / "some.env"
    file.write_text("PORT=8101\nTIME_ZONE=UTC\n")
    assert ask(manage, "[s.PORT, s.TIME_ZONE]", ENV_FILE=str(file), PORT="8102") == [8102, "UTC"]


def test_an_unusable_database_is_one_sentence(manage, tmp_path):
    obstacle = tmp_path / "file"
    obstacle.write_text("")
    done = run(manage, "migrate", DATABASE_URL=f"sqlite:///{obstacle}/x.sqlite3")
    assert done.returncode == 1
    assert "The database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_says_which_command_makes_them(manage, tmp_path):
    done = run(manage, "shell", "-v0", "-c", "from zoho_sync.models import SyncRun; SyncRun.objects.count()",
               DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")  # fmt: skip
    assert done.returncode == 1
    assert "Run `manage.py migrate`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_postgresql_that_is_not_there_is_one_sentence_without_the_password(manage):
    done = run(manage, "migrate", DATABASE_URL="postgres://erp:geheim@127.0.0.1:1/erp")
    assert done.returncode == 1
    assert "The database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr
