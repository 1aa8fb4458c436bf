"""`setup_schedules`: idempotent, and never against what staff have decided."""

from __future__ import annotations

import ast
import json
from datetime import timedelta

import pytest
from croniter import croniter
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage

from zoho_sync import connections, schedules
from zoho_sync.processors import registry


def row(entity: str) -> Schedule:
    return Schedule.objects.get(name=f"zoho_sync {entity}")


def test_every_entity_and_the_sweep_get_a_schedule(command, transactional_db):
    answer = command("setup_schedules", "--json")

    told = json.loads(answer.out)["schedules"]
    assert answer.code == 0
    assert {ast.literal_eval(each["args"]) for each in told if each["args"]} == set(registry.names())
    assert sum(each["func"] == "zoho_sync.tasks.sweep" for each in told) == 1
    assert all(each["outcome"] == "created" for each in told)
    assert all(timezone.now() < each.next_run for each in Schedule.objects.all())


def test_nothing_that_calls_zoho_starts_in_the_same_minute_as_something_else_that_does(
    command, transactional_db
):
    command("setup_schedules")

    starts = []
    begin = timezone.now()
    calling = [schedules.START, "zoho_sync.tasks.check_truth", "zoho_sync.tasks.read_documents"]
    for each in Schedule.objects.filter(func__in=calling):
        times = croniter(each.cron, begin)
        while (moment := times.get_next(type(begin))) < begin + timedelta(days=1):
            starts.append(moment)
    assert len(starts) > 100
    assert len(starts) == len(set(starts))


def test_a_second_time_changes_nothing(command, transactional_db):
    command("setup_schedules")
    before = list(Schedule.objects.order_by("pk").values())

    answer = command("setup_schedules")

    assert f"0 created, {len(schedules.planned())} kept" in answer.out
    assert list(Schedule.objects.order_by("pk").values()) == before


def test_times_that_staff_changed_are_kept_until_reset(command, transactional_db):
    command("setup_schedules")
    usual = row("stock").cron
    Schedule.objects.filter(pk=row("stock").pk).update(cron="0 1 * * *", repeats=0)

    command("setup_schedules")
    assert (row("stock").cron, row("stock").repeats) == ("0 1 * * *", 0)

    command("setup_schedules", "--reset")
    assert (row("stock").cron, row("stock").repeats) == (usual, -1)


def test_doubles_of_a_name_are_cleared(command, transactional_db):
    command("setup_schedules")
    double = row("stock")
    double.pk = None
    double.save()

    command("setup_schedules")

    assert Schedule.objects.filter(name="zoho_sync stock").count() == 1


def test_list_changes_nothing(command, transactional_db):
    answer = command("setup_schedules", "--list")

    assert "No schedule is set up." in answer.out
    assert not Schedule.objects.exists()


def test_remove_takes_away_ours_and_no_others(command, transactional_db):
    command("setup_schedules")
    theirs = Schedule.objects.create(
        name="nightly", func="zoho_sync.tasks.start_scheduled", args="'stock', '', 'full'"
    )

    answer = command("setup_schedules", "--remove")

    assert f"{len(schedules.planned())} schedules removed." in answer.out
    assert list(Schedule.objects.all()) == [theirs]


def test_an_organisation_may_have_schedules_of_its_own(command, zoho):
    number = connections.organization_for().external_id

    command("setup_schedules", "--organization", number)

    own = Schedule.objects.get(name=f"zoho_sync stock {number}")
    assert ast.literal_eval(own.args) == ("stock", number)


def test_an_unknown_organisation_gets_none(command, zoho):
    answer = command("setup_schedules", "--organization", "424242")

    assert answer.code == 1
    assert not Schedule.objects.exists()


@pytest.mark.parametrize("entity", ["products", "customer_details"])
def test_the_queue_calls_what_the_schedule_says(transactional_db, entity):
    schedules.set_up()
    Schedule.objects.exclude(pk=row(entity).pk).delete()
    Schedule.objects.update(next_run=timezone.now() - timedelta(seconds=1))

    scheduler()

    job = SignedPackage.loads(OrmQ.objects.get().payload)
    assert import_string(job["func"]) is import_string("zoho_sync.tasks.start_scheduled")
    assert job["args"] == (entity,)
    assert row(entity).next_run > timezone.now()
