"""Schedules in the admin: choices only, cron checked, and no way to name a callable."""

from __future__ import annotations

import ast

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django_q.models import Schedule

from tests.factories import AdministratorFactory, OrganizationFactory
from zoho_sync import schedules

pytestmark = pytest.mark.django_db
FUNCTION = "zoho_sync.tasks.start_scheduled"
FORM = {"entity": "stock", "mode": "full", "cron": "*/15 * * * *", "is_on": "on"}


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def add(staff, **changes):
    return staff.post(reverse("admin:django_q_schedule_add"), FORM | changes)


def change_url(schedule: Schedule) -> str:
    return reverse("admin:django_q_schedule_change", args=[schedule.pk])


def passed(schedule: Schedule) -> tuple:
    """What the queue will call the job with."""
    assert not schedule.kwargs
    return ast.literal_eval(schedule.args)


def test_a_schedule_starts_the_chosen_sync_at_its_next_time(staff):
    assert add(staff).status_code == 302

    schedule = Schedule.objects.get()
    assert (schedule.func, schedule.schedule_type, schedule.cron, schedule.repeats) == (
        FUNCTION,
        "C",
        "*/15 * * * *",
        -1,
    )
    assert passed(schedule) == ("stock", "", "full")
    assert schedule.next_run > timezone.now()
    assert schedule.next_run.minute % 15 == 0


def test_what_is_posted_beside_the_choices_is_not_taken(staff):
    add(staff, func="os.system", args="('id',)", kwargs="x=1", hook="os.system", name="evil")

    schedule = Schedule.objects.get()
    assert (schedule.func, schedule.hook) == (FUNCTION, None)
    assert passed(schedule) == ("stock", "", "full")


@pytest.mark.parametrize(
    "wrong",
    [
        {"entity": "os.system"},
        {"mode": "realtime"},
        {"cron": "every day"},
        {"cron": "61 * * * *"},
        {"cron": "* * * * * *"},  # seconds: the queue looks every half minute only
        {"cron": "0 0 31 2 *"},  # never comes
        {"cron": ""},
    ],
)
def test_a_wrong_choice_is_explained_and_saves_nothing(staff, wrong):
    answer = add(staff, **wrong)

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Schedule.objects.exists()


def test_switching_off_keeps_the_schedule_and_the_queue_skips_it(staff):
    add(staff)
    schedule = Schedule.objects.get()

    staff.post(change_url(schedule), {name: value for name, value in FORM.items() if name != "is_on"})

    schedule.refresh_from_db()
    assert schedule.repeats == 0
    assert passed(schedule) == ("stock", "", "full")


def test_the_usual_schedules_are_shown_with_their_choices_and_keep_their_names(staff):
    schedules.set_up()
    products = Schedule.objects.get(name="zoho_sync products")

    shown = staff.get(change_url(products)).content.decode()
    assert '<option value="products" selected>' in shown
    staff.post(change_url(products), FORM | {"entity": "products", "mode": "", "cron": "5 * * * *"})

    products.refresh_from_db()
    assert (products.name, products.cron) == ("zoho_sync products", "5 * * * *")
    assert passed(products) == ("products", "", "")


def test_other_jobs_of_the_queue_are_nobodys_to_see_or_edit(staff):
    schedules.set_up()
    sweep = Schedule.objects.get(func="zoho_sync.tasks.sweep")

    assert "sweep" not in staff.get(reverse("admin:django_q_schedule_changelist")).content.decode()
    assert staff.post(change_url(sweep), FORM).status_code == 302
    sweep.refresh_from_db()
    assert sweep.func == "zoho_sync.tasks.sweep"


def test_several_organisations_must_be_told_apart(staff):
    OrganizationFactory()
    second = OrganizationFactory(external_id="2", name="Second")

    assert add(staff).status_code == 200
    assert add(staff, organization="2").status_code == 302
    assert passed(Schedule.objects.get()) == ("stock", second.external_id, "full")


def test_two_schedules_of_one_entity_have_names_of_their_own(staff):
    add(staff)
    add(staff, cron="0 2 * * *")

    assert Schedule.objects.values("name").distinct().count() == 2


@pytest.mark.parametrize("model", ["success", "failure", "ormq"])
def test_the_queues_own_pages_are_not_there(model):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:django_q_{model}_changelist")
