"""Debian's Chromium, a real web server of ours, and somebody who has signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.access import world as worlds
from tests.access.conftest import groups  # noqa: F401

# Quiet about everything that a browser asks of its maker by itself.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Its driver runs an event loop in this thread, at the sight of which Django refuses to ask the database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world(transactional_db, groups, settings) -> SimpleNamespace:  # noqa: F811
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "http://127.0.0.1:9"}
    return worlds.build()


@pytest.fixture
def visit(chromium, live_server, world):
    """Makes tabs: visit(person="administrator", language="ar", dark=True, width=375)."""
    contexts = []

    def open_tab(
        person: str = "administrator", language: str = "en", *, dark: bool = False, width: int = 1300
    ) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale="ar-IQ" if language == "ar" else "en-GB",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        client = Client()
        client.force_login(world.people[person])
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": language}
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()
