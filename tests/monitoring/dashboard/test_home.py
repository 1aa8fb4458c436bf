"""The home page: four answers, alerts, what waits, the runs as squares, and how it renews itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.models import Alert
from tests import factories as make
from tests.access.conftest import groups  # noqa: F401
from tests.monitoring.dashboard.samples import counted, gauged
from zoho_sync.models import SyncRun, TruthCheck, WebhookDelivery
from zoho_sync.options import SyncMode
from zoho_sync.processors import registry
from zoho_sync.schedules import set_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]
HOME, LIVE = "/admin/", "/admin/home/"


@pytest.fixture
def staff(client):
    layla = make.UserFactory(username="layla")
    layla.groups.add(Group.objects.get(name="Operator"))
    client.force_login(layla)
    return client


def enter(*permissions: str) -> Client:
    """Somebody with these permissions alone."""
    person = make.UserFactory()
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(person)
    return client


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def block(shown: str, name: str) -> str:
    """The HTML of one block of the page."""
    assert f'id="block-{name}"' in shown, f"no block {name}"
    return shown.split(f'id="block-{name}"')[1].split('<div class="tsh-block')[0]


def alert(severity: str, title: str, **facts) -> Alert:
    now = timezone.now()
    return Alert.objects.create(
        fingerprint=title, severity=severity, title=title, first_seen_at=now, last_seen_at=now, **facts
    )


# --- Answers -----------------------------------------------------------------------------------------


def test_an_empty_back_office_does_not_say_that_all_is_well(staff):
    shown = block(text(staff.get(HOME)), "answers")

    assert "All is well" not in shown
    assert "Nothing has been read yet." in shown


def test_each_answer_says_its_state_in_words_and_leads_on(staff):
    run = make.SyncRunFactory(status=SyncRun.Status.QUARANTINED)

    shown = block(text(staff.get(HOME)), "answers")

    assert re.findall(r"answer-question\">([^<]+)<", shown) == [
        "Is it fresh?",
        "Is it right?",
        "Does anything wait for me?",
        "Can Zoho still be called?",
    ]
    assert "Something has to be done" in shown
    assert f'href="/admin/zoho_sync/syncrun/{run.pk}/change/"' in shown  # why it is not right
    assert 'href="#block-waiting"' in shown


def test_the_answer_about_truth_tells_what_samples_say_and_else_that_there_is_no_data(staff):
    organization = make.OrganizationFactory()
    assert "Not compared with Zoho lately: no data." in block(text(staff.get(HOME)), "answers")

    for number in range(10):
        TruthCheck.objects.create(
            organization=organization,
            entity="products",
            external_id=str(number),
            verdict="equal",
            checked_at=timezone.now(),
        )

    assert "100\xa0% (72.2–100)" in block(text(staff.get(HOME)), "answers")  # Wilson's interval of 10 of 10


# --- Alerts ------------------------------------------------------------------------------------------


def test_open_alerts_stand_there_the_worst_first(staff):
    for severity in ("warning", "critical", "info", "error"):
        alert(severity, f"an alert of {severity}")
    alert("critical", "an old one", state=Alert.State.RESOLVED)

    shown = block(text(staff.get(HOME)), "alerts")

    assert re.findall(r"an alert of (\w+)", shown) == ["critical", "error", "warning", "info"]
    assert "an old one" not in shown
    assert f"/admin/monitoring/alert/{Alert.objects.get(severity='error').pk}/change/" in shown


def test_of_many_alerts_the_worst_are_shown_and_the_others_counted(staff):
    for number in range(11):
        alert("error", f"alert {number}")

    shown = block(text(staff.get(HOME)), "alerts")

    assert shown.count("<li") == 8
    assert "3 more alerts are open." in shown


# --- What waits, and the runs -------------------------------------------------------------------------


def test_what_waits_is_told_with_the_page_on_which_it_is_decided(staff):
    run = make.SyncRunFactory(status=SyncRun.Status.QUARANTINED)
    make.RecordErrorFactory(run=run)
    make.WebhookDeliveryFactory(status=WebhookDelivery.Status.DEAD)

    shown = block(text(staff.get(HOME)), "waiting")

    assert "1 run waits for a decision." in shown
    assert f"/admin/zoho_sync/syncrun/{run.pk}/change/" in shown
    assert "recorderror/?status__exact=waiting&amp;entity=products" in shown
    assert "1 dead letter" in shown


def test_each_of_the_last_runs_is_a_square_that_leads_to_it_and_says_what_it_is(staff):
    old = make.SyncRunFactory()
    runs = [make.SyncRunFactory(fetched_count=1200, failed_count=3) for _each in range(30)]
    SyncRun.objects.filter(pk=runs[-1].pk).update(status=SyncRun.Status.FAILED)
    make.SyncRunFactory(mode=SyncMode.REALTIME)

    shown = block(text(staff.get(HOME)), f"runs-{old.organization_id}")
    squares = re.findall(
        r'<a class="tsh-square tsh-square-(\w+)" href="([^"]+)" title="([^"]+)" aria-label', shown
    )

    assert [url for _mood, url, _words in squares] == [
        f"/admin/zoho_sync/syncrun/{run.pk}/change/" for run in runs
    ]
    assert [mood for mood, _url, _words in squares[-2:]] == ["good", "bad"]
    assert squares[-1][2].startswith(f"#{runs[-1].pk}, full: failed, ")
    assert squares[-1][2].endswith("1,200 records, 3 failed")
    assert "✕" in shown  # a sign beside the colour


# --- Charts ------------------------------------------------------------------------------------------


def test_without_samples_every_chart_says_that_there_is_no_data(staff):
    shown = block(text(staff.get(HOME)), "charts")

    assert shown.count("No data in this period.") == shown.count("<figure") == 8
    assert "0 %" not in shown


def test_a_chart_is_drawn_with_its_figures_beside_it(staff):
    gauged("queue_jobs", "", timezone.now() - timedelta(minutes=1), 17)

    shown = block(text(staff.get(HOME)), "charts")
    queue = next(each for each in shown.split("<figure") if "Jobs in the queue" in each)

    assert 'aria-label="Jobs in the queue. most at once: last 17, highest 17"' in queue
    assert '<td><bdi dir="ltr">17</bdi></td>' in queue
    assert "<title>" in queue


def test_the_period_is_chosen_in_the_address(staff):
    counted("calls", "api=inventory&endpoint=items&status=200", timezone.now() - timedelta(days=3), 5, 3600)

    day, week = text(staff.get(HOME)), text(staff.get(f"{HOME}?period=7d"))

    assert "answered: 5" not in day
    assert "answered: 5" in week
    assert re.search(r'href="\?period=7d#charts"[^>]* aria-current="page"', week)
    assert 'data-blocks-url="/admin/home/?period=7d"' in week


@pytest.mark.parametrize("address", [f"{HOME}?period=1y", f"{LIVE}?period=1y"])
def test_a_period_that_there_is_not_is_refused_by_name(staff, address):
    answer = staff.get(address)

    assert answer.status_code == 400


@pytest.mark.parametrize("address", [f"{HOME}?colour=red", f"{LIVE}?colour=red"])
def test_an_unknown_parameter_is_refused(staff, address):
    assert staff.get(address).status_code == 400


# --- Who sees what -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permission", "seen"),
    [
        ("view_alert", {"alerts"}),
        ("view_metricsample", {"charts"}),
        ("view_recorderror", set()),
        ("view_webhookdelivery", set()),
        ("view_oauthtoken", {"answers"}),
    ],
)
def test_one_permission_shows_no_more_than_it_is_for(permission, seen):
    make.SyncRunFactory()

    shown = text(enter(permission).get(HOME))

    assert set(re.findall(r'id="block-(\w+)', shown)) == seen


def test_who_sees_runs_only_is_told_neither_of_failures_nor_of_deliveries_nor_of_calls():
    make.RecordErrorFactory()
    make.WebhookDeliveryFactory(status=WebhookDelivery.Status.DEAD)
    make.OAuthTokenFactory()

    shown = text(enter("view_syncrun").get(HOME))

    assert "could not be taken" not in shown
    assert "dead letter" not in shown
    assert "calls are left" not in shown
    assert "Failures waiting" not in shown
    assert re.findall(r"answer-question\">([^<]+)<", shown) == ["Is it fresh?"]


def test_who_may_see_none_of_it_gets_no_figures():
    client = enter()

    assert "tsh-block" not in text(client.get(HOME))
    assert client.get(LIVE).status_code == 403


# --- It renews itself --------------------------------------------------------------------------------


def test_the_route_tells_the_same_blocks_as_the_page(staff):
    make.SyncRunFactory()
    page = text(staff.get(HOME))

    told = staff.get(LIVE).json()["blocks"]

    assert list(told) == re.findall(r'data-block="([\w-]+)"', page)
    assert all(html.strip() in page for name, html in told.items() if name != "charts")


def test_what_has_not_changed_is_not_sent_again(staff):
    first = staff.get(LIVE)

    again = staff.get(LIVE, headers={"If-None-Match": first["ETag"]})
    alert("error", "something new")
    changed = staff.get(LIVE, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert "something new" in changed.json()["blocks"]["alerts"]
    assert first["Cache-Control"] == "private, no-cache"


# --- And it is quick ---------------------------------------------------------------------------------


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        text(client.get(address))
    return len(captured)


def test_documents_that_wait_are_counted_only_for_those_who_see_the_budget():
    make.OrganizationFactory()

    def counted_for(*permissions: str) -> int:
        client = enter(*permissions)
        with CaptureQueriesContext(connection) as captured:
            text(client.get(HOME))
        return sum("detail_is_due" in each["sql"] for each in captured)

    assert counted_for("view_syncrun", "view_oauthtoken") == 1
    assert counted_for("view_syncrun") == 0


@pytest.mark.parametrize("address", [HOME, LIVE])
def test_a_page_takes_few_queries_whatever_is_stored(staff, address):
    set_up()
    for entity in registry.names():
        for mode in (SyncMode.FULL, SyncMode.INCREMENTAL):
            make.SyncRunFactory(entity=entity, mode=mode)
    make.OAuthTokenFactory()
    staff.get(address)  # a server that has just come up asks for its zone
    few = queries(staff, address)

    now = timezone.now()
    more = [
        make.SyncRunFactory.build(organization=make.OrganizationFactory(), entity=entity, mode=mode)
        for entity in registry.names()
        for mode in (SyncMode.FULL, SyncMode.INCREMENTAL)
        for _each in range(30)
    ]
    SyncRun.objects.bulk_create(more)
    for number in range(5):
        make.ProductFactory()
        make.RecordErrorFactory()
        alert("error", f"alert {number}")
        counted("calls", f"api=inventory&endpoint=e{number}&status=200", now, 5)

    assert queries(staff, address) <= few <= 43
