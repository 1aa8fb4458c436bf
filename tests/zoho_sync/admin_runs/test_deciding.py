"""The buttons of a run: they ask by GET, decide by POST, and say why when they cannot be pressed."""

from __future__ import annotations

import re

import pytest

from tests.factories import (
    RecordErrorFactory,
    SyncRunFactory,
)
from tests.zoho_sync.admin_runs.addresses import page, text
from zoho_sync.models import RecordError, SyncRun
from zoho_sync.phases.removals import TooManyMissing
from zoho_sync.sentences import said

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


DECISIONS = [
    ("cancel", Status.QUEUED, Status.CANCELLED),
    ("pause", Status.QUEUED, Status.PAUSED),
    ("resume", Status.PAUSED, Status.QUEUED),
    ("approve", Status.QUARANTINED, Status.QUEUED),
    ("reject", Status.QUARANTINED, Status.CANCELLED),
]


@pytest.mark.parametrize(("verb", "before", "after"), DECISIONS)
def test_a_button_asks_by_get_and_decides_by_post(staff, verb, before, after):
    run = SyncRunFactory(status=before)
    assert page(run, verb) in text(staff.get(page(run)))

    assert "csrfmiddlewaretoken" in text(staff.get(page(run, verb)))
    run.refresh_from_db()
    assert run.status == before

    assert staff.post(page(run, verb)).url == page(run)
    run.refresh_from_db()
    assert run.status == after


@pytest.mark.parametrize(("verb", "before", "after"), DECISIONS)
def test_without_the_permission_no_button_decides(onlooker, verb, before, after):
    run = SyncRunFactory(status=before)

    assert page(run, verb) not in text(onlooker.get(page(run)))
    assert onlooker.get(page(run, verb)).status_code == 403
    assert onlooker.post(page(run, verb)).status_code == 403
    run.refresh_from_db()
    assert run.status == before


VERBS = ("cancel", "pause", "resume", "approve", "reject", "again_dry", "retry_failures", "apply")


@pytest.mark.parametrize(
    ("status", "pressable"),
    [
        (Status.QUEUED, {"cancel", "pause"}),
        (Status.RUNNING, {"cancel", "pause"}),
        (Status.PAUSED, {"cancel", "resume"}),
        (Status.CANCELLING, set()),
        (Status.CANCELLED, {"resume", "again_dry"}),
        (Status.FAILED, {"resume", "again_dry"}),
        (Status.SUCCEEDED, {"again_dry"}),
        (Status.PARTIAL, {"again_dry"}),
        (Status.QUARANTINED, {"approve", "reject"}),
    ],
)
def test_every_button_is_there_and_those_that_do_not_fit_the_state_say_why(staff, status, pressable):
    run = SyncRunFactory(status=status)

    shown = text(staff.get(page(run)))

    assert {verb for verb in VERBS if f'href="{page(run, verb)}"' in shown} == pressable
    for verb in {*VERBS} - pressable:
        assert f'aria-describedby="why-{verb}"' in shown
        assert re.search(rf'<span id="why-{verb}" role="tooltip" class="tsh-why">\S.+</span>', shown)


def test_buttons_name_what_they_do_it_to_and_what_it_costs(staff):
    run = SyncRunFactory(status=Status.PARTIAL, entity="customers")
    for number in range(3):
        RecordErrorFactory(run=run, entity="customers", external_id=str(number))
    RecordErrorFactory(run=run, entity="customers", external_id="")

    shown = text(staff.get(page(run)))

    for words in (
        "Cancel this run",
        "Pause this run",
        "Resume this run",
        "Retry 3 failures, about 3 calls",
        "Run again as a dry run, about 1 call",
        "Apply exactly this plan, no call",
    ):
        assert words in shown


def test_removals_are_approved_knowing_how_many_records_are_asked_for(staff):
    run = SyncRunFactory(status=Status.QUARANTINED, message=said(TooManyMissing(1234, 2000)))

    assert "Approve the removals, about 1,234 calls" in text(staff.get(page(run)))
    assert "about 1,234 calls" in text(staff.get(page(run, "approve")))


def test_failures_without_an_id_cannot_be_retried_and_the_button_says_so(staff):
    run = SyncRunFactory(status=Status.PARTIAL)
    RecordErrorFactory(run=run, external_id="")

    shown = text(staff.get(page(run)))

    assert page(run, "retry_failures") not in shown
    assert "The failures that wait have no id" in shown


def test_a_late_press_is_explained(staff):
    run = SyncRunFactory(status=Status.SUCCEEDED)

    answer = staff.post(page(run, "cancel"), follow=True)

    assert f"Run {run.pk} is succeeded and cannot be cancelled." in text(answer)


def test_failures_of_a_run_are_retried_as_one_real_time_run(staff):
    run = SyncRunFactory(status=Status.PARTIAL, failed_count=2)
    errors = [RecordErrorFactory(run=run) for _each in range(2)]
    other = RecordErrorFactory()
    assert "about 1 call" in text(staff.get(page(run, "retry_failures")))

    staff.post(page(run, "retry_failures"))

    retry = SyncRun.objects.exclude(pk=run.pk).get()
    assert sorted(retry.options["ids"]) == sorted(error.external_id for error in errors)
    other.refresh_from_db()
    assert other.status == RecordError.Status.WAITING
