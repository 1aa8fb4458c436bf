"""A test delivery to ourselves goes through real HTTP, and each stage says when it came or what keeps it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, OrganizationFactory, ProductFactory
from zoho_sync.models import WebhookDelivery, WorkerBeat
from zoho_sync.subjects import SUBJECTS
from zoho_sync.webhooks import draining, keys, throttle
from zoho_sync.webhooks.trial import MADE_UP_ID, TrialRefused, own_address, send_test, stages

pytestmark = pytest.mark.one_leg

Status = WebhookDelivery.Status
SECRET = "Secret1234567890abc"


@pytest.fixture(autouse=True)
def nobody_has_come_yet():
    throttle.forget()
    keys.forget()


@pytest.fixture
def secret(organization):
    return keys.make_secret(organization, "first", value=SECRET)[0]


@pytest.fixture
def home(live_server, settings, secret) -> str:
    """Our own web server, known as the public address."""
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": live_server.url}
    return live_server.url


@pytest.fixture
def worker(transactional_db) -> None:
    WorkerBeat.objects.create(name="test", beat_at=timezone.now() + timedelta(minutes=10))


@pytest.fixture
def stranger() -> Iterator[Callable[..., str]]:
    """stranger(404, b"…", Location="…") -> the address of a server that answers each POST so.

    body: its bytes, or pieces that are sent one by one until nobody listens.
    """
    servers = []

    def answer(status: int, body: bytes | Iterable[bytes] = b"", **headers: str) -> str:
        pieces = [body] if isinstance(body, bytes) else body
        if isinstance(body, bytes) and "Transfer-Encoding" not in headers:
            headers = {"Content-Length": str(len(body))} | headers

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args) -> None:
                pass

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    for piece in pieces:
                        self.wfile.write(piece)

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(
            target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return f"http://127.0.0.1:{servers[-1].server_address[1]}"

    yield answer
    for server in servers:
        server.shutdown()
        server.server_close()


def states(found) -> dict[str, str]:
    return {each.name: each.state for each in found}


def test_a_test_goes_through_every_stage(organization, sandbox, home, worker, work_queue, run_sync):
    for entity in ("warehouses", "products", "stock"):
        run_sync(entity)

    trial = send_test(organization)

    assert (trial.status_code, states(trial.stages)) == (202, {"sent": "done", "answered": "done"})
    assert trial.address == f"{home}/api/zoho/webhooks/products"
    assert trial.record_id in sandbox.ids("items")
    assert states(stages(trial.event_id)) == {
        "sent": "done", "answered": "done", "stored": "done", "queued": "done", "read": "waiting",
        "applied": "waiting",
    }  # fmt: skip
    work_queue()
    found = stages(trial.event_id)
    assert set(states(found).values()) == {"done"}
    assert "the record was written" in found[-1].words  # a detail tells more than the list did
    row = WebhookDelivery.objects.get()
    assert (row.is_test, row.secret_name, row.record_id) == (True, "first", trial.record_id)


def test_the_secret_is_told_to_nobody(organization, home):
    trial = send_test(organization)

    assert SECRET not in repr(trial)
    assert SECRET not in repr(stages(trial.event_id))


def test_two_tests_in_a_row_are_no_repetitions(organization, home):
    send_test(organization)
    send_test(organization)

    assert not WebhookDelivery.objects.filter(is_duplicate=True).exists()


def test_without_any_record_a_made_up_one_is_asked_for(organization, home, worker, work_queue):
    trial = send_test(organization)
    work_queue()

    assert (trial.is_made_up, trial.record_id) == (True, MADE_UP_ID)
    assert "Zoho has no such record" in stages(trial.event_id)[-1].words


def test_a_removed_record_is_not_chosen(organization, home):
    live = ProductFactory(organization=organization)
    ProductFactory(organization=organization, removed_at=timezone.now())

    assert send_test(organization).record_id == live.external_id


@pytest.mark.parametrize("subject", [name for name, each in SUBJECTS.items() if each.is_document])
def test_a_document_is_tested_by_an_item_in_its_lines(subject, organization, home):
    product = ProductFactory(organization=organization)

    trial = send_test(organization, subject=subject)

    row = WebhookDelivery.objects.get()
    assert (row.subject, row.item_ids) == (subject, [product.external_id])
    assert trial.event_id == str(row.event_id)


def test_a_named_record_is_asked_for(organization, home):
    CustomerFactory(organization=organization)

    trial = send_test(organization, subject="contact", record_id="460001")

    row = WebhookDelivery.objects.get()
    assert (trial.record_id, row.subject, row.record_id) == ("460001", "contact", "460001")
    assert not trial.is_made_up


# --- Where it does not come through --------------------------------------------------------------------


def test_without_a_secret_nothing_is_sent_and_that_is_said(organization, live_server, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": live_server.url}

    trial = send_test(organization)

    (stage,) = trial.stages
    assert (trial.event_id, stage.name, stage.state) == ("", "sent", "failed")
    assert "There is no secret" in stage.words


def test_a_secret_that_has_ended_signs_nothing(organization, home, secret):
    keys.end_secret(secret)
    keys.forget()

    assert "There is no secret" in send_test(organization).stages[-1].words


def test_nobody_at_the_address_is_said(organization, secret):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        trial = send_test(organization, url=url)

    assert (trial.event_id, trial.status_code) == ("", None)
    assert f"Nobody answers at {url}." in trial.stages[-1].words


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (302, b"", {"Location": "https://erp.example.com/x"}, "302 and sends its visitors to https://erp"),
        (400, b"<html>Bad Request</html>", {}, "ALLOWED_HOSTS"),
        (400, b'{"success":false,"message":"The body ended too early."}', {}, "The body ended too early."),
        (401, b'{"success":false}', {}, "refused the signature"),
        (404, b"", {}, "another program"),
        (429, b"{}", {}, "wait a minute"),
        (503, b"{}", {}, "could not store"),
        (500, b"", {}, "500"),
        (200, b"Hello", {}, "another program"),
        (202, b'{"success":true,"event_id":"<b>"}', {}, "another program"),
        (202, b"[" * 60_000, {}, "another program"),
    ],
)
def test_every_other_answer_is_explained(status, body, headers, words, organization, secret, stranger):
    trial = send_test(organization, url=stranger(status, body, **headers))

    assert (trial.event_id, trial.status_code) == ("", status)
    assert states(trial.stages) == {"sent": "done", "answered": "failed"}
    assert words in trial.stages[-1].words


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ({"Content-Length": "1000"}, b"the rest never comes"),
        ({"Content-Encoding": "gzip", "Content-Length": "3"}, b"abc"),
        ({"Transfer-Encoding": "chunked"}, b"zz\r\nabc"),
    ],
)
def test_an_answer_that_breaks_off_is_explained(head, body, organization, secret, stranger):
    trial = send_test(organization, url=stranger(202, body, **head))

    assert (trial.event_id, trial.status_code) == ("", 202)
    assert "another program" in trial.stages[-1].words


@pytest.mark.slow  # it waits as long as Zoho does
def test_an_answer_without_end_is_not_listened_to_for_ever(organization, secret, stranger):
    def drops() -> Iterator[bytes]:
        while True:
            time.sleep(0.1)
            yield b"x"

    trial = send_test(organization, url=stranger(202, drops()))

    assert (trial.event_id, trial.status_code) == ("", 202)
    assert "another program" in trial.stages[-1].words


def test_an_answer_that_speaks_of_a_delivery_of_others_is_not_believed(organization, secret, stranger):
    event_id = "0b0e7a52-7b0e-4f5c-9e6b-0f4c2f1d2a11"
    url = stranger(202, json.dumps({"success": True, "event_id": event_id}).encode())

    trial = send_test(organization, url=url)

    last = stages(trial.event_id)[-1]
    assert (last.name, last.state) == ("stored", "failed")
    assert "another database" in last.words


def test_without_a_worker_the_stage_of_reading_says_so(organization, home):
    trial = send_test(organization)

    read = stages(trial.event_id)[-2]
    assert (read.name, read.state) == ("read", "waiting")
    assert "No worker gives a sign of life." in read.words


def test_a_run_of_earlier_webhooks_that_goes_first_is_named(organization, home, worker):
    send_test(organization)
    [run] = draining.drain(organization.pk)  # and nobody has begun it
    trial = send_test(organization)
    assert draining.drain(organization.pk) == []

    queued = stages(trial.event_id)[3]
    assert (queued.name, queued.state) == ("queued", "waiting")
    assert f"Run {run.pk} goes first" in queued.words


def test_a_refused_token_is_what_keeps_it(organization, sandbox, home, worker, work_queue):
    sandbox.tokens("revoke")
    trial = send_test(organization)
    work_queue(20)

    read = stages(trial.event_id)[-2]
    assert (read.name, read.state) == ("read", "waiting")
    assert read.words


def test_a_record_that_cannot_be_taken_is_read_and_not_applied(
    organization, sandbox, home, worker, work_queue, run_sync
):
    run_sync("warehouses")
    item = sandbox.ids("items")[0]
    sandbox.poison("items", item, json.dumps({"item_id": item, "name": ""}))
    trial = send_test(organization, record_id=item)
    work_queue()

    found = stages(trial.event_id)
    assert (states(found)["read"], states(found)["applied"]) == ("done", "failed")
    assert "tried again at" in found[-1].words


# --- Where to -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bind", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("::1", "http://[::1]:8123"),
        ("erp.local", "http://erp.local:8123"),
    ],
)
def test_without_a_public_address_it_is_our_own_port(bind, expected, settings):
    settings.BIND_ADDRESS, settings.PORT = bind, 8123
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": ""}

    assert own_address() == expected


def test_the_public_address_goes_first(settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "https://erp.example.com/"}

    assert own_address() == "https://erp.example.com"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://10.1.2.3:8000",
        "http://169.254.169.254/latest",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1:8000",
        "http://",
        "http://127.0.0.1:x/",
        "http://me:secret@127.0.0.1/",
        "http://[::1",
        "http://anything.erp.example.com/",
    ],
)
def test_a_test_goes_to_nobody_but_ourselves(url, organization, secret, settings):
    settings.ALLOWED_HOSTS = ["*", ".erp.example.com"]  # patterns name nobody

    with pytest.raises(TrialRefused):
        send_test(organization, url=url)


def test_a_host_that_is_named_as_ours_is_ours(organization, secret, settings):
    settings.ALLOWED_HOSTS = ["ERP.invalid"]

    trial = send_test(organization, url="http://erp.invalid/")  # a name that never leads anywhere

    assert "Nobody answers at http://erp.invalid." in trial.stages[-1].words


def test_a_whole_address_of_a_door_is_taken_as_it_is(organization, home):
    trial = send_test(organization, url=f"{home}/api/tds/webhooks/items?x=1#y")

    assert trial.address == f"{home}/api/tds/webhooks/items"
    assert WebhookDelivery.objects.get().door == "items"


def test_a_subject_that_nobody_knows_is_refused(organization, home):
    with pytest.raises(TrialRefused, match="no subject"):
        send_test(organization, subject="parrots")


def test_another_organisations_secret_does_not_sign(organization, home, secret):
    other = OrganizationFactory(external_id="99")

    assert "There is no secret" in send_test(other).stages[-1].words
