"""Every fault that can be ordered, as a plain client meets it."""

from __future__ import annotations

import http.client
import json
import time
import zlib

import pytest

from zoho_sync.sandbox import SandboxError
from zoho_sync.sandbox.faults import KINDS

ALL = {"filter_by": "Status.All"}


def ids(answer):
    return [row["item_id"] for row in answer["items"]]


def test_a_status_is_answered_as_often_as_ordered_and_not_before(zoho, control):
    control.order_fault("status", times=2, after=1, status=503, retry_after=7)

    answers = [zoho.raw("/items") for _ in range(4)]

    assert [status for status, _, _ in answers] == [200, 503, 503, 200]
    assert answers[1][2]["Retry-After"] == "7"


def test_a_code_comes_inside_http_200(zoho, control):
    control.order_fault("code", code=1001, message="Something is off")

    assert zoho.get("/items") == {"code": 1001, "message": "Something is off"}


def test_a_delay_is_waited_out(zoho, control):
    control.order_fault("delay", delay=0.3)
    began = time.monotonic()

    answer = zoho.get("/items")

    assert answer["code"] == 0
    assert time.monotonic() - began >= 0.3


def test_silence_ends_without_an_answer(zoho, control):
    zoho.get("/items")
    control.order_fault("silence", delay=30)

    with pytest.raises(TimeoutError):
        zoho.raw("/items", timeout=0.3)
    assert control.calls()[-1]["status"] is None


def test_a_drip_is_whole_in_the_end_and_late(zoho, control):
    control.order_fault("drip", delay=0.3)
    began = time.monotonic()

    answer = zoho.get("/items")

    assert answer["items"]
    assert time.monotonic() - began >= 0.3


def test_a_reset_comes_in_mid_body(zoho, control):
    control.order_fault("reset")

    with pytest.raises(ConnectionResetError):
        zoho.raw("/items")


def test_a_truncated_body_is_shorter_than_promised(zoho, control):
    control.order_fault("truncated")

    with pytest.raises(http.client.IncompleteRead):
        zoho.raw("/items")


def test_a_cut_body_agrees_with_its_length_and_is_no_json(zoho, control):
    control.order_fault("cut")

    status, body, headers = zoho.raw("/items")

    assert (status, int(headers["Content-Length"])) == (200, len(body))
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_html_is_html(zoho, control):
    control.order_fault("html", status=502)

    status, body, headers = zoho.raw("/items")

    assert status == 502
    assert headers["Content-Type"].startswith("text/html")
    assert body.startswith(b"<!DOCTYPE html>")


def test_an_empty_body_has_no_bytes(zoho, control):
    control.order_fault("empty")

    assert zoho.raw("/items")[:2] == (200, b"")


def test_text_that_is_no_json_says_it_is(zoho, control):
    control.order_fault("not_json")

    _, body, headers = zoho.raw("/items")

    assert headers["Content-Type"].startswith("application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_the_root_can_be_of_another_type(zoho, control):
    control.order_fault("wrong_type")
    control.order_fault("wrong_type", path="/items/*")

    assert isinstance(zoho.get("/items")["items"], dict)
    assert zoho.get(f"/items/{control.ids('items')[0]}")["item"] == []


def test_nan_stands_where_a_number_should(zoho, control):
    control.order_fault("nan")

    assert b":NaN" in zoho.raw("/items")[1]


def test_page_context_can_be_missing_or_without_its_flag(zoho, control):
    control.order_fault("no_page_context")
    control.order_fault("no_more_flag")

    assert "page_context" not in zoho.get("/items")
    assert "has_more_page" not in zoho.get("/items")["page_context"]


def test_a_page_can_be_repeated(zoho, control):
    control.order_fault("repeated_page", after=1)

    first = zoho.get("/items", per_page=20, **ALL)
    second = zoho.get("/items", per_page=20, page=2, **ALL)

    assert ids(second) == ids(first)
    assert second["page_context"]["page"] == 2


def test_pages_can_be_endless(zoho, control):
    control.order_fault("endless_pages", times=None)

    answer = zoho.get("/items", per_page=20, page=1000, **ALL)

    assert len(answer["items"]) == 20
    assert answer["page_context"]["has_more_page"] is True


def test_a_listing_can_come_back_short(zoho, control):
    control.order_fault("short_list", share=0.5)

    answer = zoho.get("/items", **ALL)

    assert len(answer["items"]) == 30
    assert answer["page_context"]["has_more_page"] is False


def test_a_listing_can_be_foreign(zoho, control):
    control.order_fault("foreign_list")

    assert not set(ids(zoho.get("/items", **ALL))) & set(control.ids("items"))


def test_the_wanted_page_size_can_be_ignored(zoho, control):
    control.order_fault("ignored_per_page", rows=5)

    answer = zoho.get("/items", per_page=20)

    assert (len(answer["items"]), answer["page_context"]["per_page"]) == (5, 5)


def test_a_redirect_points_to_another_host(zoho, control):
    control.order_fault("redirect")

    status, _, headers = zoho.raw("/items")

    assert status == 302
    assert headers["Location"].startswith("https://elsewhere.invalid/")


def test_a_bomb_is_small_on_the_wire_and_big_when_opened(zoho, control):
    control.order_fault("bomb", size=5_000_000)

    _, body, headers = zoho.raw("/items")

    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < 50_000
    opened = zlib.decompress(body, 31)
    assert len(opened) >= 5_000_000
    assert json.loads(opened)["items"] == []


def test_a_plain_bomb_is_as_long_as_it_says(zoho, control):
    control.order_fault("bomb", size=3_000_000, gzip=False)

    _, body, headers = zoho.raw("/items")

    assert int(headers["Content-Length"]) == len(body) >= 3_000_000


def test_the_token_endpoint_can_be_spoilt_too(zoho, control):
    control.order_fault("status", path="/oauth/v2/token", status=500)

    assert zoho.refresh()[0] == 500
    assert "access_token" in zoho.refresh()[1]


def test_a_fault_meets_only_its_path(zoho, control):
    control.order_fault("status", path="/contacts")

    assert zoho.refusal("/items") == (200, 0)
    assert zoho.refusal("/contacts") == (500, 1000)


def test_faults_can_be_cleared(zoho, control):
    control.order_fault("status", times=None)
    control.clear_faults()

    assert zoho.refusal("/items") == (200, 0)


def test_calls_tell_which_fault_they_met(zoho, control):
    control.order_fault("html")
    zoho.raw("/items")

    assert control.calls()[-1]["fault"] == "html"


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "earthquake"},
        {"kind": "delay"},
        {"kind": "status", "times": -1},
        {"kind": "html", "colour": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(control, order):
    with pytest.raises(SandboxError):
        control.order_fault(**order)


def test_every_kind_is_described():
    assert all(KINDS.values())
