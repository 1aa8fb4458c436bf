"""A day is the company's; a sum has every digit, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F, Q

from inventory.days import company_day, company_zone
from inventory.models import StockLevel
from inventory.reports.sums import ExactSum
from tests.factories import OrganizationFactory, StockLevelFactory

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # half past midnight in Baghdad


def test_a_day_begins_when_it_does_for_the_company():
    organization = OrganizationFactory(time_zone="Asia/Baghdad")
    assert company_day(EVENING) == date(2026, 11, 21)
    type(organization).objects.update(time_zone="America/New_York")
    assert company_day(EVENING) == date(2026, 11, 20)


def test_several_companies_or_a_zone_that_is_not_known_leave_the_settings_own(settings):
    settings.TIME_ZONE = "Asia/Baghdad"
    OrganizationFactory(time_zone="Nowhere/At_all")
    assert company_zone() == ZoneInfo("Asia/Baghdad")
    OrganizationFactory(external_id="2", time_zone="Europe/Berlin")
    assert company_zone() == ZoneInfo("Asia/Baghdad")


@pytest.mark.parametrize(
    ("figures", "total"),
    [
        (["0.1"] * 10, "1"),
        (["0.12345678", "-0.00000001"], "0.12345677"),
        (["-2.5", "-0.25"], "-2.75"),
        (["999999999999.25", "0.5"], "999999999999.75"),
        (["0.3", None], "0.3"),
        ([None], None),
    ],
)
def test_a_sum_has_every_digit_and_leaves_out_what_is_not_known(figures, total):
    for figure in figures:
        StockLevelFactory(on_hand=figure and Decimal(figure))
    found = StockLevel.objects.aggregate(
        all=ExactSum("on_hand"),
        doubled=ExactSum(F("on_hand") * 2),
        above=ExactSum("on_hand", filter=Q(on_hand__gt=0)),
    )
    assert found["all"] == (total and Decimal(total))
    assert found["doubled"] == (total and 2 * Decimal(total))
    positive = [Decimal(figure) for figure in figures if figure and Decimal(figure) > 0]
    assert found["above"] == (sum(positive) if positive else None)


def test_nothing_at_all_has_no_sum():
    assert StockLevel.objects.aggregate(all=ExactSum("on_hand"))["all"] is None
