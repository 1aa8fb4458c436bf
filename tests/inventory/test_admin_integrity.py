"""The integrity desk as staff use it."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from inventory import tasks
from inventory.integrity import registry, runs
from inventory.models import CheckState, Finding, FindingEvent
from tests.factories import (
    CustomerFactory,
    FindingFactory,
    OrganizationFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/inventory/finding/"
DESK = f"{LIST}desk/"
State = Finding.State


def person(*permissions: str):
    user = UserFactory(is_staff=True)
    found = Permission.objects.filter(content_type__app_label="inventory")
    user.user_permissions.set(found.filter(codename__startswith="view_"))
    user.user_permissions.add(*found.filter(codename__in=permissions))
    return user


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def zainab(db):
    return person("decide_finding", "export_finding")


@pytest.fixture
def operator(zainab) -> Client:
    return signed_in(zainab)


@pytest.fixture
def administrator(db) -> Client:
    return signed_in(person("decide_finding", "configure_finding"))


def shown(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return [row.label for row in answer.context["cl"].result_list]


# --- The list ----------------------------------------------------------------------------------------


def test_the_list_shows_what_is_open_and_others_to_those_who_ask(operator, zainab):
    FindingFactory(label="Open")
    FindingFactory(label="Accepted", state=State.ACCEPTED, owner=zainab)
    FindingFactory(label="Closed", state=State.CLOSED)
    FindingFactory(label="Mine", owner=zainab, check_key="under_cost", severity="error")

    assert sorted(shown(operator)) == ["Mine", "Open"]
    assert shown(operator, "?state=accepted") == ["Accepted"]
    assert len(shown(operator, "?state=all")) == 4
    assert shown(operator, "?owner=me") == ["Mine"]
    assert shown(operator, "?owner=nobody") == ["Open"]
    assert shown(operator, "?check=under_cost") == shown(operator, "?severity=error") == ["Mine"]


def test_findings_are_found_by_the_words_of_what_they_are_about(operator):
    FindingFactory(label="كيبل أحمر", code="CB-7")
    FindingFactory(label="Plug")
    assert shown(operator, "?q=احمر") == shown(operator, "?q=cb-7") == ["كيبل أحمر"]


def test_the_file_tells_the_sentence_without_marks_of_direction(operator):
    FindingFactory(label="Cable", severity="info")
    answer = operator.post(f"{LIST}export/csv/")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert rows[1][:4] == ["Cable has no SKU.", "Products without a SKU", "hint", "open"]


def test_a_finding_whose_check_is_gone_or_tells_otherwise_is_still_shown(operator):
    gone = FindingFactory(check_key="of_an_older_release", label="Cable")
    other = FindingFactory(check_key="under_cost", facts={"nothing": "known"}, label="Plug")
    assert len(shown(operator)) == 2
    for finding in (gone, other):
        answer = operator.get(f"{LIST}{finding.pk}/change/")
        assert "found by an older release" in answer.content.decode()


def test_a_list_of_many_findings_costs_as_many_queries_as_one_of_few(operator):
    def cost() -> int:
        operator.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            operator.get(LIST)
        return len(captured)

    FindingFactory.create_batch(40)
    few = cost()
    for check in registry.checks():
        FindingFactory(check_key=check.key, owner=person("decide_finding"), facts={})
    FindingFactory.create_batch(30)
    assert cost() == few


# --- Decisions ---------------------------------------------------------------------------------------


def test_one_is_ignored_with_a_reason_until_the_end_of_a_day(operator, zainab):
    finding = FindingFactory()
    page = f"{LIST}{finding.pk}/ignore_one/"
    assert operator.get(page).status_code == 200
    refused = operator.post(page, {"reason": "", "until": "2020-01-01"})
    assert "Say why it is of no matter" in refused.content.decode()
    assert "That time is past" in operator.post(page, {"reason": "x", "until": "2020-01-01"}).content.decode()
    assert "Say a day" in operator.post(page, {"reason": "x", "until": "soon"}).content.decode()

    day = timezone.localdate() + timedelta(days=3)
    operator.post(page, {"reason": "A gift", "until": day.isoformat()})

    finding.refresh_from_db()
    assert (finding.state, finding.reason, finding.decided_by) == (State.IGNORED, "A gift", zainab)
    assert timezone.localdate(finding.until) == day + timedelta(days=1)
    answer = operator.get(f"{LIST}{finding.pk}/change/").content.decode()
    assert "A gift" in answer
    assert "nothing; it stays ignored until it has a SKU" in answer


def test_many_are_assigned_at_once_after_a_question(operator, zainab):
    keys = [str(each.pk) for each in FindingFactory.create_batch(3)]
    asked = {"action": "assign", ACTION_CHECKBOX_NAME: keys}
    assert "3 findings were chosen" in operator.post(LIST, asked).content.decode()
    assert not Finding.objects.exclude(owner=None).exists()

    operator.post(LIST, asked | {"confirmed": "yes", "owner": str(zainab.pk)})
    assert Finding.objects.filter(owner=zainab).count() == 3


def test_all_that_match_the_filter_are_accepted(operator):
    FindingFactory.create_batch(60)
    FindingFactory(check_key="under_cost")
    first = str(Finding.objects.filter(check_key="missing_skus").values_list("pk", flat=True)[0])
    asked = {"action": "accept", ACTION_CHECKBOX_NAME: [first], "select_across": "1"}
    assert "60 findings were chosen" in operator.post(f"{LIST}?check=missing_skus", asked).content.decode()

    operator.post(f"{LIST}?check=missing_skus", asked | {"confirmed": "yes"})
    assert Finding.objects.filter(state=State.ACCEPTED).count() == 60


def test_a_viewer_decides_nothing_and_is_told_so():
    finding, viewer = FindingFactory(), signed_in(person())
    assert viewer.post(f"{LIST}{finding.pk}/accept_one/").status_code == 403
    assert "Your role does not allow this" in viewer.get(f"{LIST}{finding.pk}/change/").content.decode()
    viewer.post(LIST, {"action": "accept", "confirmed": "yes", ACTION_CHECKBOX_NAME: [str(finding.pk)]})
    assert not FindingEvent.objects.exists()


# --- Pages of records --------------------------------------------------------------------------------


def test_a_products_page_tells_what_is_wrong_with_it_also_as_one_of_several(operator):
    one, other = ProductFactory(sku="CB-7", name="A"), ProductFactory(sku="cb-7", name="B")
    StockLevelFactory(product=other, warehouse__sells=True, available_for_sale=-4)
    list(runs.run())

    first = operator.get(f"/admin/inventory/product/{one.pk}/change/").content.decode()
    second = operator.get(f"/admin/inventory/product/{other.pk}/change/").content.decode()
    assert "have the SKU" in first
    assert "have the SKU" in second
    assert "are available for sale in" in second
    assert "are available for sale in" not in first


def test_a_customers_page_tells_what_is_wrong(operator):
    customer = CustomerFactory(receivable=5, credit_limit=4)
    list(runs.run())
    assert "too much" in operator.get(f"/admin/inventory/customer/{customer.pk}/change/").content.decode()


# --- The desk ----------------------------------------------------------------------------------------


def test_the_desk_counts_each_check_and_links_to_its_findings(operator, zainab):
    organization = OrganizationFactory()
    FindingFactory.create_batch(2, opened_at=timezone.now())
    FindingFactory(state=State.ACCEPTED, owner=zainab)
    FindingFactory(check_key="under_cost", state=State.IGNORED)
    list(runs.run([organization], ["over_limit"]))

    answer = operator.get(DESK).content.decode()

    assert f"{LIST}?check=missing_skus" in answer
    assert f"{LIST}?check=under_cost&amp;state=ignored" in answer
    assert zainab.get_username() in answer
    for check in registry.checks():
        assert f"{DESK}{check.key}/" in answer


def test_the_desk_costs_as_many_queries_whatever_was_found(operator):
    OrganizationFactory()
    operator.get(DESK)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            operator.get(DESK)
        return len(captured)

    before = cost()
    for check in registry.checks():
        FindingFactory.create_batch(2, check_key=check.key, owner=UserFactory())
    assert cost() == before


def test_check_now_queues_a_job_and_its_progress_is_told(operator):
    OrganizationFactory()
    ProductFactory(sku="")
    operator.post(f"{DESK}now/", {"check": "missing_skus"})
    assert OrmQ.objects.count() == 1
    live = operator.get(f"{DESK}live/").json()
    assert (live["state"], live["words"], live["ended"]) == ("going", "The checks wait for a worker.", False)

    assert tasks.check_asked() == "1 checked, 1 opened, 0 closed"
    assert operator.get(f"{DESK}live/").json()["ended"]
    assert Finding.objects.get().state == State.OPEN


def test_a_check_that_failed_is_told_on_the_desk_and_on_its_page(operator):
    organization = OrganizationFactory()
    runs.states_of(organization, registry.checks())
    CheckState.objects.filter(check_key="under_cost").update(
        error="RuntimeError: no shelf", error_at=timezone.now()
    )

    assert "failed" in operator.get(DESK).content.decode()
    assert "RuntimeError: no shelf" in operator.get(f"{DESK}under_cost/").content.decode()


# --- Parameters --------------------------------------------------------------------------------------


def test_an_administrator_sets_what_a_check_looks_for(administrator):
    organization = OrganizationFactory()
    page = f"{DESK}twin_prices/"
    sent = {
        "organization": organization.pk,
        "is_on": "yes",
        "percent": "3",
        "rounding": "500",
        "rate": "1,310",
    }

    assert administrator.post(page, sent | {"pairs": "A = B"}).status_code == 302

    state = CheckState.objects.get(check_key="twin_prices")
    assert state.parameters == {"rate": "1310", "pairs": ["A = B"]}  # what is as usual is not kept
    assert state.asked_at is not None
    assert OrmQ.objects.count() == 1
    administrator.post(page, sent | {"pairs": "A = B"})
    assert OrmQ.objects.count() == 1  # nothing was another


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"percent": "much"}, "A number is expected."),
        ({"percent": "0"}, "It has to be at least 0.1 and at most 100."),
        ({"percent": "NaN"}, "A number is expected."),
        ({"pairs": "A and B"}, "does not name two lists"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(administrator, typed, problem):
    organization = OrganizationFactory()
    sent = {"organization": organization.pk, "is_on": "yes", "percent": "9", "rounding": "500", "rate": ""}

    answer = administrator.post(f"{DESK}twin_prices/", sent | typed)

    assert problem in answer.content.decode()
    assert CheckState.objects.get(check_key="twin_prices").parameters == {}


def test_a_check_that_is_switched_off_closes_what_it_found(administrator):
    organization = OrganizationFactory()
    ProductFactory(sku="")
    list(runs.run([organization], ["missing_skus"]))
    administrator.post(f"{DESK}missing_skus/", {"organization": organization.pk, "only_active": "yes"})
    tasks.check_changes()

    assert Finding.objects.get(check_key="missing_skus").state == State.CLOSED
    assert "switched off" in administrator.get(DESK).content.decode()


def test_an_operator_reads_what_is_set_and_cannot_set_it(operator):
    organization = OrganizationFactory()
    assert "Only administrators set" in operator.get(f"{DESK}under_cost/").content.decode()
    answer = operator.post(f"{DESK}under_cost/", {"organization": organization.pk, "percent": "50"})
    assert answer.status_code == 403
