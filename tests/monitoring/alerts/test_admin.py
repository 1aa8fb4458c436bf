"""The pages of alerts and rules: what they show, what their buttons do, and which rules they refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from monitoring import alerts as life
from monitoring.admin.alerts import snoozed_until
from monitoring.models import Alert, AlertRule, Watch
from tests.factories import NOON, AdministratorFactory, WebhookDeliveryFactory
from tests.monitoring.alerts.conftest import breach, rule_for

pytestmark = pytest.mark.django_db
LIST, RULES = "/admin/monitoring/alert/", "/admin/monitoring/alertrule/"


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory(username="zainab"))
    return client


@pytest.fixture
def alert(db) -> Alert:
    facts = {"what_to_do": "See why, mend it, then replay them.", "page": "/admin/zoho_sync/webhookdelivery/"}
    return life.open_alert(rule_for("dead-letters"), breach(severity="error", **facts))


def press(staff, alert: Alert, button: str, **posted):
    assert staff.get(f"{LIST}{alert.pk}/{button}/").status_code == 200
    answer = staff.post(f"{LIST}{alert.pk}/{button}/", posted, follow=True)
    alert.refresh_from_db()
    return answer


# --- Alerts ------------------------------------------------------------------------------------------


def test_the_list_shows_open_ones_first_and_the_worst_of_them_first(staff):
    for number, severity in enumerate(("info", "critical", "warning")):
        life.open_alert(None, breach(f"cause:{number}", severity))
    life.resolve(life.open_alert(None, breach("cause:9", "critical")), AdministratorFactory())

    rows = staff.get(LIST).context["cl"].result_list
    assert [row.fingerprint for row in rows] == ["cause:1", "cause:2", "cause:0", "cause:9"]


def test_an_empty_list_says_so_when_nobody_has_ever_looked(staff):
    assert "Nobody has judged the rules yet" in staff.get(LIST).content.decode()
    Watch.objects.create(name="main", looked_at=timezone.now())

    assert "Nobody" not in staff.get(LIST).content.decode()


def test_the_list_says_so_when_nobody_watches(staff):
    Watch.objects.create(name="main", looked_at=NOON)

    assert "Nobody watches" in staff.get(LIST).content.decode()


def test_a_page_says_what_is_wrong_what_to_do_and_where(staff, alert):
    page = staff.get(f"{LIST}{alert.pk}/change/").content.decode()

    for text in (
        "2 of them.",
        "See why, mend it, then replay them.",
        'href="/admin/zoho_sync/webhookdelivery/"',
    ):
        assert text in page
    assert "/acknowledge_one/" in page
    assert "/reopen_one/" not in page
    assert "The alert is open already." in page


def test_somebody_acknowledges_with_a_note_and_it_is_logged(staff, alert):
    page = press(staff, alert, "acknowledge_one", note="I am on it.").content.decode()

    assert (alert.acknowledged_by.username, alert.note) == ("zainab", "I am on it.")
    assert "I am on it." in page
    assert "acknowledged: I am on it." in LogEntry.objects.get().change_message
    assert "acknowledged already" in press(staff, alert, "acknowledge_one").content.decode()


def test_somebody_resolves_and_reopens(staff, alert):
    press(staff, alert, "resolve_one", note="It was a test.")
    assert (alert.state, alert.resolved_by.username) == ("resolved", "zainab")
    press(staff, alert, "reopen_one")
    assert alert.state == "open"


def test_somebody_snoozes(staff, alert):
    press(staff, alert, "snooze_one", until="4h")
    assert timedelta(hours=3.9) < alert.snoozed_until - timezone.now() <= timedelta(hours=4)

    page = press(staff, alert, "snooze_one", until="time", time="").content.decode()
    assert "Say until when" in page


@pytest.mark.parametrize(
    ("posted", "until"),
    [
        ({"until": "1h"}, datetime(2026, 11, 20, 22, 0, tzinfo=UTC)),
        ({"until": "tomorrow"}, datetime(2026, 11, 22, 5, 0, tzinfo=UTC)),  # it is past midnight in Baghdad
        ({"until": "time", "time": "2026-11-21T12:30"}, datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ({"until": "time", "time": "soon"}, None),
        ({}, None),
    ],
)
def test_until_when_a_snooze_lasts(posted, until):
    assert snoozed_until(posted, datetime(2026, 11, 20, 21, 0, tzinfo=UTC)) == until


# --- Rules -------------------------------------------------------------------------------------------

CAUSE = {"name": "Ours", "is_on": "on", "severity": "error", "judged": "cause:dead-letters"}
TIMES = {"window_minutes": "15", "fewest": "1", "for_minutes": "0", "resolve_minutes": "5"}
FIGURE = CAUSE | {
    "judged": "metric:runs",
    "statistic": "share",
    "comparison": "above",
    "threshold": "10",
}


def add(staff, facts: dict, **changed):
    return staff.post(f"{RULES}add/", facts | TIMES | changed)


@pytest.mark.parametrize("facts", [CAUSE, FIGURE, CAUSE | {"judged": "cause:price-jump", "threshold": "50"}])
def test_a_rule_is_made(staff, facts):
    assert (
        add(staff, facts, quiet_weekdays=["4", "5"], quiet_from="22:00", quiet_to="07:00").status_code == 302
    )

    rule = AlertRule.objects.get(name="Ours")
    assert f"{rule.source}:{rule.subject}" == facts["judged"]
    assert (rule.quiet_weekdays, str(rule.quiet_to)) == ([4, 5], "07:00:00")
    assert staff.get(f"{RULES}{rule.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("facts", "changed", "field"),
    [
        (FIGURE, {"threshold": ""}, "threshold"),
        (FIGURE, {"threshold": "101"}, "threshold"),
        (FIGURE, {"statistic": ""}, "statistic"),
        (FIGURE, {"comparison": ""}, "comparison"),
        (FIGURE, {"statistic": "p95"}, "statistic"),  # counted, not timed
        (FIGURE, {"judged": "metric:call_seconds", "statistic": "share"}, "statistic"),
        (FIGURE, {"judged": "metric:calls", "entity": "products"}, "entity"),
        (CAUSE, {"threshold": "3"}, "threshold"),  # it is there or it is not
        (CAUSE, {"judged": "cause:price-jump", "threshold": "0"}, "threshold"),
        (CAUSE, {"judged": "cause:nothing"}, "judged"),
        (CAUSE, {"quiet_from": "22:00"}, "quiet_to"),
        (CAUSE, {"name": ""}, "name"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(staff, facts, changed, field):
    answer = add(staff, facts, **changed)

    assert set(answer.context["adminform"].form.errors) == {field}
    assert not AlertRule.objects.filter(name="Ours").exists()


def test_what_only_figures_have_is_not_kept_for_a_cause(staff):
    add(staff, CAUSE, statistic="sum", comparison="above")

    rule = AlertRule.objects.get(name="Ours")
    assert (rule.statistic, rule.comparison) == ("", "")


def test_a_rule_is_tried_and_nothing_is_opened(staff):
    WebhookDeliveryFactory.create_batch(2, status="dead")
    rule = rule_for("dead-letters", for_minutes=5)

    page = staff.get(f"{RULES}{rule.pk}/try_one/").content.decode()
    assert "2 webhook deliveries could not be applied" in page
    assert "nobody was told" in page
    assert not Alert.objects.exists()


def test_the_list_of_rules_shows_what_they_say_now(staff, alert):
    AlertRule.objects.filter(pk=alert.rule_id).update(
        last_value=3, judged_at=timezone.now(), problem="Broken."
    )

    (row,) = (row for row in staff.get(RULES).context["cl"].result_list if row.pk == alert.rule_id)
    assert row.open_count == 1
    assert "cannot be judged" in staff.get(RULES).content.decode()


def test_ours_can_be_switched_off_and_not_removed(staff):
    ours = rule_for("worker", code="ours")
    theirs = rule_for("stale")

    assert staff.get(f"{RULES}{ours.pk}/delete/").status_code == 403
    assert staff.get(f"{RULES}{theirs.pk}/delete/").status_code == 200
