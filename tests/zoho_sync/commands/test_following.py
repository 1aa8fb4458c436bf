"""Who does the work: a worker while there is one, this process otherwise; and what Ctrl-C does to either."""

from __future__ import annotations

import json
import re
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Product
from zoho_sync import connections, leases, services
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncOptions

from .terminal import CTRL_C

pytestmark = pytest.mark.one_leg

Status = SyncRun.Status


def the_run() -> SyncRun | None:
    return SyncRun.objects.first()


@pytest.fixture
def slow_second_page(sandbox):
    """The first page of products comes at once, the second after a long while."""
    sandbox.control.order_fault("delay", path="/items", after=1, times=1, delay=8)


def hold(run: SyncRun) -> leases.Lease:
    """Take the run as a worker does, and keep it for a while."""
    lease = leases.claim(run.pk)
    lease.mine.update(lease_until=timezone.now() + timedelta(minutes=5))
    return lease


def test_a_worker_does_the_work_and_the_command_follows_it(start, zoho, living_worker, eventually):
    process = start("sync_products", "--mode", "full")
    services.work_here(eventually(the_run))

    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "No worker" not in out
    assert re.search(r"created\s+45", out)


@pytest.mark.slow
def test_a_run_that_no_living_worker_takes_is_done_by_the_command(start, zoho, living_worker):
    process = start("sync_products", "--mode", "full")

    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "No worker has taken the run within 10 seconds" in out
    assert Product.objects.count() == 45


@pytest.mark.slow
def test_the_run_of_a_worker_that_died_is_gone_on_with(start, zoho, eventually):
    organization = connections.organization_for()
    options = SyncOptions(entity="products", mode="full")
    run = services.start_run(options, trigger="command", organization=organization)
    dead = leases.claim(run.pk)
    dead.mine.update(lease_until=timezone.now() - timedelta(seconds=1))

    process = start("sync_products", "--attach")

    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "No worker is running" in out
    assert Product.objects.count() == 45


def test_ctrl_c_without_a_terminal_leaves_the_run_to_the_worker(start, zoho, living_worker, eventually):
    process = start("sync_products")
    hold(eventually(the_run))
    line = process.stdout.readline()
    assert "Products" in line

    process.send_signal(signal.SIGINT)

    _, err = process.communicate()
    assert process.returncode == 1
    assert "The worker goes on with it" in err
    assert "Traceback" not in err
    assert the_run().status == Status.RUNNING


@pytest.mark.slow
def test_ctrl_c_at_a_terminal_asks_and_cancels(terminal, zoho, living_worker, eventually):
    screen = terminal("sync_products")
    lease = hold(eventually(the_run))
    screen.wait_for("running")

    screen.press(CTRL_C)
    screen.wait_for("Cancel the run, or leave it to the worker?")
    screen.press("c\n")
    screen.wait_for("Cancelling after the page in hand.")
    lease.let_go()
    services.work_here(the_run())

    assert screen.end() == 1
    assert the_run().status == Status.CANCELLED
    assert "cancelled" in screen.plain


def test_ctrl_c_at_a_terminal_asks_and_leaves(terminal, zoho, living_worker, eventually):
    screen = terminal("sync_products")
    hold(eventually(the_run))
    screen.wait_for("running")

    screen.press(CTRL_C)
    screen.wait_for("Enter: leave")
    screen.press("\n")

    assert screen.end() == 1
    assert "The worker goes on with it" in screen.plain
    assert the_run().status == Status.RUNNING


@pytest.mark.slow
def test_a_second_ctrl_c_leaves(terminal, zoho, living_worker, eventually):
    screen = terminal("sync_products")
    hold(eventually(the_run))
    screen.wait_for("running")

    screen.press(CTRL_C)
    screen.wait_for("Enter: leave")
    screen.press(CTRL_C)

    assert screen.end() == 1
    assert the_run().status == Status.RUNNING


@pytest.mark.slow
def test_ctrl_c_inline_stops_after_the_page_in_hand_and_attach_goes_on(
    start, command, zoho, slow_second_page, eventually
):
    process = start("sync_products", "--mode", "full", "--batch-size", "10", "--inline")
    eventually(lambda: Product.objects.count() == 10)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate()

    assert process.returncode == 1
    assert "Stopping after the page in hand" in out
    assert "--attach" in err
    assert the_run().status == Status.PAUSED
    assert Product.objects.count() == 20  # what Zoho was answering is paid for, and stored

    answer = command("sync_products", "--attach", "--inline", "--json")

    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["counts"]["created"] == 45
    assert json.loads(answer.out)["run"] == the_run().pk


@pytest.mark.slow
def test_ctrl_c_stops_a_group_whole_and_attach_goes_on_with_it(
    start, command, zoho, slow_second_page, eventually
):
    process = start("sync_all", "--mode", "full", "--batch-size", "10", "--inline")
    eventually(lambda: Product.objects.count() == 10)

    process.send_signal(signal.SIGINT)
    process.communicate()

    assert process.returncode == 1
    assert set(SyncRun.objects.values_list("status", flat=True)) == {Status.SUCCEEDED, Status.PAUSED}

    answer = command("sync_all", "--attach", "--inline", "--json")

    assert answer.code == 0, answer.err
    assert SyncRun.objects.exclude(entity="customer_details").count() == 5
    assert Product.objects.count() == 45


@pytest.mark.slow
def test_a_second_ctrl_c_inline_leaves_at_once_and_nothing_is_lost(
    start, command, environment, zoho, slow_second_page, eventually
):
    environment["ZOHO_LEASE_SECONDS"] = "5"  # nobody may go on before the lease of the one who left has ended
    process = start("sync_products", "--mode", "full", "--batch-size", "10", "--inline")
    eventually(lambda: Product.objects.count() == 10)

    process.send_signal(signal.SIGINT)
    for line in process.stdout:
        if "Stopping" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 1

    answer = command("sync_products", "--attach", "--inline", "--json")

    assert answer.code == 0, answer.err
    assert Product.objects.count() == 45


def test_a_terminal_shows_a_bar_in_colour(terminal, zoho):
    screen = terminal("sync_products", "--mode", "full", "--inline")

    assert screen.end() == 0
    assert "━" in screen.plain
    assert re.search(r"\x1b\[[0-9;]*3[0-9]", screen.seen)
    assert "Every row is in." in screen.plain


@pytest.mark.slow
@pytest.mark.parametrize(("words", "variables"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_no_colour_when_none_is_wanted(terminal, zoho, words, variables):
    screen = terminal("sync_products", "--mode", "full", "--inline", *words, **variables)

    assert screen.end() == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-9][;m]", screen.seen)


def test_a_pipe_gets_plain_lines(start, zoho):
    out, _ = start("sync_products", "--mode", "full", "--inline").communicate()

    assert "\x1b" not in out
    assert re.search(r"^Products \(run \d+\): succeeded, 45", out, re.MULTILINE)


@pytest.mark.slow
def test_a_reader_that_has_gone_does_not_stop_the_work(start, zoho):
    zoho.order_fault("delay", path="/items", after=1, times=1, delay=2)
    process = start("sync_products", "--mode", "full", "--batch-size", "10", "--inline")
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    assert Product.objects.count() == 45


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_database_without_tables_is_one_sentence(start, environment, tmp_path, words):
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/empty.sqlite3"

    out, err = start("sync_products", *words).communicate()

    assert "manage.py migrate" in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert bool(words) == bool(out)
    if words:
        assert json.loads(out)["error"]


@pytest.mark.slow
def test_a_database_that_cannot_be_opened_is_one_sentence(start, environment, tmp_path):
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3"

    process = start("sync_products")
    _, err = process.communicate()

    assert process.returncode == 1
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_the_answer_speaks_the_language_of_the_settings(start, environment, zoho):
    environment["LANGUAGE_CODE"] = "ar"

    process = start("sync_products", "--mode", "full", "--inline", "--json")
    out, _ = process.communicate()

    assert process.returncode == 0
    assert json.loads(out)["counts"]["created"] == 45
