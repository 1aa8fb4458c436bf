"""Every address of the project gives every kind of visitor exactly what the matrix says; no address is left out."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.access import world as worlds
from tests.access.matrix import SAFE, Row, leaves, methods, of_programs, rooms

pytestmark = [pytest.mark.django_db, pytest.mark.one_leg]
ROOMS = rooms()


@pytest.fixture
def world(groups, settings) -> SimpleNamespace:
    settings.WEBHOOKS = settings.WEBHOOKS | {
        "REFUSED_PER_MINUTE": 10_000,
        "PUBLIC_URL": "http://127.0.0.1:9",  # where a test delivery finds nobody
    }
    nobody = {"API_BASE_URL": "http://127.0.0.1:9", "ACCOUNTS_URL": "http://127.0.0.1:9", "CALL_SECONDS": 0.1}
    settings.ZOHO = settings.ZOHO | nobody
    return worlds.build()


def differences(rows: list[Row], clients, world, *, by_token: bool = False) -> list[str]:
    found = []
    for row in rows:
        expected = row.expected(by_token=by_token)
        answered = {name: row.ask(client, world).status_code for name, client in clients.items()}
        if answered != expected:
            found.append(
                f"{row.method} {row.route}: {list(answered.values())}, not {list(expected.values())}"
            )
    return found


def test_no_address_of_the_project_is_missing_from_the_matrix():
    told = {(row.route, row.method) for rows in ROOMS.values() for row in rows}
    there = {(route, method) for route, view in leaves() for method in methods(view)}
    assert sorted(there - told) == []


def test_the_matrix_tells_of_nothing_that_is_gone_and_of_nothing_twice():
    told = Counter((row.route, row.method, row.path) for rows in ROOMS.values() for row in rows)
    there = {route for route, _view in leaves()}
    assert [route for route, _method, _path in told if route not in there] == []
    assert [each for each, count in told.items() if count > 1] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_session_gets_what_the_matrix_says(room, world):
    assert differences(ROOMS[room], worlds.sessions(world), world) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_token_gets_what_the_matrix_says(room, world):
    rows = [row for row in ROOMS[room] if row.route in of_programs()]
    assert differences(rows, worlds.tokens(world), world, by_token=True) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_token_to_read_changes_nothing_whoever_it_belongs_to(room, world):
    rows = [row for row in ROOMS[room] if row.route in of_programs() and row.method not in SAFE]
    client = worlds.tokens(world, "read")["administrator"]
    assert [row.route for row in rows if row.ask(client, world).status_code != 403] == []


def test_whatever_programs_may_only_read_a_token_to_read_gets_too(world):
    everything = [row for rows in ROOMS.values() for row in rows if row.route in of_programs()]
    client = worlds.tokens(world, "read")["administrator"]
    rows = [row for row in everything if row.method in SAFE]
    assert [
        row.route for row in rows if row.ask(client, world).status_code != row.expected()["administrator"]
    ] == []


def test_no_session_of_somebody_who_is_not_staff_counts_for_the_api(world):
    rows = [row for rows in ROOMS.values() for row in rows if row.route in of_programs()]
    assert [row.route for row in rows if row.expected()["user"] != 403] == []
