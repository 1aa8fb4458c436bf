"""Each kind of channel against a real server: what arrives there, and what its answers mean."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from monitoring.channels import base, slack, telegram
from monitoring.channels.base import AlertMessage, ChannelError
from monitoring.channels.message import headline, plain_text

pytestmark = pytest.mark.usefixtures("private_allowed")

TOKEN = "123456789:AAExampleExampleExampleExample12345"
SECRET = "a-secret-of-the-receiver"
HOSTILE = (
    '<b>&"<script>alert(1)</script> <!channel> *x* <https://evil.example|click>\r\nBcc: evil@evil.example'
)


def message(**changes: Any) -> AlertMessage:
    told: dict[str, Any] = {
        "occasion": "alert",
        "what": "opened",
        "what_word": "opened",
        "severity": "error",
        "severity_word": "Error",
        "title": "No worker is alive",
        "message": "Queued runs wait.",
        "what_to_do": "Start one.",
        "since": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        "count": 1234,
        "entity": "products",
        "organisation": "10234695",
        "url": "https://erp.example.com/admin/monitoring/alert/1/change/",
        "event_id": "7",
        "alert_id": "3",
        "delivery_id": "11",
    }
    return AlertMessage(**told | changes)


def config(kind: str, url: str) -> dict[str, str]:
    return {
        "slack": {"webhook_url": f"{url}/services/T0/B0/hidden-part"},
        "webhook": {"url": f"{url}/alerts", "secret": SECRET},
        "telegram": {"token": TOKEN, "chat_id": "-1001", "server": url},
    }[kind]


WEB = ("slack", "webhook", "telegram")


# --- Words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Error: No worker is alive"),
        ({"what": "resolved", "what_word": "resolved"}, "Over: No worker is alive"),
        ({"what": "reopened", "what_word": "reopened"}, "Error (reopened): No worker is alive"),
        ({"occasion": "test", "what": ""}, "No worker is alive"),
        ({"title": "one\r\nBcc: two"}, "Error: one Bcc: two"),
    ],
)
def test_the_headline_says_how_bad_it_is_and_what_happened_in_one_line(changes, line):
    assert headline(message(**changes)) == line


def test_what_is_over_needs_nothing_to_be_done():
    assert "Start one." in plain_text(message())
    assert "Start one." not in plain_text(message(what="resolved"))


def test_arabic_runs_from_right_to_left_with_western_digits_and_isolated_values():
    with translation.override("ar"):
        text = plain_text(message(language="ar", title="لا يوجد عامل تنفيذ"))
    lines = [line for line in text.split("\n") if line]
    assert all(line.startswith("\u200f") for line in lines)
    assert "\u2068https://erp.example.com/admin/monitoring/alert/1/change/\u2069" in text
    assert "1234" in text and not any("٠" <= each <= "٩" for each in text)


# --- Slack -------------------------------------------------------------------------------------------


def test_slack_gets_blocks_in_which_no_text_can_become_a_mention_or_a_link(receiver):
    base.get("slack").send(message(title=HOSTILE, message=HOSTILE), config("slack", receiver.url))
    (got,) = receiver.got
    assert got["path"] == "/services/T0/B0/hidden-part"
    body = got["body"].decode()
    assert "<!channel>" not in body and "<script>" not in body and "<https://evil" not in body
    assert "&lt;!channel&gt;" in body and "<https://erp.example.com/" in body
    head = receiver.body()["blocks"][0]["text"]
    assert head["type"] == "mrkdwn" and "\n" not in head["text"]


def test_slack_is_never_sent_more_than_it_takes(receiver):
    long = "<&>" * 3000
    base.get("slack").send(message(title=long, message=long), config("slack", receiver.url))
    told = receiver.body()["blocks"]
    assert all(len(block["text"]["text"]) <= 3000 for block in told if block["type"] == "section")
    assert len(told) <= 3


@pytest.mark.parametrize("most", [50, 51, 52, 53, 200])
def test_a_text_is_never_cut_within_an_escape(most):
    cut = slack._cut("<" * 300, most)
    assert len(cut) <= most and cut.rstrip("…").replace("&lt;", "") == ""


# --- Webhook -----------------------------------------------------------------------------------------


def test_a_webhook_is_signed_with_its_time_and_names_its_delivery(receiver):
    base.get("webhook").send(message(), config("webhook", receiver.url))
    got = receiver.got[0]
    headers, body = got["headers"], got["body"]
    proof = hmac.new(SECRET.encode(), headers["X-TSH-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["X-TSH-Signature"] == f"sha256={proof.hexdigest()}"
    assert (headers["X-TSH-Delivery"], headers["X-TSH-Event"]) == ("11", "7")
    assert SECRET not in str(got)
    told = json.loads(body)
    assert told["since"] == "2026-11-20T09:00:00+00:00" and told["count"] == 1234
    assert (told["title"], told["what"], told["severity"]) == ("No worker is alive", "opened", "error")


# --- Telegram ----------------------------------------------------------------------------------------


def test_telegram_gets_html_in_which_every_text_is_escaped(receiver):
    base.get("telegram").send(message(title=HOSTILE, message=HOSTILE), config("telegram", receiver.url))
    (got,) = receiver.got
    assert got["path"] == f"/bot{TOKEN}/sendMessage"
    told = receiver.body()
    assert (told["chat_id"], told["parse_mode"]) == ("-1001", "HTML")
    assert "<script>" not in told["text"] and "&lt;script&gt;" in told["text"]
    assert told["text"].count("<b>") == told["text"].count("</b>") == 1


def test_telegram_says_itself_how_long_to_wait(receiver):
    receiver.answers.append((429, {}, b'{"ok":false,"error_code":429,"parameters":{"retry_after":33}}'))
    with pytest.raises(ChannelError) as told:
        base.get("telegram").send(message(), config("telegram", receiver.url))
    assert (told.value.permanent, told.value.retry_after) == (False, 33)


def test_a_chat_that_is_not_found_is_not_looked_for_again(receiver):
    receiver.answers.append((400, {}, b'{"ok":false,"description":"Bad Request: chat not found"}'))
    with pytest.raises(ChannelError, match="no such chat") as told:
        base.get("telegram").send(message(), config("telegram", receiver.url))
    assert told.value.permanent


def test_the_telegram_text_stays_within_what_is_taken():
    assert len(telegram.markup(message(title="x" * 5000, message="y" * 9000))) < 4096


# --- All of them -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WEB)
@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (302, True),
        (401, True),
        (403, True),
        (404, True),
        (410, True),
        (408, False),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_a_status_says_whether_trying_again_is_worthwhile(kind, status, permanent, receiver):
    receiver.answers.append((status, {"Retry-After": "12"}, b"{}"))
    with pytest.raises(ChannelError) as told:
        base.get(kind).send(message(), config(kind, receiver.url))
    assert told.value.permanent is permanent
    assert told.value.retry_after == (None if permanent else 12)


@pytest.mark.parametrize("kind", WEB)
def test_no_error_holds_a_secret(kind, receiver, lines):
    receiver.answers += [(500, {}, TOKEN.encode()), (404, {}, TOKEN.encode())]
    told = config(kind, receiver.url)
    for _attempt in range(2):
        with pytest.raises(ChannelError) as raised:
            base.get(kind).send(message(), told)
        assert_hidden(str(raised.value))
    nowhere = {name: value.replace(receiver.url, "http://127.0.0.1:1") for name, value in told.items()}
    with pytest.raises(ChannelError) as raised:
        base.get(kind).send(message(), nowhere)
    assert not raised.value.permanent
    assert_hidden(str(raised.value))
    assert_hidden(" ".join(line.getMessage() for line in lines))


def assert_hidden(text: str) -> None:
    assert not [secret for secret in (TOKEN, SECRET, "hidden-part") if secret in text]


@pytest.mark.parametrize("kind", WEB)
def test_without_the_setting_no_channel_sends_into_a_private_network(kind, receiver, settings):
    settings.ALERT_ALLOW_PRIVATE = False
    with pytest.raises(ChannelError) as told:
        base.get(kind).send(
            message(), config(kind, receiver.url.replace("http://127.0.0.1", "https://localhost"))
        )
    assert told.value.permanent and receiver.got == []


@pytest.mark.parametrize(
    ("kind", "given", "wrong"),
    [
        ("slack", {"webhook_url": "https://hooks.slack.com/services/x"}, []),
        ("slack", {"webhook_url": "http://hooks.slack.com/services/x"}, ["webhook_url"]),
        ("webhook", {"url": "https://a.example/", "secret": "x" * 16}, []),
        ("webhook", {"url": "https://10.0.0.1/", "secret": "x" * 15}, ["secret", "url"]),
        ("telegram", {"token": TOKEN, "chat_id": "@news_of_us"}, []),
        (
            "telegram",
            {"token": TOKEN + "/../x", "chat_id": "a", "server": "ftp://x"},
            ["chat_id", "server", "token"],
        ),
        ("log", {}, []),
    ],
)
def test_what_is_filled_in_is_checked_field_by_field(kind, given, wrong, settings):
    settings.ALERT_ALLOW_PRIVATE = False
    assert sorted(base.get(kind).check(given)) == wrong


def test_the_log_gets_one_line_whatever_the_texts_hold(lines):
    base.get("log").send(message(message="a\nb\r\nFAKE ERROR line"), {})
    base.get("log").send(message(what="resolved", severity="critical"), {})
    told = [line for line in lines if line.name == "monitoring.alerts"]
    assert [line.levelname for line in told] == ["ERROR", "INFO"]
    assert not any("\n" in line.getMessage() for line in told)
