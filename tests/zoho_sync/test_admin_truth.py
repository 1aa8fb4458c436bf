"""The page "Truth": what it says with and without data, whom it lets do what, and that looking changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from tests.factories import (
    NOON,
    AdministratorFactory,
    OrganizationFactory,
    StockCheckFactory,
    StockLevelFactory,
    UserFactory,
)
from zoho_sync.models import SyncRun, TruthCheck

pytestmark = pytest.mark.django_db
PAGE, CHECK, REFRESH = (
    reverse(f"admin:zoho_sync_truthcheck_{name}") for name in ("truth", "check", "refresh")
)


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


@pytest.fixture
def viewer(client):
    person = UserFactory()
    person.user_permissions.set(Permission.objects.filter(codename="view_truthcheck"))
    client.force_login(person)
    return client


@pytest.fixture
def level():
    return StockLevelFactory(product__name="Cable <b>2 m</b>", warehouse__name="Wholesale")


def compared(level, verdict: str = "equal", **more) -> TruthCheck:
    facts = {
        "organization": level.organization,
        "entity": "stock",
        "external_id": level.product.external_id,
        "label": level.product.name,
        "checked_at": timezone.now() - timedelta(minutes=5),
        "verdict": verdict,
    }
    return TruthCheck.objects.create(**(facts | more))


def drift(level, **more) -> TruthCheck:
    differs = {"table": "stocklevel", "record": level.external_id, "label": "", "field": "committed"}
    return compared(level, "drift", differences=[differs | {"here": "3", "there": "77"}], **more)


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_data_it_says_so_and_what_to_do_first(staff):
    OrganizationFactory()

    page = text(staff.get(PAGE))

    assert "No record has been compared yet" in page
    assert "nobody can say" in page
    assert "100.0%" not in page
    assert f"{CHECK}?organization=" in page


def test_the_share_is_told_with_its_interval_in_words(staff, level):
    for number in range(20):
        compared(level, external_id=str(number))

    page = text(staff.get(PAGE))

    assert "100.0%" in page
    assert "83.8%" in page  # between 83.8 % and 100 %, from 20 records
    assert "records of the last 7 days" in page


def test_a_drift_is_shown_with_its_record_place_field_and_both_values(staff, level):
    drift(level)

    page = text(staff.get(PAGE))

    assert reverse("admin:inventory_product_change", args=[level.product.pk]) in page
    assert "Cable &lt;b&gt;2 m&lt;/b&gt;" in page
    assert "<b>2 m" not in page
    assert "Wholesale" in page
    assert "77" in page


def test_refresh_starts_a_real_time_run_and_the_page_links_it(staff, level):
    check = drift(level)
    url = reverse("admin:zoho_sync_truthcheck_refresh_one", args=[check.pk])
    assert "about 1 call" in text(staff.get(url))
    assert not SyncRun.objects.exists()

    staff.post(url)

    run = SyncRun.objects.get()
    assert (run.entity, run.mode, run.trigger, run.options["ids"]) == (
        "stock", "realtime", "admin", [level.product.external_id],
    )  # fmt: skip
    assert reverse("admin:zoho_sync_syncrun_change", args=[run.pk]) in text(staff.get(PAGE))


def test_all_are_refreshed_at_once(staff, level):
    drift(level), drift(level, entity="products"), drift(level, mended_at=NOON, external_id="1")

    staff.post(f"{REFRESH}?organization={level.organization.external_id}")

    assert {run.entity: run.options["ids"] for run in SyncRun.objects.all()} == {
        "stock": [level.product.external_id],
        "products": [level.product.external_id],
    }


def test_check_now_asks_with_its_cost_and_then_queues_one_job(staff, level):
    page = text(staff.get(CHECK))
    assert "about 1 call" in page
    assert not OrmQ.objects.exists()

    staff.post(CHECK)

    job = OrmQ.objects.get()
    assert job.task["func"] == "zoho_sync.tasks.check_truth"
    assert job.task["args"] == (level.organization.external_id, 20)


def test_who_may_only_look_is_offered_no_button_and_starts_nothing(viewer, level):
    check = drift(level)

    page = text(viewer.get(PAGE))

    assert CHECK not in page
    assert REFRESH not in page
    for url in (CHECK, REFRESH, reverse("admin:zoho_sync_truthcheck_refresh_one", args=[check.pk])):
        assert viewer.post(url).status_code == 403
    assert not SyncRun.objects.exists()
    assert not OrmQ.objects.exists()


def test_the_stock_verified_longest_ago_is_listed_with_its_refresh(staff):
    check = StockCheckFactory(verified_at=NOON)

    page = text(staff.get(PAGE))

    assert reverse("admin:inventory_product_refresh_one", args=[check.product_id]) in page


def test_a_comparison_has_a_page_with_every_field(staff, level):
    check = drift(level)

    page = text(staff.get(reverse("admin:zoho_sync_truthcheck_change", args=[check.pk])))

    assert "Wholesale" in page
    assert "77" in page
    assert "verdict" in page.lower()


def test_switched_off_it_says_that_nothing_new_is_found(staff, settings):
    OrganizationFactory()
    settings.TRUTH = settings.TRUTH | {"CHECKS_PER_HOUR": 0}

    assert "switched off" in text(staff.get(PAGE))


def test_questions_do_not_grow_with_the_drifts(staff, level, django_assert_max_num_queries):
    for _number in range(40):
        other = StockLevelFactory(warehouse=level.warehouse)
        drift(other)

    with django_assert_max_num_queries(45):
        text(staff.get(PAGE))
