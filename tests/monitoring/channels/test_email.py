"""Alerts by e-mail, through a real mail server."""

from __future__ import annotations

import socket

import pytest
from django.utils import translation

from monitoring.channels import base
from monitoring.channels.base import ChannelError
from tests.monitoring.channels import mailbox
from tests.monitoring.channels.test_channels import HOSTILE, message

TO = {"recipients": "one@example.com, two@example.com; one@example.com"}


@pytest.fixture
def box(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "TSH ERP <alerts@example.com>"
    with mailbox.opened() as opened:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        yield opened


def parts(mail):
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def test_every_recipient_gets_it_in_plain_text_and_in_html(box):
    base.get("email").send(message(), TO)
    (mail,) = box.mails
    assert box.recipients == [["one@example.com", "two@example.com"]]
    assert (mail["Subject"], mail["From"]) == ("Error: No worker is alive", "TSH ERP <alerts@example.com>")
    plain, html = parts(mail)
    for body in (plain, html):
        assert "Queued runs wait." in body and "Start one." in body and "/admin/monitoring/alert/1/" in body
    assert 'dir="ltr"' in html


def test_in_arabic_it_runs_from_right_to_left(box):
    with translation.override("ar"):
        base.get("email").send(message(language="ar", title="لا يوجد عامل تنفيذ", what="resolved"), TO)
    (mail,) = box.mails
    assert "لا يوجد عامل تنفيذ" in mail["Subject"]
    plain, html = parts(mail)
    assert '<html lang="ar" dir="rtl">' in html and plain.startswith("\u200f")


def test_no_text_becomes_a_header_or_markup(box):
    base.get("email").send(message(title=HOSTILE, message=HOSTILE, entity=HOSTILE), TO)
    (mail,) = box.mails
    assert mail["Bcc"] is None and "evil" in mail["Subject"]
    assert box.recipients == [["one@example.com", "two@example.com"]]
    _plain, html = parts(mail)
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("refusals", "permanent"),
    [
        ({"RCPT": "550 no such user"}, True),
        ({"RCPT": "451 try later"}, False),
        ({"MAIL": "552 too much"}, True),
        ({"MAIL": "421 busy"}, False),
    ],
)
def test_what_the_mail_server_answers_says_whether_trying_again_is_worthwhile(box, refusals, permanent):
    box.refusals = refusals
    with pytest.raises(ChannelError) as told:
        base.get("email").send(message(), TO)
    assert told.value.permanent is permanent


def test_a_mail_server_that_never_says_a_word_is_left(box, settings):
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        with pytest.raises(ChannelError, match="does not answer") as told:
            base.get("email").send(message(), TO)
    assert not told.value.permanent


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("one@example.com", []),
        ("one@example.com; two@example.com,", []),
        ("", ["recipients"]),
        ("nobody", ["recipients"]),
        ("one@example.com\r\nBcc: x@example.com", ["recipients"]),
        (", ".join(f"a{number}@example.com" for number in range(21)), ["recipients"]),
    ],
)
def test_addresses_are_checked_when_they_are_entered(box, given, wrong):
    assert list(base.get("email").check({"recipients": given})) == wrong


def test_without_a_mail_server_it_is_said_what_to_set(settings):
    settings.EMAIL_HOST = ""
    assert "EMAIL_URL" in base.get("email").check(TO)[""]
    with pytest.raises(ChannelError, match="EMAIL_URL") as told:
        base.get("email").send(message(), TO)
    assert told.value.permanent
