from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import subprocess
import termios
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from inventory.models import Organization
from tests.factories import OrganizationFactory, ProductFactory
from zoho_sync.models import Event, OAuthToken
from zoho_sync.sandbox import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET

pytestmark = pytest.mark.one_leg

ORGANIZATION = "700000001"
IDENTITY = {"client_id": SANDBOX_CLIENT_ID, "client_secret": SANDBOX_CLIENT_SECRET}


@pytest.fixture
def bare(zoho, settings, transactional_db):
    """A Zoho that can be reached, and no credentials."""
    names = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID")
    settings.ZOHO = settings.ZOHO | dict.fromkeys(names, "")
    return zoho


def run(**options) -> str:
    out = StringIO()
    call_command("zoho_connect", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_code_is_exchanged_checked_and_stored(bare):
    told = run(code=bare.grant_code(), **IDENTITY)

    row = OAuthToken.objects.get()
    assert row.state == OAuthToken.State.WORKING
    assert row.organization.external_id == ORGANIZATION
    assert row.organization.currency_code == "IQD"
    assert ORGANIZATION in told
    for secret in (SANDBOX_CLIENT_SECRET, row.refresh_token, row.access_token):
        assert secret not in told
    assert run(test=True).startswith("Connected to")


def test_the_client_may_come_from_the_environment(bare, settings):
    settings.ZOHO = settings.ZOHO | {"CLIENT_ID": SANDBOX_CLIENT_ID, "CLIENT_SECRET": SANDBOX_CLIENT_SECRET}

    run(code=bare.grant_code())

    assert OAuthToken.objects.get().client_id == SANDBOX_CLIENT_ID


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "1000.wrong"}, "refuses the code.*Make a new one"),
        ({"client_id": "1000.OTHER"}, "does not know this client id and secret.*data centre"),
        ({"client_secret": "other"}, "does not know this client id and secret"),
        ({"organization": "700000099"}, "do not read organisation 700000099. They read: 700000001"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_stored(bare, change, words):
    with pytest.raises(CommandError, match=words) as refusal:
        run(**({"code": bare.grant_code()} | IDENTITY | change))

    assert refusal.value.returncode == 1
    assert not OAuthToken.objects.exists()


def test_a_code_that_brings_no_refresh_token_is_refused(bare):
    with pytest.raises(CommandError, match="no refresh token"):
        run(code=bare.grant_code(offline=False), **IDENTITY)


def test_a_code_without_the_needed_scope_is_refused_and_its_token_revoked(bare):
    with pytest.raises(CommandError, match=r"settings\.READ"):
        run(code=bare.grant_code(scope="ZohoInventory.items.READ"), **IDENTITY)

    assert "/oauth/v2/token/revoke" in [call["path"] for call in bare.calls()]


def test_a_second_organisation_is_refused_beside_the_rows_of_the_first_unless_it_is_wanted(bare):
    ProductFactory(organization=OrganizationFactory(external_id="1", name="TSH"))

    with pytest.raises(CommandError, match=r"holds the rows of TSH \(1\).*--another"):
        run(code=bare.grant_code(), **IDENTITY)
    assert not OAuthToken.objects.exists()

    run(code=bare.grant_code(), another=True, **IDENTITY)
    assert OAuthToken.objects.get().organization.external_id == ORGANIZATION


def test_a_failed_attempt_leaves_the_working_connection_alone(bare):
    run(code=bare.grant_code(), **IDENTITY)
    before = OAuthToken.objects.get().refresh_token

    with pytest.raises(CommandError):
        run(code="1000.wrong", **IDENTITY)

    assert OAuthToken.objects.get().refresh_token == before
    assert run(test=True)


def test_no_network_is_told_in_a_sentence(bare, settings):
    settings.ZOHO = settings.ZOHO | {"ACCOUNTS_URL": "http://127.0.0.1:1"}

    with pytest.raises(CommandError, match=r"not reachable at http://127\.0\.0\.1:1"):
        run(code="1000.x", **IDENTITY)


def test_a_foreign_host_is_never_sent_a_secret(bare, settings):
    settings.ZOHO = settings.ZOHO | {"ACCOUNTS_URL": "http://192.0.2.1"}

    with pytest.raises(CommandError, match=r"ZOHO_ACCOUNTS_URL names a host that is not Zoho's"):
        run(code="1000.x", **IDENTITY)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "--client-id is missing"),
        ({"code": "x", **IDENTITY, "organization": "my company"}, "number"),
        ({"test": True, "client_id": "x"}, "--organization only"),
        ({"revoke": True, "region": "eu"}, "--organization only"),
    ],
)
def test_wrong_usage_ends_with_two(bare, options, words):
    with pytest.raises(CommandError, match=words) as refusal:
        run(**options)

    assert refusal.value.returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--region", "mars"], ["--code", "x", "--revoke"], ["--nonsense"]])
def test_unknown_words_end_with_two_and_no_traceback(bare, manage, process_environment, words):
    done = subprocess.run(
        [*manage, "zoho_connect", *words],
        env=process_environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_process_connects_and_fails_with_one_sentence(bare, manage, process_environment, zoho_server):
    environment = process_environment | {
        "ZOHO_API_BASE_URL": zoho_server.url,
        "ZOHO_ACCOUNTS_URL": zoho_server.url,
        "ZOHO_CLIENT_ID": SANDBOX_CLIENT_ID,
        "ZOHO_CLIENT_SECRET": SANDBOX_CLIENT_SECRET,
    }

    def connect(code: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*manage, "zoho_connect", "--code", code],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    wrong, right = connect("1000.wrong"), connect(bare.grant_code())

    assert (wrong.returncode, right.returncode) == (1, 0), wrong.stderr + right.stderr
    assert "Traceback" not in wrong.stderr
    assert OAuthToken.objects.count() == 1


def test_what_is_missing_is_asked_for_at_a_terminal_and_secrets_are_not_shown(
    bare, manage, process_environment, zoho_server
):
    environment = process_environment | {
        "ZOHO_API_BASE_URL": zoho_server.url,
        "ZOHO_ACCOUNTS_URL": zoho_server.url,
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*manage, "zoho_connect"],
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    shown, code = "", bare.grant_code()
    for prompt, answer in (("id:", SANDBOX_CLIENT_ID), ("secret:", SANDBOX_CLIENT_SECRET), ("Code:", code)):
        while prompt not in shown:
            shown += os.read(ours, 1000).decode()
        os.write(ours, f"{answer}\n".encode())
    with contextlib.suppress(OSError):  # the terminal's end, when the process has gone
        while piece := os.read(ours, 1000):
            shown += piece.decode()
    os.close(ours)

    assert process.wait(60) == 0, shown
    assert "Connected to" in shown
    assert SANDBOX_CLIENT_SECRET not in shown
    assert code not in shown


def test_revoking_ends_the_token_at_zoho_and_here_and_keeps_the_data(bare):
    run(code=bare.grant_code(), **IDENTITY)

    assert "revoked" in run(revoke=True)

    assert not OAuthToken.objects.exists()
    assert Organization.objects.filter(external_id=ORGANIZATION).exists()
    assert Event.objects.filter(name="tds.zoho.token.revoked").exists()
    with pytest.raises(CommandError, match="not connected"):
        run(test=True)


def test_revoking_what_zoho_has_forgotten_forgets_it_here(bare):
    run(code=bare.grant_code(), **IDENTITY)
    bare.tokens("revoke")

    assert "did not know" in run(revoke=True)
    assert not OAuthToken.objects.exists()


def test_an_environment_that_goes_before_the_new_connection_is_mentioned(zoho, transactional_db):
    assert "go before" in run(code=zoho.grant_code(), **IDENTITY)
