"""Somebody who looks at our pages all the time, and remembers what was wrong with an answer."""

from __future__ import annotations

import threading
from contextlib import suppress

import requests

from .world import PASSWORD, World

PAGES = (
    "admin/", "admin/zoho_sync/syncrun/", "admin/zoho_sync/webhookdelivery/", "admin/zoho_sync/recorderror/",
    "admin/inventory/product/", "admin/inventory/stocklevel/", "admin/zoho_sync/event/", "health/live",
    "api/v1/runs/", "api/v1/products/",
)  # fmt: skip
_REST_SECONDS = 0.7


class Visitor:
    """statuses: (page, status) of every answer of class 5xx since `forget()`. leaks: pages that showed a secret."""

    def __init__(self, world: World, secrets: list[str]):
        self._world, self._secrets = world, secrets
        self.answers_count = 0
        self.errors: list[tuple[str, int]] = []
        self.leaks: list[str] = []
        self._session: requests.Session | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look_around, name="visitor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join(30)

    def forget(self) -> None:
        self.errors, self.leaks = [], []

    def _look_around(self) -> None:
        number = 0
        while not self._is_over.wait(_REST_SECONDS):
            with suppress(requests.RequestException):  # nobody was there
                self._look(PAGES[number % len(PAGES)])
                number += 1

    def _look(self, page: str) -> None:
        session = self._session or self._log_in()
        answer = session.get(f"http://127.0.0.1:{self._world.port}/{page}", timeout=30)
        self._judge(page, answer)
        if "/login/" in answer.url:
            self._session = None

    def _judge(self, page: str, answer: requests.Response) -> None:
        self.answers_count += 1
        if answer.status_code >= 500:
            self.errors.append((page, answer.status_code))
        self.leaks += [page for secret in self._secrets if secret in answer.text]

    def _log_in(self) -> requests.Session:
        session, address = requests.Session(), f"http://127.0.0.1:{self._world.port}/admin/login/"
        self._judge("login", session.get(address, timeout=30))
        form = {
            "username": "layla",
            "password": PASSWORD,
            "csrfmiddlewaretoken": session.cookies.get("csrftoken"),
        }
        answer = session.post(address, form, timeout=30, headers={"Referer": address})
        self._judge("login", answer)
        if answer.ok and "/login/" not in answer.url:
            self._session = session
        return session
