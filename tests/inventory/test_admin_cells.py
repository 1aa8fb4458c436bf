from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory.admin import cells


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),  # unknown is never 0
        (Decimal("0E-8"), ">0<"),
        (Decimal("14.00000000"), ">14<"),  # no padding
        (Decimal("-2.50000000"), ">-2.5<"),
        (Decimal("1234567.12345678"), ">1,234,567.12345678<"),  # every digit that is stored
        (Decimal("1E+3"), ">1,000<"),
    ],
)
def test_a_number_shows_its_digits_and_nothing_else(value, shown):
    assert shown in cells.number(value)


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (None, "USD", "—"),  # no price is not a price of 0
        (Decimal("12500.00000000"), "IQD", ">12,500 <small>IQD"),
        (Decimal("8.10000000"), "USD", ">8.10 <small>USD"),
        (Decimal("8.12500000"), "USD", ">8.125 <small>USD"),
        (Decimal("190.5"), "IQD", ">190.5 <small>IQD"),  # unusual, but there: shown
    ],
)
def test_money_stands_beside_its_currency_in_the_decimals_of_daily_use(value, currency, shown):
    assert shown in cells.money(value, currency)


def test_a_negative_number_keeps_its_sign_in_front_on_a_page_that_reads_from_the_right():
    assert str(cells.number(Decimal(-1))).startswith('<bdi dir="ltr"')


@pytest.mark.parametrize("draw", [cells.ltr, cells.words, cells.paragraphs, cells.tag])
def test_text_from_the_source_is_escaped(draw):
    assert "<script>" not in draw("<script>alert(1)</script>")


def test_pretty_json_keeps_every_digit():
    raw = '{"id":51000000000840210000001,"rate":12500.00,"tags":[],"deep":{"q":[1e5,-0.10]}}'

    shown = cells.pretty_json(raw)

    for digits in ("51000000000840210000001", "12500.00", "1e5", "-0.10", "[]"):
        assert digits in shown
    assert json.loads(shown) == json.loads(raw)
    assert len(shown.splitlines()) > 5


@pytest.mark.parametrize(
    "raw",
    [
        "not JSON",
        '{"cut": [1, 2',
        "[" * 5000 + "]" * 5000,  # deeper than any reader goes
        "1" * 5000,  # more digits than an int takes
    ],
)
def test_what_is_not_readable_json_is_shown_as_it_came(raw):
    assert cells.pretty_json(raw) == raw


def test_pretty_json_writes_escapes_out_unless_no_page_can_hold_them():
    shown = cells.pretty_json(r'{"a": "\u0643", "b": "\ud800"}')

    assert "ك" in shown
    assert r"\ud800" in shown
    shown.encode()


def test_age_is_in_words_and_names_the_moment():
    hour_ago = timezone.now() - timedelta(hours=1, minutes=5)

    assert "1\xa0hour ago" in cells.age(hour_ago)
    assert f"{timezone.localtime(hour_ago):%d/%m/%Y %H:%M}" in cells.age(hour_ago)
    assert cells.age(None) == "—"
