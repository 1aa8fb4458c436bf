"""Runs in the admin: a GET shows or asks, only a POST by somebody who may starts or decides anything."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from tests.factories import (
    NOON,
    AdministratorFactory,
    CustomerFactory,
    OrganizationFactory,
    PriceListItemFactory,
    ProductFactory,
    RecordErrorFactory,
    StockLevelFactory,
    SyncRunFactory,
    UserFactory,
)
from zoho_sync.models import ApiUsage, PlannedChange, RecordError, SyncRun

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


@pytest.fixture
def staff(client):
    OrganizationFactory()
    client.force_login(AdministratorFactory())
    return client


@pytest.fixture
def onlooker(client):
    """May look at everything, and start nothing."""
    OrganizationFactory()
    person = UserFactory()
    person.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(person)
    return client


def start_url(entity: str, mode: str) -> str:
    return reverse("admin:zoho_sync_syncrun_start_entity", args=[entity, mode])


def page(run: SyncRun, verb: str = "change") -> str:
    return reverse(f"admin:zoho_sync_syncrun_{verb}", args=[run.pk])


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


# --- Starting ----------------------------------------------------------------------------------------


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
    assert "Start a sync" not in text(onlooker.get(reverse("admin:zoho_sync_syncrun_changelist")))


def test_a_post_without_the_token_of_the_form_is_refused():
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    OrganizationFactory()
    client.force_login(AdministratorFactory())

    assert client.post(start_url("products", "full")).status_code == 403
    assert not SyncRun.objects.exists()


# --- Deciding ----------------------------------------------------------------------------------------

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


def test_a_button_that_does_not_fit_the_state_is_not_there_and_a_late_press_is_explained(staff):
    run = SyncRunFactory(status=Status.SUCCEEDED)
    assert page(run, "cancel") not in text(staff.get(page(run)))

    answer = staff.post(page(run, "cancel"), follow=True)

    assert f"Run {run.pk} is succeeded and cannot be cancelled." in text(answer)


def test_failures_of_a_run_are_retried_as_one_real_time_run(staff):
    run = SyncRunFactory(status=Status.PARTIAL, failed_count=2)
    errors = [RecordErrorFactory(run=run) for _each in range(2)]
    other = RecordErrorFactory()
    assert page(run, "retry_failures") in text(staff.get(page(run)))

    staff.post(page(run, "retry_failures"))

    retry = SyncRun.objects.exclude(pk=run.pk).get()
    assert sorted(retry.options["ids"]) == sorted(error.external_id for error in errors)
    other.refresh_from_db()
    assert other.status == RecordError.Status.WAITING


# --- One run's page ----------------------------------------------------------------------------------


def test_the_page_shows_counts_calls_failures_and_the_message(staff):
    run = SyncRunFactory(status=Status.PARTIAL, created_count=12345, failed_count=1, message="412 rows <b>")
    RecordErrorFactory(run=run, reason="rate: not a number")
    ApiUsage.objects.create(
        organization=run.organization,
        day=NOON,
        api="inventory",
        endpoint="items/{id}",
        run_number=run.pk,
        calls_count=7,
    )

    shown = text(staff.get(page(run)))

    for expected in (
        "12,345",
        "rate: not a number",
        "items/{id}",
        "412 rows &lt;b&gt;",
        "press Retry failures",
    ):
        assert expected in shown


def test_the_page_of_a_dry_run_shows_every_field_before_and_after(staff):
    run = SyncRunFactory(is_dry=True)
    change = {"unit_price": ["12500", "13999"], "sku": [None, "NEW-1"]}
    PlannedChange.objects.create(
        run=run, table="product", external_id="51", label="Cable", action="update", changes=change
    )

    shown = text(staff.get(page(run)))

    for expected in ("Nothing was written", "Cable", "base price", "12500", "13999", "NEW-1"):
        assert expected in shown


def test_a_working_run_lives_and_an_ended_one_does_not_ask_again(staff):
    running = SyncRunFactory(status=Status.RUNNING, progress_done=50, progress_total=200, started_at=NOON)
    ended = SyncRunFactory(status=Status.SUCCEEDED)
    live = reverse("admin:zoho_sync_syncrun_live", args=[running.pk])

    assert live in text(staff.get(page(running)))
    assert "data-live-url" not in text(staff.get(page(ended)))
    values = staff.get(live).json()
    assert (values["state"], values["ended"], values["percent"]) == ("running", False, 25)
    assert "50 of about 200" in values["words"]
    assert staff.get(reverse("admin:zoho_sync_syncrun_live", args=[ended.pk])).json()["ended"] is True


def test_only_people_who_may_look_at_runs_get_their_figures(client):
    run = SyncRunFactory(status=Status.RUNNING)
    live = reverse("admin:zoho_sync_syncrun_live", args=[run.pk])

    assert client.get(live).status_code == 302
    client.force_login(UserFactory())
    assert client.get(live).status_code == 403


def test_a_queued_run_without_a_worker_is_told_so(staff):
    run = SyncRunFactory(status=Status.QUEUED)

    assert "No worker gives a sign of life" in text(staff.get(page(run)))


def test_the_list_of_fifty_runs_asks_the_database_as_often_as_of_one(staff):
    url = reverse("admin:zoho_sync_syncrun_changelist")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(url)
        return len(captured)

    SyncRunFactory(requested_by=UserFactory())
    for_one = queries()
    for _each in range(50):
        SyncRunFactory(requested_by=UserFactory())

    assert queries() <= for_one


# --- "Refresh from Zoho" on the catalogue's pages -----------------------------------------------------


def refresh_url(row) -> str:
    return reverse(f"admin:inventory_{row._meta.model_name}_refresh_one", args=[row.pk])


@pytest.mark.parametrize(
    ("factory", "entity", "asked_for"),
    [
        (ProductFactory, "products", lambda row: row.external_id),
        (StockLevelFactory, "stock", lambda row: row.product.external_id),
        (CustomerFactory, "customers", lambda row: row.external_id),
        (PriceListItemFactory, "price_lists", lambda row: row.price_list.external_id),
    ],
)
def test_refreshing_one_row_asks_for_its_record(staff, factory, entity, asked_for):
    row = factory()
    assert "about 1 call" in text(staff.get(refresh_url(row)))
    assert not SyncRun.objects.exists()

    staff.post(refresh_url(row))

    run = SyncRun.objects.get()
    assert (run.entity, run.mode, run.options["ids"]) == (entity, "realtime", [asked_for(row)])


def test_refreshing_chosen_rows_asks_first_and_then_starts_one_run(staff):
    chosen = [ProductFactory() for _each in range(3)]
    ProductFactory()
    url = reverse("admin:inventory_product_changelist")
    form = {"action": "refresh_selected", "_selected_action": [row.pk for row in chosen]}

    asked = text(staff.post(url, form | {"index": "0"}))
    assert 'name="confirmed" value="yes"' in asked
    assert not SyncRun.objects.exists()

    staff.post(url, form | {"confirmed": "yes"})
    assert sorted(SyncRun.objects.get().options["ids"]) == sorted(row.external_id for row in chosen)


def test_somebody_who_may_not_start_cannot_refresh(onlooker):
    row = ProductFactory()
    url = reverse("admin:inventory_product_changelist")

    onlooker.post(url, {"action": "refresh_selected", "_selected_action": [row.pk], "confirmed": "yes"})

    assert onlooker.post(refresh_url(row)).status_code == 403
    assert not SyncRun.objects.exists()
    assert "Refresh from Zoho" not in text(onlooker.get(url))
