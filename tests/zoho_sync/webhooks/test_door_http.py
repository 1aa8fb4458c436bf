"""The door behind the project's own web server: what arrives over a real socket, rubbish included."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import PROJECT
from tests.factories import OrganizationFactory
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import keys
from zoho_sync.webhooks.proofs import signature

SECRET = "Secret1234567890abc"
PATH = "/api/zoho/webhooks/products"


class Door:
    def __init__(self, port: int, process: subprocess.Popen):
        self.port, self.process = port, process

    def say(self, raw: bytes, patience: float = 60) -> bytes:
        """Send these bytes, and read until the server closes or its answer is whole."""
        with socket.create_connection(("127.0.0.1", self.port), patience) as wire:
            wire.sendall(raw)
            answer = b""
            while chunk := wire.recv(65536):
                answer += chunk
                if complete(answer):
                    break
        return answer

    def post(self, body: bytes, *more: bytes, patience: float = 60) -> int:
        return status(self.deliver(body, *more, patience=patience))

    def deliver(self, body: bytes, *more: bytes, patience: float = 60) -> bytes:
        signed = signature(SECRET.encode(), body).encode()
        lines = [
            b"POST " + PATH.encode() + b" HTTP/1.1", b"Host: localhost", b"Content-Type: application/json",
            b"X-Zoho-Webhook-Signature: " + signed,
            b"Content-Length: %d" % len(body), *more, b"", body,
        ]  # fmt: skip
        return self.say(b"\r\n".join(lines), patience)


def complete(answer: bytes) -> bool:
    head, gap, body = answer.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    return bool(gap and lengths and len(body) >= int(lengths[0]))


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def item(number: int) -> bytes:
    return json.dumps({"item": {"item_id": str(number)}}).encode()


@pytest.fixture
def door(process_environment, tmp_path) -> Iterator[Door]:
    keys.make_secret(OrganizationFactory(external_id="1"), "first", value=SECRET)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = process_environment | {"PORT": str(port), "WEB_PROCESSES": "1"}
    words = [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: is_open(port), 60)
        yield Door(port, process)
    finally:
        process.terminate()
        process.wait(30)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_rubbish_gets_a_clean_answer_and_the_door_stays_open(door):
    head = b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\n"
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    assert status(door.say(chunked)) == 411
    assert status(door.say(head + b"\r\n")) == 411
    assert status(door.say(head + b"Content-Length: 99999999999\r\n\r\n")) == 413
    assert status(door.say(head + b"Content-Length: -5\r\n\r\n")) == 400
    assert status(door.say(b"GET " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")) == 405
    assert (
        door.post(b"{}", b"X-Webhook-Key: \xd8\xb6\xd8\xb1") == 202
    )  # a header that is no ASCII is only ignored
    assert door.post(b'{"item": "\xff"}') == 400
    assert status(door.say(head + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n")) in (400, 431)
    assert status(door.say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")) == 400
    with socket.create_connection(("127.0.0.1", door.port), 10) as wire:
        wire.sendall(head + b"Content-Length: 500\r\n\r\nonly this")  # and away
    assert door.post(item(1)) == 202


def test_a_signature_that_comes_twice_is_no_proof(door):
    good = b"X-Zoho-Webhook-Signature: " + signature(SECRET.encode(), item(1)).encode()
    assert door.post(item(1), good) == 401
    assert not WebhookDelivery.objects.exists()


@pytest.mark.slow
def test_senders_that_go_silent_in_mid_request_do_not_keep_the_door_shut(door):
    head = b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: localhost\r\n"
    silent = [socket.create_connection(("127.0.0.1", door.port), 10) for _ in range(settings.WEB_THREADS)]
    try:
        for number, wire in enumerate(silent):  # in the headers, or in the body
            wire.sendall(head if number % 2 else head + b"Content-Length: 500\r\n\r\nonly this")
        assert door.post(item(1), patience=60) == 202
    finally:
        for wire in silent:
            wire.close()


def test_what_was_acknowledged_by_a_killed_server_is_in_the_inbox(door):
    acknowledged: list[int] = []

    def bring(base: int) -> None:
        for number in range(base, base + 1000):
            try:
                if door.post(item(number)) == 202:
                    acknowledged.append(number)
            except (OSError, IndexError):  # it died before it had answered
                return

    bringers = [threading.Thread(target=bring, args=(base,)) for base in (10_000, 20_000, 30_000)]
    for bringer in bringers:
        bringer.start()
    wait_until(lambda: len(acknowledged) >= 30, 60)
    for pid in children(door.process.pid):
        os.kill(pid, signal.SIGKILL)
    door.process.kill()
    for bringer in bringers:
        bringer.join()

    stored = {int(each) for each in WebhookDelivery.objects.values_list("record_id", flat=True)}
    assert set(acknowledged) <= stored


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return [int(word) for word in found.split()]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection that could be cut")
def test_the_door_recovers_by_itself_when_the_database_has_cut_its_connections(door):
    assert door.post(item(1)) == 202
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    answers = [door.post(item(number)) for number in range(2, 12)]
    assert set(answers) <= {202, 503}
    assert answers[-1] == 202
    assert WebhookDelivery.objects.count() == 1 + answers.count(202)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite is no server that could be away")
def test_while_the_database_is_away_the_sender_is_told_to_come_again(door):
    assert door.post(item(1)) == 202
    with nobody_lets_in():
        head, _, body = door.deliver(item(2)).partition(b"\r\n\r\n")
        assert status(head) == 503
        assert b"retry-after: 30" in head.lower()
        told = json.loads(body)
        assert (told["success"], told["error"]) == (False, "not_stored")
        ask = f"GET {PATH.rpartition('/')[0]}/health HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        health = door.say(ask)
        assert status(health) == 503
        assert health.endswith(b'{"status": "down"}')
    answers = [door.post(item(number)) for number in range(3, 8)]
    assert set(answers) <= {202, 503}
    assert answers[1:] == [202] * 4
    assert WebhookDelivery.objects.count() == 1 + answers.count(202)


@contextmanager
def nobody_lets_in() -> Iterator[None]:
    """All other connections to this test's database are cut, and it takes no new one."""
    parameters = connection.get_connection_params()
    name = parameters["dbname"]
    own = connection.connection.info.backend_pid
    with psycopg.connect(**(parameters | {"dbname": "postgres"}), autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                [name, own],
            )
            yield
        finally:
            other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
