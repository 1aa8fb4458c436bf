"""HTTP 429 by code, and the ledger of calls."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.mark.parametrize("code", [44, 43])
def test_the_minute_refuses_with_its_code_until_the_window_has_rolled_on(zoho, control, code):
    zoho.get("/items")
    control.forget_calls()
    control.settings(calls_per_minute=2, window_seconds=3600, minute_code=code)

    answers = [zoho.refusal("/items") for _ in range(3)]
    control.settings(window_seconds=0)

    assert answers == [(200, 0), (200, 0), (429, code)]
    assert zoho.refusal("/items") == (200, 0)


def test_the_day_refuses_with_45_and_names_the_limit(zoho, control):
    control.settings(calls_per_day=1)
    zoho.get("/items")

    status, body, _ = zoho.raw("/items")

    assert status == 429
    assert json.loads(body)["code"] == 45
    assert "maximum call rate limit of 1" in json.loads(body)["message"]


def test_refused_calls_count_against_the_day(zoho, control):
    control.settings(calls_per_minute=1, calls_per_day=3)

    assert [zoho.refusal("/items")[1] for _ in range(4)] == [0, 44, 44, 45]


def test_too_many_calls_at_once_are_refused_with_1070(zoho, control):
    zoho.get("/items")
    control.settings(concurrency=1)
    control.order_fault("delay", times=None, delay=1)

    with ThreadPoolExecutor(3) as pool:
        codes = sorted(answer[1] for answer in pool.map(lambda _: zoho.refusal("/items"), range(3)))

    assert codes == [0, 1070, 1070]


def test_a_client_at_the_limit_that_never_exceeds_it_is_never_refused(zoho, control):
    zoho.get("/items")
    control.settings(concurrency=1)

    assert {zoho.refusal("/items")[1] for _ in range(60)} == {0}


def test_headers_about_limits_come_only_when_asked_for(zoho, control):
    control.settings(calls_per_minute=1)
    zoho.get("/items")
    bare = zoho.raw("/items")[2]
    control.settings(retry_after=True, rate_headers=True)
    told = zoho.raw("/items")[2]

    assert not {"Retry-After", "X-Rate-Limit-Limit"} & bare.keys()
    assert 0 < int(told["Retry-After"]) <= 60
    assert (told["X-Rate-Limit-Limit"], told["X-Rate-Limit-Remaining"]) == ("1", "0")


def test_every_call_is_kept_without_secrets(zoho, control, sandbox):
    zoho.get("/items", page=1)
    zoho.get("/items/1", api="/books/v3")

    calls = control.calls()

    assert [(c["api"], c["path"], c["method"], c["status"], c["code"]) for c in calls] == [
        ("accounts", "/oauth/v2/token", "POST", 200, None),
        ("inventory", "/items", "GET", 200, 0),
        ("books", "/items/1", "GET", 404, 1002),
    ]
    assert calls[1]["query"]["page"] == "1"
    assert all(isinstance(call["at"], float) for call in calls)
    assert sandbox.credentials["ZOHO_REFRESH_TOKEN"] not in json.dumps([call["query"] for call in calls])


def test_calls_can_be_forgotten(zoho, control):
    zoho.get("/items")
    control.forget_calls()

    assert control.calls() == []


def test_compression_is_used_only_when_switched_on_and_accepted(zoho, control, sandbox):
    control.settings(gzip=True)
    plain = zoho.raw("/items")[2]
    own = sandbox.credentials["ZOHO_ORGANIZATION_ID"]
    headers = {"Authorization": f"Zoho-oauthtoken {zoho.token}", "Accept-Encoding": "gzip"}

    packed = zoho.call("GET", f"/inventory/v1/items?organization_id={own}", headers=headers)[2]

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
