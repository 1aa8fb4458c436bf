"""`send_test_webhook`: one command tells whether webhooks work, and if not, what is wrong."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connections as database
from django.utils.module_loading import import_string

from tests.factories import ProductFactory
from zoho_sync import connections
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import keys, throttle

pytestmark = pytest.mark.one_leg

SECRET = "Secret1234567890abc"


@pytest.fixture(autouse=True)
def nobody_has_come_yet():
    throttle.forget()
    keys.forget()


@pytest.fixture
def secret(zoho, transactional_db):
    return keys.make_secret(connections.organization_for(), "first", value=SECRET)[0]


@pytest.fixture
def home(live_server, settings, secret) -> str:
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": live_server.url}
    return live_server.url


@pytest.fixture
def working_queue(living_worker):
    """Somebody who does what the queue's jobs say, as they come."""
    from django_q.models import OrmQ
    from django_q.signing import SignedPackage

    enough = threading.Event()

    def work() -> None:
        while not enough.wait(0.05):
            for job in OrmQ.objects.order_by("pk"):
                task = SignedPackage.loads(job.payload)
                job.delete()
                import_string(task["func"])(*task["args"])
        database.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    enough.set()
    thread.join(60)


def test_it_follows_the_test_until_it_is_applied(command, home, working_queue, zoho):
    item = zoho.ids("items")[0]

    answer = command("send_test_webhook", "--record", item, "--wait", "60")

    assert (answer.code, answer.err) == (0, "")
    lines = [line for line in answer.out.splitlines() if line.startswith("✓")]
    stages = ("Sent", "Answered", "Stored", "Queued", "Read from Zoho", "Applied")
    assert [line.split(":")[0].removeprefix("✓ ") for line in lines] == list(stages)
    assert "webhooks work" in answer.out
    assert SECRET not in answer.out


def test_it_answers_in_json(command, home, working_queue, zoho):
    item = zoho.ids("items")[0]

    answer = command("send_test_webhook", "--record", item, "--json", "--wait", "60")

    told = json.loads(answer.out)
    assert (answer.code, told["applied"], told["problem"]) == (0, True, None)
    assert (told["record_id"], told["status_code"], told["is_made_up"]) == (item, 202, False)
    assert [each["state"] for each in told["stages"]] == ["done"] * 6
    assert WebhookDelivery.objects.get(event_id=told["event_id"]).is_test


def test_a_made_up_record_is_said_to_be_one(command, home, living_worker):
    answer = command("send_test_webhook", "--wait", "0")

    assert "the id is made up" in answer.out


def test_without_a_worker_it_says_so_and_does_not_wait(command, home):
    answer = command("send_test_webhook", "--wait", "3600")

    assert answer.code == 1
    assert "✓ Stored" in answer.out
    assert "No worker gives a sign of life" in answer.err


def test_a_worker_that_does_nothing_is_waited_for_no_longer_than_asked(command, home, living_worker):
    answer = command("send_test_webhook", "--wait", "0.5", "--json")

    told = json.loads(answer.out)
    assert (answer.code, told["applied"]) == (1, False)
    assert "wait longer with --wait" in answer.err


def test_without_a_secret_it_says_where_to_make_one(command, zoho):
    answer = command("send_test_webhook")

    assert answer.code == 1
    assert "✗ Sent: There is no secret to sign with." in answer.out


def test_nobody_at_the_address_is_said(command, secret):
    answer = command("send_test_webhook", "--url", "http://127.0.0.1:9")

    assert answer.code == 1
    assert "Nobody answers at http://127.0.0.1:9." in answer.out


def test_a_refused_token_is_named(command, home, working_queue, zoho):
    zoho.tokens("revoke")

    answer = command("send_test_webhook", "--wait", "5")

    assert answer.code == 1
    assert "Zoho" in answer.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--subject", "parrots"], "--subject: 'parrots' is not known."),
        (["--url", "http://example.com"], "example.com is not this back office"),
        (["--url", "nonsense"], "is no address of a web server"),
        (["--record", "a b"], "is no id"),
        (["--record", "1,2"], "takes one id"),
        (["--record", ""], "needs at least one id"),
        (["--wait", "-1"], "from 0 to 3600"),
        (["--wait", "nan"], "from 0 to 3600"),
        (["--wait", "soon"], "--wait"),
        (["--sbject", "item"], "--sbject"),
    ],
)
def test_wrong_usage_is_one_sentence_and_sends_nothing(words, complaint, command, secret):
    answer = command("send_test_webhook", *words)

    assert answer.code == 2
    assert complaint in answer.err
    assert "Traceback" not in answer.err
    assert not WebhookDelivery.objects.exists()


def test_the_last_word_of_an_address_names_its_subject(command, home):
    ProductFactory(organization=connections.organization_for())

    command("send_test_webhook", "--subject", "orders")

    assert WebhookDelivery.objects.get().subject == "salesorder"


def test_without_a_connection_it_says_how_to_connect(command, transactional_db):
    answer = command("send_test_webhook")

    assert answer.code == 1
    assert "zoho_connect" in answer.err
