"""Reading the columns of a table: the quick way for texts says what the slow one says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zoho_sync.errors import RecordRejected
from zoho_sync.processors import converters
from zoho_sync.processors.reading import Column, Reader

NAME = Column("name", "name", converters.text(10), 10, True)
UNIT = Column("unit", "unit", converters.text(4), 4, False)
RATE = Column("unit_price", "rate", converters.number, 0, False)


@pytest.fixture
def reader():
    return Reader([NAME, RATE, UNIT])


def test_what_is_not_told_is_not_read(reader):
    assert reader.read({"name": "Cable"}) == {"name": "Cable"}
    assert reader.read({"unit": "pcs", "name": "Cable", "other": 1}) == {"name": "Cable", "unit": "pcs"}
    assert reader.read({"name": "Cable", "rate": 1}) == {"name": "Cable", "unit_price": Decimal(1)}


@pytest.mark.parametrize(
    ("told", "kept"),
    [(None, ""), (12, "12"), (Decimal("1.5"), "1.5"), ("", ""), ("قطعة", "قطعة")],
)
def test_a_text_that_is_none_is_still_converted(reader, told, kept):
    found = reader.read({"name": "Cable", "rate": "2.50", "unit": told})
    assert found == {"name": "Cable", "unit_price": Decimal("2.50"), "unit": kept}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"unit": "pcs"}, "name is missing"),
        ({"name": "", "unit": "pcs"}, "name is empty"),
        ({"name": None, "unit": "pcs"}, "name is empty"),
        ({"name": "Cable", "unit": "bottle"}, "unit: a text of 6 characters, at most 4 are kept"),
        ({"name": "Ca\x00ble", "unit": "pcs"}, "name: a text holds a NUL character"),
        ({"name": ["Cable"], "unit": "pcs"}, "name: a list is not text"),
        ({"name": "Cable", "unit": True}, "unit: True is not text"),
        ({"name": "Cable", "rate": "dear"}, "rate: 'dear' is not a number"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_key(reader, payload, reason):
    with pytest.raises(RecordRejected) as refused:
        reader.read(payload)
    assert str(refused.value) == reason


def test_payloads_of_many_shapes_are_read_all_the_same(reader):
    for number in range(200):
        assert reader.read({f"custom {number}": 1, "name": "Cable"}) == {"name": "Cable"}
    assert len(reader._shapes) <= 64
