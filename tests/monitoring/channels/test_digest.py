"""The daily digest: what is in it, and that it comes once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.conf import settings as ours
from django.db import connections
from django.utils import timezone, translation

from monitoring import attempts, tasks
from monitoring.digest import digest_of, send_digest
from monitoring.metrics import buffer
from monitoring.models import AlertDelivery
from tests import factories as make

Occasion, State = AlertDelivery.Occasion, AlertDelivery.State


def ago(**parts):
    return timezone.now() - timedelta(**parts)


@pytest.mark.django_db
def test_the_digest_tells_the_day_in_a_few_lines(alert):
    now = timezone.now()
    organization = make.OrganizationFactory()
    alert("a", severity="warning", title="A small thing")
    alert("b", severity="critical", title="A grave thing")
    alert("c", state="resolved", resolved_at=ago(hours=3))
    alert("d", state="resolved", resolved_at=ago(hours=30))
    for state in ("succeeded", "succeeded", "failed"):
        make.SyncRunFactory(status=state, created_at=now)
    make.RecordErrorFactory(run=make.SyncRunFactory(status="partial"))
    make.WebhookDeliveryFactory(status="dead")
    buffer.flush()
    buffer.add("rows", 1200, entity="products", result="updated")
    buffer.flush()
    lines = digest_of(timezone.now()).text.splitlines()
    assert lines[:4] == [
        "2 alerts are open:",
        "– critical: A grave thing",
        "– warning: A small thing",
        "1 alert was resolved.",
    ]
    assert "Runs: 2 succeeded, 1 partial, 1 failed" in lines
    assert "Records: 1,200 updated" in lines
    assert "1 record could not be taken and waits for somebody." in lines
    assert "1 webhook delivery could not be applied." in lines
    assert f"Calls today: 0 of {ours.ZOHO['CALLS_PER_DAY']:,}" in lines
    assert any(line.startswith("Not fresh: ") for line in lines)
    assert organization.external_id not in " ".join(lines)  # one only: it needs no name


@pytest.mark.django_db
def test_a_quiet_day_is_told_as_one():
    make.OrganizationFactory()
    text = digest_of(timezone.now()).text
    assert (
        "No alert is open." in text
        and "Runs: none has ended" in text
        and "Nothing waits for anybody." in text
    )
    assert "Compared with Zoho" not in text  # nothing was compared: that is no share of 100 %


@pytest.mark.django_db
def test_it_goes_to_the_channels_that_take_it_in_their_language(channel, receiver, private_allowed):
    values = {"url": receiver.url, "secret": "a-secret-of-theirs"}
    taker = channel("webhook", values=values, takes_digest=True, language="ar", severities=["critical"])
    channel("log")
    channel("log", takes_digest=True, is_on=False)
    assert tasks.send_digest() == "1 digests"
    attempts.carry_out(attempts.claim(taker.pk))
    told = receiver.body()
    with translation.override("ar"):
        assert told["message"].startswith(translation.gettext("No alert is open."))
    assert (told["occasion"], told["language"]) == ("digest", "ar")
    assert AlertDelivery.objects.get().state == State.SENT


@pytest.mark.django_db
def test_it_comes_once_a_day_of_the_place(channel):
    channel("log", takes_digest=True)
    morning = timezone.localtime().replace(hour=7, minute=30)
    assert [send_digest(morning + timedelta(hours=hours)) for hours in (0, 1, 16, 24, 25)] == [1, 0, 0, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_make_one(channel):
    channel("log", takes_digest=True)
    ready, made = threading.Barrier(4), []

    def job():
        try:
            ready.wait(10)
            made.append(send_digest())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=job) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(made) == [0, 0, 0, 1]
    assert AlertDelivery.objects.filter(occasion=Occasion.DIGEST).count() == 1


def test_it_is_scheduled_for_half_past_seven():
    assert ("monitoring digest", "monitoring.tasks.send_digest", "30 7 * * *") in ours.SCHEDULES
