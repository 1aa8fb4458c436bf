"""Starting runs: a GET asks and names the cost, a POST by somebody who may starts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django_q.models import OrmQ

from tests.factories import (
    AdministratorFactory,
    OrganizationFactory,
    SyncRunFactory,
)
from tests.zoho_sync.admin_runs.addresses import page, start_url, text
from zoho_sync.models import SyncRun

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


def test_a_get_of_a_button_only_asks_and_names_the_cost(staff):
    shown = text(staff.get(start_url("products", "full")))

    assert "about 1 call" in shown
    assert "csrfmiddlewaretoken" in shown
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_a_post_queues_one_run_with_its_person(staff, mode):
    answer = staff.post(start_url("products", mode))

    run = SyncRun.objects.get()
    assert answer.url == page(run)
    assert (run.entity, run.mode, run.trigger, run.is_dry) == ("products", mode, "admin", False)
    assert run.requested_by.is_superuser
    assert OrmQ.objects.count() == 1


def test_everything_starts_as_one_group(staff):
    answer = staff.post(start_url("all", "full"))

    runs = SyncRun.objects.order_by("pk")
    assert answer.url == reverse("admin:zoho_sync_syncrun_changelist")
    assert [run.entity for run in runs] == ["warehouses", "products", "price_lists", "customers", "stock"]
    assert len({run.group for run in runs}) == 1


def test_the_box_makes_it_a_dry_run(staff):
    staff.post(start_url("products", "full"), {"dry_run": "yes"})

    assert SyncRun.objects.get().is_dry


def test_a_busy_entity_is_told_with_a_link_to_its_run(staff):
    running = SyncRunFactory(status=Status.RUNNING)

    answer = staff.post(start_url("products", "full"), follow=True)

    assert "another run has not ended yet" in text(answer)
    assert page(running) in text(answer)
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("entity", "mode"), [("nonsense", "full"), ("products", "realtime"), ("products", "x")]
)
def test_an_unknown_entity_or_mode_is_not_found(staff, entity, mode):
    assert staff.post(start_url(entity, mode)).status_code == 404


def test_the_start_page_names_every_entity_with_both_costs(staff):
    shown = text(staff.get(reverse("admin:zoho_sync_syncrun_start")))

    for entity in ("all", "warehouses", "products", "price_lists", "customers", "customer_details", "stock"):
        assert start_url(entity, "full") in shown
        assert start_url(entity, "incremental") in shown
    assert shown.count("call") >= 14


def test_without_the_permission_nothing_starts_and_no_button_is_offered(onlooker):
    assert onlooker.get(reverse("admin:zoho_sync_syncrun_start")).status_code == 403
    assert onlooker.get(start_url("products", "full")).status_code == 403
    assert onlooker.post(start_url("products", "full")).status_code == 403
    assert not SyncRun.objects.exists()
    page = text(onlooker.get(reverse("admin:zoho_sync_syncrun_changelist")))
    assert reverse("admin:zoho_sync_syncrun_start") not in page
    assert "Your role does not allow this." in page


def test_a_post_without_the_token_of_the_form_is_refused():
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    OrganizationFactory()
    client.force_login(AdministratorFactory())

    assert client.post(start_url("products", "full")).status_code == 403
    assert not SyncRun.objects.exists()
