"""Two administrators at the same moment, and a process that is killed in the middle of a step."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from zoho_sync import connecting
from zoho_sync.errors import SyncError
from zoho_sync.models import ConnectionDraft, OAuthToken

from .conftest import ORGANIZATION

EXCHANGING = """
import django, sys
django.setup()
from zoho_sync import connecting
connecting.redeem(sys.argv[1], seen=int(sys.argv[2]), user=None)
"""


def together(*verbs) -> list[str]:
    """Do all of them at the same moment, each in a thread of its own; what each was refused with, "" for none."""
    gate, refusals = threading.Barrier(len(verbs)), [""] * len(verbs)

    def do(place: int, verb) -> None:
        gate.wait()
        try:
            verb()
        except SyncError as error:
            refusals[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=each) for each in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_two_codes_at_once_spend_one(walker, zoho, paths):
    walker.prepare()
    seen, codes = walker.version(), [zoho.grant_code(), zoho.grant_code()]
    zoho.forget_calls()

    refusals = together(*(lambda code=code: connecting.redeem(code, seen=seen, user=None) for code in codes))

    assert sorted(refusals) == ["", "ChangedMeanwhile"]
    assert paths().count("/oauth/v2/token") == 1
    assert ConnectionDraft.objects.get().found[0]["external_id"] == ORGANIZATION


def test_two_beginnings_at_once_make_one(zoho):
    refusals = together(
        *(
            lambda region=region: connecting.choose_region(region, seen=0, user=None)
            for region in ("eu", "in")
        )
    )

    assert sorted(refusals) == ["", "ChangedMeanwhile"]
    assert ConnectionDraft.objects.count() == 1


def test_two_choices_at_once_store_one_connection(walker, zoho):
    zoho.set_organizations({ORGANIZATION: {}, "700000002": {}})
    walker.prepare()
    walker.take("consent", "redeem", code=zoho.grant_code())
    seen = walker.version()

    refusals = together(
        *(
            lambda chosen=chosen: connecting.choose(chosen, seen=seen, user=None)
            for chosen in (ORGANIZATION, "700000002")
        )
    )

    assert sum(not each for each in refusals) == 1
    assert OAuthToken.objects.count() == 1


@pytest.mark.slow
def test_a_process_killed_during_the_exchange_leaves_a_step_that_can_be_taken_again(
    walker, zoho, zoho_server, process_environment
):
    walker.prepare()
    zoho.order_fault("delay", path="/oauth/v2/token", delay=30)
    environment = process_environment | {
        "ZOHO_SANDBOX": "false",
        "ZOHO_API_BASE_URL": zoho_server.url,
        "ZOHO_ACCOUNTS_URL": zoho_server.url,
    }
    command = [sys.executable, "-c", EXCHANGING, zoho.grant_code(), str(walker.version())]
    process = subprocess.Popen(command, env=environment)
    patience = time.monotonic() + 60
    while not ConnectionDraft.objects.filter(exchange_began_at__isnull=False).exists():
        assert process.poll() is None
        assert time.monotonic() < patience
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert "A code is being exchanged" in walker.see("consent")
    longer = connecting.EXCHANGE + timedelta(seconds=1)
    ConnectionDraft.objects.update(exchange_began_at=timezone.now() - longer)
    assert "that code is used up" in walker.see("consent")
    zoho.clear_faults()
    walker.take("consent", "redeem", code=zoho.grant_code())

    assert walker.at == walker.url("organization")
