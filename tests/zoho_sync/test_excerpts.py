"""What is read of a record without decoding all of it must be what decoding all of it would have told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zoho_sync.errors import PayloadError
from zoho_sync.excerpts import excerpt, quick_id
from zoho_sync.payloads import decode

RECORD = (
    '{"item_id":"51","name":"كيبل","rate":12.50, "places" : [{"id": 1}, 2 ,{"id":"é"}],"tags":[]}'.encode()
)
read = excerpt(("item_id", "rate", "absent"), lists=("places",))


def test_the_wanted_values_are_exact_and_the_others_are_left_out():
    told = read(RECORD)
    assert told.pop("places") == [b'{"id": 1}', b"2", '{"id":"é"}'.encode()]
    assert told == {"item_id": "51", "rate": Decimal("12.50")}


def test_a_key_that_is_written_in_an_unusual_way_is_found():
    assert read(rb'{"item\u005fid":"51","pl\u0061ces":[7]}') == {"item_id": "51", "places": [b"7"]}


@pytest.mark.parametrize("places", ["null", '""', "{}", "7"])
def test_a_list_that_is_none_is_told_as_it_is(places):
    record = b'{"item_id":"51","rate":1,"places":%s}' % places.encode()
    assert read(record) == decode(record)


@pytest.mark.parametrize(
    "record",
    [
        b'{"item_id":"51","rate":NaN}',
        b'{"item_id":"51","rate":' + b"9" * 5000 + b"}",
        b'{"item_id":"51","rate":1e999999}',
        b'{"item_id":"51","rate":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"item_id":"\\ud800"}',
        b'{"item_id":"51","name":NaN}',
        b'{"item_id":"51"',
        b"[]",
    ],
)
def test_what_is_wrong_with_a_record_is_said_as_decoding_says_it(record):
    with pytest.raises(PayloadError) as whole:
        decode(record)
    with pytest.raises(PayloadError) as part:
        read(record)
    assert str(part.value) == str(whole.value)


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (b'{"name":"x","item_id":"51"}', "51"),
        (b'{"item_id":51}', "51"),
        (b'{"item_id":" 51 "}', "51"),
        (b'{"item_id":"51","name":"x"}', "51"),
        (b'{"item_id":"51"}', "51"),
        (b'{"item_id":"51', ""),
        (b'{"item_id":"5\\u0031"}', "51"),
        (b'{"item_id":"5 1"}', "5 1"),
        (b'{"name":"\\"item_id\\":\\"52\\","}', ""),
        (b'{"item_id":"51","rate":NaN}', "51"),
        (b'{"item_id":null}', ""),
        (b'{"name":"x"}', ""),
        (b'{"item_id":"' + b"5" * 65 + b'"}', ""),
    ],
)
def test_an_id_is_found_even_in_a_record_that_cannot_be_decoded(record, found):
    assert quick_id(record, "item_id") == found
