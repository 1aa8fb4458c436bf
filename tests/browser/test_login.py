"""Somebody sets up a second factor in a real browser, and comes in again with it."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.browser.complaints import hurdles, listen, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GOOD = "a very good password"
INSIDE = "/admin/password_change/done/"


class Visitor:
    def __init__(self, tab: Any):
        self.tab, self.heard, self.wrong = tab, listen(tab), []

    def send(self, **typed: str) -> None:
        """Fill the fields of the form and press Enter in the last one; then look at the page that comes."""
        for name, text in typed.items():
            self.tab.fill(f"input[name={name}]", text)
        with self.tab.expect_navigation():
            self.tab.press(f"input[name={name}]", "Enter")
        self.look()

    def look(self) -> None:
        self.heard.settle()
        self.wrong += [
            f"{self.tab.url}: {each}" for each in (*overflow(self.tab), *hurdles(self.tab), *self.heard)
        ]
        self.heard.clear()


def code_of(key: str, later: int) -> str:
    """Of the step that is so many seconds later; asked for when a step does not end before it is sent."""
    while int(time.time()) % 30 > 20:
        time.sleep(0.5)
    totp = TOTP(base64.b32decode(key.replace(" ", "")), 6, hashes.SHA1(), 30)
    return totp.generate(int(time.time()) + later).decode()


@pytest.mark.parametrize(
    "look",
    [{}, {"language": "ar"}, {"dark": True, "width": 375}, {"language": "ar", "dark": True, "width": 375}],
)
def test_a_second_factor_is_set_up_and_then_asked_for(look, visit, world):
    person = world.people["administrator"]
    person.set_password(GOOD)
    person.save()
    tab = visit(**look)
    visitor = Visitor(tab)
    tab.context.clear_cookies(name="sessionid")
    tab.goto("/admin/second-factor/")
    visitor.look()
    visitor.send(username="administrator", password="wrong")
    visitor.send(username="administrator", password=GOOD)
    visitor.send(password=GOOD)
    key = tab.inner_text("#second-key")
    assert tab.evaluate("document.querySelector('.tsh-qr').naturalWidth") > 100
    visitor.send(code="000000")
    visitor.send(code=code_of(key, -30))
    assert len(tab.inner_text("#recovery-codes").split()) == 10
    tab.goto("/admin/second-factor/")
    visitor.look()
    tab.context.clear_cookies(name="sessionid")
    tab.goto(INSIDE)
    visitor.send(username="administrator", password=GOOD)
    visitor.send(code="000000")
    visitor.send(code=code_of(key, 0))  # a step later than the first one, as each counts once
    assert tab.url.endswith(INSIDE)
    assert visitor.wrong == [], "\n".join(visitor.wrong)
