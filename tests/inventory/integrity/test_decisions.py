"""What people decide is kept with who and why, and refused where it has no meaning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from inventory.integrity import decisions
from inventory.models import Finding, FindingEvent
from tests.factories import NOON, FindingFactory, UserFactory

pytestmark = pytest.mark.django_db
State, What = Finding.State, FindingEvent.What


def operator(**facts):
    user = UserFactory(**facts)
    user.user_permissions.add(Permission.objects.get(codename="decide_finding"))
    return user


def test_several_are_accepted_at_once_and_each_keeps_its_history():
    user = operator()
    keys = [each.pk for each in FindingFactory.create_batch(3)]
    FindingFactory(state=State.CLOSED)

    assert decisions.accept(keys, user, "counted") == 3

    assert set(Finding.objects.filter(pk__in=keys).values_list("state", "reason", "decided_by")) == {
        (State.ACCEPTED, "counted", user.pk)
    }
    assert (
        list(FindingEvent.objects.values_list("what", "by", "note"))
        == [(What.ACCEPTED, user.pk, "counted")] * 3
    )


def test_what_is_closed_is_not_decided_about():
    finding = FindingFactory(state=State.CLOSED)
    user = operator()
    acts = [
        lambda: decisions.accept([finding.pk], user),
        lambda: decisions.ignore([finding.pk], user, "no"),
        lambda: decisions.assign([finding.pk], user, user),
        lambda: decisions.reopen([finding.pk], user),
    ]
    for act in acts:
        with pytest.raises(decisions.DecisionError):
            act()
    assert not FindingEvent.objects.exists()


def test_an_ignoring_needs_a_reason_and_a_time_to_come():
    finding, user = FindingFactory(), operator()
    with pytest.raises(decisions.SenselessDecision) as refused:
        decisions.ignore([finding.pk], user, "  ")
    assert refused.value.field == "reason"
    with pytest.raises(decisions.SenselessDecision) as refused:
        decisions.ignore([finding.pk], user, "a gift", NOON, now=NOON)
    assert refused.value.field == "until"
    assert decisions.ignore([finding.pk], user, "a gift", NOON + timedelta(days=1), now=NOON) == 1


def test_what_was_decided_is_taken_back():
    finding, user = FindingFactory(state=State.IGNORED, reason="x", until=NOON), operator()
    assert decisions.reopen([finding.pk], user) == 1
    finding.refresh_from_db()
    assert (finding.state, finding.reason, finding.until) == (State.OPEN, "", None)


def test_only_who_may_decide_is_given_findings():
    finding, user = FindingFactory(), operator(username="zainab")
    with pytest.raises(decisions.SenselessDecision):
        decisions.assign([finding.pk], user, UserFactory())
    with pytest.raises(decisions.SenselessDecision):
        decisions.assign([finding.pk], user, operator(is_active=False))
    assert decisions.owners() == [user]

    assert decisions.assign([finding.pk], user, user) == 1
    finding.refresh_from_db()
    assert (finding.owner, finding.state) == (user, State.OPEN)
    with pytest.raises(decisions.DecisionError):
        decisions.assign([finding.pk], user, user)
    assert decisions.assign([finding.pk], user, None) == 1
    assert list(FindingEvent.objects.order_by("pk").values_list("note", flat=True)) == ["zainab", "nobody"]
