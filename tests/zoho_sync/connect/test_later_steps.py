"""The steps after the connection: test calls, trials, warehouses, secret, dry run, schedules. Each can be repeated."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import Schedule

from inventory.models import Organization, PriceListItem, Product, StockLevel, Warehouse
from tests.factories import OrganizationFactory, SyncRunFactory, WarehouseFactory
from zoho_sync import schedules, services
from zoho_sync.estimates import estimate_calls
from zoho_sync.models import (
    ConnectionCheck,
    FilterVerdict,
    OAuthToken,
    PlannedChange,
    SyncCheckpoint,
    SyncRun,
    WebhookSecret,
)
from zoho_sync.options import SyncMode, SyncOptions, Trigger
from zoho_sync.webhooks.keys import make_secret

from .conftest import ORGANIZATION

LATER = ("test", "filters", "warehouses", "webhook", "dry_run", "schedule")


@pytest.fixture
def connected(walker, zoho):
    walker.connect(zoho)
    zoho.forget_calls()
    return walker


def work(run: SyncRun) -> SyncRun:
    return services.work_here(run)


@pytest.mark.one_leg
@pytest.mark.parametrize("step", LATER)
def test_a_step_that_needs_a_connection_says_so_and_does_nothing(walker, step, paths):
    page = walker.see(step)

    assert "First connect an organisation" in page
    assert "No organisation is connected yet." in page
    walker.take(step, {"test": "test", "filters": "try", "warehouses": "read", "webhook": "make", "dry_run": "start",
                       "schedule": "turn_on"}[step], name="x")  # fmt: skip
    assert paths() == []
    assert not SyncRun.objects.exists()


# --- Test calls ---------------------------------------------------------------------------------------------------


@pytest.mark.one_leg
def test_every_test_call_says_in_words_what_it_found(connected, paths):
    page = connected.take("test", "test")

    assert "Everything that is mirrored can be read." in connected.told
    assert paths() == [f"/organizations/{ORGANIZATION}", "/items", "/contacts", "/pricebooks", "/locations"]
    assert "Sandbox Electronics, base currency IQD, time zone Asia/Baghdad." in page
    assert "2 price lists can be read." in page
    assert connected.states()["test"] == "done"


@pytest.mark.one_leg
def test_a_scope_that_is_missing_is_named_and_the_other_calls_go_on(walker, zoho):
    walker.prepare()
    walker.take(
        "consent",
        "redeem",
        code=zoho.grant_code(scope="ZohoInventory.items.READ,ZohoInventory.settings.READ"),
    )
    walker.take("organization", "choose", organization=ORGANIZATION)

    page = walker.take("test", "test")

    assert "with the scope ZohoInventory.contacts.READ" in page
    told = dict(ConnectionCheck.objects.values_list("name", "verdict"))
    assert told == {
        "organization": "good",
        "items": "good",
        "contacts": "bad",
        "price_lists": "good",
        "places": "good",
    }
    assert walker.states()["test"] == "attention"


@pytest.mark.one_leg
def test_price_lists_that_are_not_used_are_no_fault(connected, zoho):
    zoho.settings(pricebooks_enabled=False)

    assert "does not use it" in connected.take("test", "test")
    assert connected.states()["test"] == "done"


@pytest.mark.one_leg
def test_an_older_organisation_is_read_by_its_warehouses(connected, zoho):
    zoho.settings(locations_enabled=False)

    assert "3 locations can be read." in connected.take("test", "test")


@pytest.mark.one_leg
def test_a_zoho_that_cannot_be_reached_is_asked_once_and_what_was_known_stays(connected, settings):
    connected.take("test", "test")
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": "http://127.0.0.1:1"}
    OAuthToken.objects.update(api_domain="")

    connected.take("test", "test")

    told = dict(ConnectionCheck.objects.values_list("name", "verdict"))
    assert told["organization"] == "later"
    assert told["items"] == "good"


@pytest.mark.one_leg
def test_a_new_connection_is_not_proved_by_the_old_ones_calls(connected, zoho):
    connected.take("test", "test")

    connected.take("consent", "redeem", code=zoho.grant_code())
    connected.take("organization", "choose", organization=ORGANIZATION)

    assert connected.states()["test"] != "done"


# --- What Zoho obeys ----------------------------------------------------------------------------------------------


def run_incrementally(entity: str) -> SyncRun:
    return work(
        services.start_run(SyncOptions(entity=entity, mode=SyncMode.INCREMENTAL), trigger=Trigger.ADMIN)
    )


@pytest.mark.one_leg
def test_the_verdicts_are_those_that_the_engine_goes_by(connected, zoho, paths):
    connected.take("filters", "try")
    assert FilterVerdict.objects.get(resource="items", name="last_modified_time").verdict == "works"
    run_incrementally("products")  # the first one lists everything
    zoho.forget_calls()

    run_incrementally("products")

    items = [call for call in zoho.calls() if call["path"] == "/items"]
    assert len(items) == 1  # nothing is tried again
    assert "last_modified_time" in items[0]["query"]


@pytest.mark.one_leg
def test_a_filter_that_is_ignored_is_not_used(connected, zoho):
    zoho.settings(item_filter="ignored")

    page = connected.take("filters", "try")

    assert "They read the newest changes first" in page
    run_incrementally("products")
    zoho.forget_calls()
    run_incrementally("products")
    (asked,) = [call["query"] for call in zoho.calls() if call["path"] == "/items"]
    assert "last_modified_time" not in asked


@pytest.mark.one_leg
def test_a_sorting_that_is_refused_is_not_asked_for_and_its_cost_is_told(connected, zoho):
    run_incrementally("customers")
    zoho.settings(contact_sort="refused")
    connected.take("filters", "try")
    SyncCheckpoint.objects.filter(entity="customers").update(records_count=900)
    zoho.forget_calls()

    run = run_incrementally("customers")

    assert run.status == SyncRun.Status.SUCCEEDED
    assert all("sort_column" not in call["query"] for call in zoho.calls() if call["path"] == "/contacts")
    assert estimate_calls(Organization.objects.get(), "customers", SyncMode.INCREMENTAL) == 5


@pytest.mark.one_leg
@pytest.mark.parametrize(
    ("habit", "verdict"), [("honoured", "works"), ("ignored", "ignored"), ("refused", "refused")]
)
def test_sorting_is_judged_by_what_comes(connected, zoho, habit, verdict):
    zoho.settings(contact_sort=habit)

    connected.take("filters", "try")

    assert FilterVerdict.objects.get(resource="contacts", name="sort").verdict == verdict


@pytest.mark.one_leg
def test_a_list_that_is_too_short_is_not_judged(walker, zoho):
    zoho.set_organizations({"700000002": {}})
    walker.prepare()
    walker.take("consent", "redeem", code=zoho.grant_code())
    walker.take("organization", "choose", organization="700000002")

    walker.take("filters", "try")

    assert "Too few records" in walker.told[0]
    assert not FilterVerdict.objects.filter(name="sort").exists()


# --- Warehouses ---------------------------------------------------------------------------------------------------


@pytest.mark.one_leg
def test_the_warehouses_are_read_by_a_run_and_marked(connected):
    connected.take("warehouses", "read")
    assert "A run is reading the warehouses" in connected.see("warehouses")
    work(SyncRun.objects.get())
    first, *_others = Warehouse.objects.order_by("name")

    connected.take("warehouses", "mark", sells=[first.pk])

    assert "1 warehouse sells." in connected.told
    assert list(Warehouse.objects.filter(sells=True)) == [first]
    assert Warehouse.objects.get(pk=first.pk).edited_at
    assert connected.states()["warehouses"] == "done"


def test_only_what_was_changed_is_written_and_told_in_the_history(connected):
    organization = Organization.objects.get()
    selling = WarehouseFactory(organization=organization, sells=True)
    other = WarehouseFactory(organization=organization)

    connected.take("warehouses", "mark", sells=[selling.pk, other.pk])

    assert list(LogEntry.objects.values_list("object_id", flat=True)) == [str(other.pk)]
    assert Warehouse.objects.get(pk=selling.pk).edited_at is None


@pytest.mark.one_leg
def test_a_warehouse_of_another_organisation_is_never_marked(connected):
    strange = WarehouseFactory(organization=OrganizationFactory(external_id="1"))

    connected.take("warehouses", "mark", sells=[strange.pk])

    assert "No warehouse sells now" in connected.told[0]
    assert not Warehouse.objects.filter(sells=True).exists()


# --- Webhook secret -----------------------------------------------------------------------------------------------


@pytest.mark.one_leg
def test_a_secret_is_shown_once_with_the_way_on(connected):
    page = connected.take("webhook", "make", name="main")

    secret = WebhookSecret.objects.get().secret
    assert secret in page
    assert connected.url("dry_run") in page
    assert secret not in connected.see("webhook")
    assert connected.states()["webhook"] == "done"


@pytest.mark.one_leg
def test_a_name_that_is_taken_is_explained(connected):
    make_secret(Organization.objects.get(), "main")

    assert "There is a secret of this name already." in connected.take("webhook", "make", name="main")
    assert WebhookSecret.objects.count() == 1


# --- Dry run ------------------------------------------------------------------------------------------------------


@pytest.mark.one_leg
def test_a_first_dry_run_says_what_its_cost_depends_on_and_links_what_came_of_it(connected):
    assert "one call for each 200 items" in connected.see("dry_run")

    connected.take("dry_run", "start")
    runs = list(SyncRun.objects.order_by("pk"))
    assert all(run.is_dry for run in runs)
    for run in runs:
        work(run)

    page = connected.see("dry_run")
    assert all(f"/syncrun/{run.pk}/change/" in page for run in runs)
    assert connected.states()["dry-run"] == "done"
    assert not Product.objects.exists()


@pytest.mark.one_leg
def test_exactly_what_the_first_dry_run_has_planned_is_applied_without_a_call(connected):
    connected.take("dry_run", "start")
    dry = list(SyncRun.objects.order_by("pk"))
    assert 'value="apply"' not in connected.see("dry_run")
    for run in dry:
        work(run)
    planned = PlannedChange.objects.count()
    assert f"Apply exactly this: {planned:,} rows" in connected.see("dry_run")

    connected.take("dry_run", "apply")

    runs = list(SyncRun.objects.filter(is_dry=False).order_by("pk"))
    assert [run.plan for run in runs] == dry
    assert len({run.group for run in runs}) == 1
    for run in runs:
        work(run)
    assert not PlannedChange.objects.exclude(state="applied").exists()
    assert {SyncRun.objects.get(pk=run.pk).calls_count for run in runs} == {0}
    assert StockLevel.objects.exists() and PriceListItem.objects.exists()
    assert "has been applied or refused already" in connected.see("dry_run")


@pytest.mark.one_leg
def test_a_plan_is_not_applied_twice_at_once(connected):
    connected.take("dry_run", "start")
    for run in SyncRun.objects.order_by("pk"):
        work(run)
    connected.take("dry_run", "apply")
    before = SyncRun.objects.count()
    assert "is applying this plan now" in connected.see("dry_run")

    connected.take("dry_run", "apply")

    assert "is applying this plan now" in connected.told[0]
    assert SyncRun.objects.count() == before


@pytest.mark.one_leg
def test_a_second_start_is_refused_while_the_first_is_under_way(connected):
    connected.take("dry_run", "start")
    before = SyncRun.objects.count()

    connected.take("dry_run", "start")

    assert "has not ended yet" in connected.told[0]
    assert SyncRun.objects.count() == before


# --- Schedules ----------------------------------------------------------------------------------------------------


@pytest.mark.one_leg
def test_the_schedules_are_made_and_their_cost_a_day_is_told_before(connected):
    page = connected.see("schedule")
    assert "not made yet" in page

    connected.take("schedule", "turn_on")

    assert {row.name for row in Schedule.objects.all()} == {each.name for each in schedules.planned()}
    assert connected.states()["schedule"] == "done"


@pytest.mark.one_leg
def test_what_is_off_is_switched_on_and_times_that_somebody_chose_stay(connected):
    schedules.set_up()
    Schedule.objects.filter(name="zoho_sync products").update(repeats=0, cron="5 * * * *", next_run=None)

    connected.take("schedule", "turn_on")

    row = Schedule.objects.get(name="zoho_sync products")
    assert (row.repeats, row.cron) == (-1, "5 * * * *")
    assert row.next_run is not None


@pytest.mark.one_leg
def test_a_cost_a_day_counts_every_firing(connected):
    from zoho_sync.schedule_costs import schedule_costs

    costs = {each.entity: each for each in schedule_costs(Organization.objects.get())}

    assert costs["price_lists"].calls_a_day == 24  # hourly; before anything is mirrored the list alone


# --- The pages ----------------------------------------------------------------------------------------------------


@pytest.mark.one_leg
def test_a_page_asks_the_database_the_same_number_of_questions_however_much_there_is(connected):
    organization = Organization.objects.get()
    WarehouseFactory(organization=organization)
    SyncRunFactory(organization=organization, is_dry=True)
    steps = ["data_center", "client", "consent", "organization", *LATER]
    few = {step: questions(connected, step) for step in steps}

    WarehouseFactory.create_batch(20, organization=organization)
    SyncRunFactory.create_batch(9, organization=organization, is_dry=True)

    assert {step: questions(connected, step) for step in steps} == few
    assert max(few.values()) <= 70  # each schedule with its cost


def questions(walker, step: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        walker.see(step)
    return len(asked)
