"""`status.truth`: what is told of the comparisons that were made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import NOON, OrganizationFactory, StockCheckFactory
from zoho_sync import housekeeping, status
from zoho_sync.models import TruthCheck
from zoho_sync.truth.estimate import as_percent

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return OrganizationFactory()


@pytest.fixture
def checked(organization):
    """checked("drift", …): a record that was compared just now."""

    def add(verdict: str, record: str = "1", *, entity: str = "products", hours_ago: float = 0.5, **more):
        return TruthCheck.objects.create(
            organization=organization,
            entity=entity,
            external_id=record,
            verdict=verdict,
            checked_at=timezone.now() - timedelta(hours=hours_ago),
            **more,
        )

    return add


def test_without_a_comparison_there_are_no_data_rather_than_100_percent(organization):
    found = status.truth(organization)

    assert (found.checked, found.share, found.low, found.high, found.checked_at) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert [each.share for each in found.entities] == [None] * 4


def test_what_is_behind_or_unreadable_is_counted_apart(organization, checked):
    for verdict in ("equal", "equal", "equal", "drift", "lag", "unreadable", "unreadable"):
        checked(verdict)

    found = status.truth(organization)

    assert (found.checked, found.equal, found.share, found.lag, found.unreadable) == (4, 3, 0.75, 1, 2)
    assert (found.low, found.high) == pytest.approx((0.300642, 0.954413), abs=1e-5)


def test_only_what_could_not_be_read_is_no_share_either(organization, checked):
    checked("unreadable")

    assert status.truth(organization).share is None


def test_each_entity_has_figures_of_its_own(organization, checked):
    checked("equal"), checked("drift", entity="stock")

    shares = {each.entity: each.share for each in status.truth(organization).entities}

    assert shares == {"products": 1.0, "stock": 0.0, "customers": None, "price_lists": None}


def test_the_window_ends_and_an_open_drift_does_not(organization, checked):
    checked("drift", hours_ago=24 * 8)
    checked("equal", "2", hours_ago=2)

    week, hour = status.truth(organization), status.truth(organization, hours=1)

    assert (week.checked, week.share, week.drifts) == (1, 1.0, 1)
    assert (hour.checked, hour.share, hour.drifts) == (0, None, 1)


def test_a_record_found_different_twice_is_one_drift_until_it_is_mended(organization, checked):
    checked("drift"), checked("drift"), checked("drift", "2"), checked("drift", "3", mended_at=timezone.now())

    assert status.truth(organization).drifts == 2


def test_the_stock_verified_longest_ago_is_named(organization):
    StockCheckFactory(verified_at=NOON)
    old = StockCheckFactory(verified_at=NOON - timedelta(days=3))
    StockCheckFactory(verified_at=NOON - timedelta(days=9), product__removed_at=NOON)
    StockCheckFactory(verified_at=None)

    found = status.truth(organization)

    assert found.oldest_unverified_at == NOON - timedelta(days=3)
    assert found.oldest_unverified.product_id == old.product_id
    assert found.unverified_count == 1


def test_another_organisations_truth_is_its_own(organization, checked):
    checked("drift")

    found = status.truth(OrganizationFactory(external_id="999"))

    assert (found.checked, found.drifts) == (0, 0)


@pytest.mark.parametrize(
    ("share", "down", "up"),
    [(1.0, "100.0", "100.0"), (0.99999, "99.9", "100.0"), (0.981, "98.1", "98.1"), (0, "0.0", "0.0")],
)
def test_nearly_all_is_never_told_as_all(share, down, up):
    assert (as_percent(share), as_percent(share, up=True)) == (down, up)


def test_old_comparisons_are_pruned(organization, checked, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"TRUTH": 90}
    checked("equal", hours_ago=24 * 91), checked("equal", "2", hours_ago=24 * 89)

    housekeeping.prune()

    assert [each.external_id for each in TruthCheck.objects.all()] == ["2"]
