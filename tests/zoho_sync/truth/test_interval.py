"""The interval around a share, against values worked out elsewhere."""

from __future__ import annotations

import pytest

from zoho_sync.truth.estimate import interval


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        (10, 20, 0.299298, 0.700702),  # in the middle it is even on both sides
        (1, 1, 0.206549, 1.0),  # one good record proves little
        (0, 10, 0.0, 0.277533),
        (20, 20, 0.838875, 1.0),  # nothing wrong in twenty is not "nothing is wrong"
        (476, 480, 0.978771, 0.996755),
        (81, 263, 0.255289, 0.366210),  # Newcombe 1998, table I: 0.2553 to 0.3662
        (15, 148, 0.062386, 0.160487),  # the same: 0.0624 to 0.1605
    ],
)
def test_the_interval_is_wilsons(found, of, low, high):
    assert interval(found, of) == pytest.approx((low, high), abs=2e-6)


def test_more_records_leave_less_doubt():
    few, many = interval(19, 20), interval(1900, 2000)

    assert many[1] - many[0] < (few[1] - few[0]) / 8
