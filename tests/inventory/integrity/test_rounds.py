"""Findings open and close with the facts, whatever people have decided meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.integrity import decisions, registry, runs
from inventory.integrity.base import Check, Fact
from inventory.models import CheckState, Finding, FindingEvent, Organization, Severity, StockLevel
from tests.factories import NOON, OrganizationFactory, ProductFactory, StockLevelFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEY = "negative_sellable"
State, What = Finding.State, FindingEvent.What


@pytest.fixture
def level(db):
    return StockLevelFactory(warehouse__sells=True, available_for_sale=-2, on_hand=3, committed=5)


def look(now: datetime = NOON, key: str = KEY, **asked: Any) -> runs.Outcome:
    (outcome,) = runs.run(keys=[key], now=now, **asked)
    return outcome


def have(level: StockLevel, quantity: int) -> None:
    StockLevel.objects.filter(pk=level.pk).update(available_for_sale=quantity)


def history() -> list[str]:
    return list(FindingEvent.objects.order_by("pk").values_list("what", flat=True))


def test_what_is_wrong_is_opened_once_however_often_it_is_seen(level):
    first = look()
    second = look(NOON + DAY)

    finding = Finding.objects.get()
    assert (first.counts.opened, second.counts.opened, second.counts.found) == (1, 0, 1)
    assert (finding.state, finding.first_seen_at, finding.subject_id) == (State.OPEN, NOON, level.product_id)
    assert finding.severity == Severity.ERROR
    assert CheckState.objects.get(check_key=KEY).good_at == NOON + DAY


def test_what_is_mended_is_closed_by_itself_and_was_last_seen_by_the_round_before(level):
    look()
    look(NOON + DAY)
    have(level, 4)

    outcome = look(NOON + 2 * DAY)

    finding = Finding.objects.get()
    assert outcome.counts.closed == 1
    assert (finding.state, finding.closed_at, finding.last_seen_at) == (
        State.CLOSED,
        NOON + 2 * DAY,
        NOON + DAY,
    )
    assert history() == [What.CLOSED]


def test_what_returns_is_the_same_finding_open_again(level):
    look()
    have(level, 4)
    look(NOON + DAY)
    have(level, -1)

    outcome = look(NOON + 2 * DAY)

    finding = Finding.objects.get()
    assert (outcome.counts.reopened, outcome.counts.opened) == (1, 0)
    assert (finding.state, finding.reopened_count, finding.closed_at) == (State.OPEN, 1, None)
    assert (finding.first_seen_at, finding.opened_at) == (NOON, NOON + 2 * DAY)
    assert finding.facts["for_sale"] == "-1"
    assert history() == [What.CLOSED, What.RETURNED]


def test_what_is_accepted_stays_so_while_its_facts_move(level):
    look()
    decisions.accept([Finding.objects.get().pk], UserFactory(), "counted")
    have(level, -3)
    look(NOON + DAY)

    finding = Finding.objects.get()
    assert (finding.state, finding.facts["for_sale"], finding.reason) == (State.ACCEPTED, "-3", "counted")


def test_what_is_ignored_stays_so_until_what_matters_changes(level):
    look()
    decisions.ignore([Finding.objects.get().pk], UserFactory(), "known at the source")
    StockLevel.objects.update(on_hand=4)
    look(NOON + DAY)
    assert Finding.objects.get().state == State.IGNORED  # what is on hand does not matter to it
    assert Finding.objects.get().facts["on_hand"] == "4"

    have(level, -9)
    look(NOON + 2 * DAY)
    finding = Finding.objects.get()
    assert (finding.state, finding.reason, finding.opened_at) == (State.OPEN, "", NOON + 2 * DAY)
    assert history() == [What.IGNORED, What.CHANGED]


def test_what_is_ignored_until_a_time_is_open_after_it(level):
    look()
    decisions.ignore([Finding.objects.get().pk], UserFactory(), "until the count", NOON + DAY, now=NOON)

    look(NOON + DAY - timedelta(minutes=1))
    assert Finding.objects.get().state == State.IGNORED
    look(NOON + DAY)
    assert Finding.objects.get().state == State.OPEN
    assert history() == [What.IGNORED, What.EXPIRED]


@pytest.mark.parametrize(("quantity", "state"), [(-2, State.IGNORED), (-5, State.OPEN)])
def test_what_was_ignored_and_comes_back_is_still_ignored_if_it_is_the_same(level, quantity, state):
    look()
    decisions.ignore([Finding.objects.get().pk], UserFactory(), "known")
    have(level, 4)
    look(NOON + DAY)
    have(level, quantity)
    look(NOON + 2 * DAY)

    assert Finding.objects.get().state == state


def test_a_removed_product_takes_its_findings_along(level):
    look()
    level.product.removed_at = NOON
    level.product.save()
    look(NOON + DAY)

    assert Finding.objects.get().state == State.CLOSED


# --- Rounds ------------------------------------------------------------------------------------------


class Moody(Check):
    """Finds what it is told to, and fails when it is told to."""

    key = "moody"
    title = meaning = what_to_do = "Moody"
    severity = Severity.INFO
    reads = ("product",)

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.is_broken = False

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        for key in self.keys:
            yield Fact(key, {"key": key}, "product")
        if self.is_broken:
            raise RuntimeError("the shelf is on fire")

    def sentence(self, facts: Mapping[str, Any]) -> str:
        return str(facts["key"])


@pytest.fixture
def moody(db) -> Iterator[Moody]:
    OrganizationFactory()
    registry.checks()
    registry.register(Moody)
    yield registry._checks["moody"]
    del registry._checks["moody"]


def test_a_check_that_fails_says_so_closes_nothing_and_holds_up_no_other(moody, level):
    moody.keys = ["a", "b"]
    look(key="moody")
    moody.keys, moody.is_broken = ["c"], True

    outcomes = {each.check.key: each for each in runs.run(now=NOON + DAY)}

    assert outcomes["moody"].error == "RuntimeError: the shelf is on fire"
    assert outcomes[KEY].counts.opened == 1
    assert set(Finding.objects.filter(check_key="moody").values_list("subject_key", "state")) == {
        ("a", State.OPEN),
        ("b", State.OPEN),
    }
    state = CheckState.objects.get(check_key="moody")
    assert (state.error, state.error_at, state.good_at, state.started_at) == (
        "RuntimeError: the shelf is on fire",
        NOON + DAY,
        NOON,
        None,
    )


def test_a_check_that_names_a_subject_twice_is_a_mistake_and_writes_nothing(moody):
    moody.keys = ["a", "a"]
    assert look(key="moody").error == "ValueError: moody names a twice"
    assert not Finding.objects.exists()


def test_more_than_can_be_kept_is_cut_and_closes_nothing(moody):
    moody.most = 3
    moody.keys = ["x"]
    look(key="moody")
    moody.keys = ["a", "b", "c", "d"]
    outcome = look(NOON + DAY, key="moody")

    assert outcome.counts.is_cut
    assert Finding.objects.filter(state=State.OPEN).count() == 4  # x is still open
    assert CheckState.objects.get(check_key="moody").is_cut


def test_many_findings_are_written_in_batches(moody):
    moody.keys = [str(number) for number in range(1203)]
    assert look(key="moody").counts.opened == 1203
    moody.keys = moody.keys[1:]
    assert look(NOON + DAY, key="moody").counts.closed == 1
    moody.keys = []
    assert look(NOON + 2 * DAY, key="moody").counts.closed == 1202
    moody.keys = [str(number) for number in range(600)]
    assert look(NOON + 3 * DAY, key="moody").counts.reopened == 600


def test_a_check_runs_again_only_when_its_rows_have_changed(level):
    look()
    assert look(NOON + DAY, only_changed=True).skipped == "unchanged"
    level.on_hand = 9
    level.save()
    assert look(NOON + DAY, only_changed=True).counts.found == 1


def test_a_check_that_failed_runs_again_although_nothing_has_changed(moody):
    moody.is_broken = True
    look(key="moody")
    moody.is_broken = False
    assert look(NOON + DAY, key="moody", only_changed=True).skipped == ""


def test_a_check_that_is_off_does_not_run(level):
    look()
    CheckState.objects.update(is_on=False)
    assert look(NOON + DAY).skipped == "off"


def test_two_runs_of_one_check_do_not_meet_and_a_killed_one_is_followed_after_a_while(level):
    look()
    CheckState.objects.filter(check_key=KEY).update(started_at=NOON)
    assert look(NOON + timedelta(minutes=14)).skipped == "running"
    assert look(NOON + timedelta(minutes=16)).counts.found == 1


def test_only_what_was_asked_for_runs(level):
    assert runs.ask([KEY]) == 1
    assert [each.check.key for each in runs.run(only_asked=True)] == [KEY]
    assert [each.check.key for each in runs.run(only_asked=True)] == []


def test_organisations_do_not_see_each_others_findings(level):
    other = OrganizationFactory(external_id="2")
    ProductFactory(organization=other, sku="", name="A")
    list(runs.run([level.organization], [KEY]))
    list(runs.run([other], ["missing_skus"]))

    assert set(Finding.objects.values_list("organization__external_id", "check_key")) == {
        (level.organization.external_id, KEY),
        ("2", "missing_skus"),
    }


def test_an_unknown_check_is_refused_before_anything_runs(level):
    with pytest.raises(registry.UnknownCheck):
        runs.run(keys=[KEY, "nonsense"])
    assert not Finding.objects.exists()


def test_a_new_finding_has_every_column_as_the_model_would_write_it(moody):
    """It is written without the model's help."""
    moody.keys = ["a"]
    look(key="moody")
    written = Finding.objects.values().get()
    Finding.objects.all().delete()
    told = {
        name: written[name]
        for name in ("organization_id", "check_key", "severity", "subject_kind", "subject_key")
    }
    told |= {name: written[name] for name in ("facts", "digest", "material")}
    Finding.objects.create(**told, first_seen_at=NOON, opened_at=NOON, last_seen_at=NOON)

    usual = Finding.objects.values().get()
    assert written | {"id": 0} == usual | {"id": 0}
