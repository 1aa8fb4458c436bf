from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho_sync.errors import PayloadError
from zoho_sync.payloads import MAX_BODY_BYTES, MAX_DEPTH, decode, parse_envelope, slice_list

GOOD = '{"item_id":"5100000000084021","name":"كيبل شبكة","rate":12500.00}'.encode()

POISON = {
    "not a number": b'{"item_id":"1","rate":NaN}',
    "infinity": b'{"item_id":"1","rate":-Infinity}',
    "five thousand digits": b'{"item_id":"1","rate":' + b"9" * 5000 + b"}",
    "five thousand decimals": b'{"item_id":"1","rate":0.' + b"1" * 5000 + b"}",
    "an exponent without end": b'{"item_id":"1","rate":1e999999}',
    "a lone surrogate": b'{"item_id":"1","name":"\\ud83d"}',
    "a lone low surrogate": b'{"item_id":"1","name":"\\udc00x"}',
    "invalid UTF-8": b'{"item_id":"1","name":"\xff\xfe"}',
    "a surrogate as UTF-8": b'{"item_id":"1","name":"\xed\xa0\x80"}',
    "nesting without end": b'{"item_id":"1","tags":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "nesting too deep": b'{"item_id":"1","tags":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
    "a raw control character": b'{"item_id":"1","name":"a\x00b"}',
    "a word that is no JSON": b'{"item_id":"1","rate":undefined}',
    "a bad escape": b'{"item_id":"1","name":"\\x"}',
    "a comma too many": b'{"item_id":"1",}',
    "no object": b"7",
    "text in place of a record": b'"nothing"',
}


def page(*records: bytes, more: bytes = b"true") -> bytes:
    rows = b" , ".join(records)
    return (
        b'{"code":0,"message":"success","items":['
        + rows
        + b'],"page_context":{"has_more_page":'
        + more
        + b"}}"
    )


@pytest.mark.parametrize("known_before", ["", "items"])
@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
def test_a_poisoned_record_is_refused_and_its_neighbours_are_not(poison, known_before):
    envelope = parse_envelope(page(GOOD, poison, GOOD), known_before)

    rows = envelope.rows("items")

    assert rows == [GOOD, poison, GOOD]
    assert decode(rows[0])["rate"] == Decimal("12500.00") == decode(rows[2])["rate"]
    assert envelope.code == 0
    assert envelope.page_context == {"has_more_page": True}
    with pytest.raises(PayloadError) as refusal:
        decode(rows[1])
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("poison", [GOOD, *POISON.values()], ids=["nothing", *POISON.keys()])
def test_a_body_that_is_cut_off_anywhere_is_refused(poison):
    body = page(GOOD, poison)

    for length in range(0, len(body), max(1, len(body) // 150)):
        with pytest.raises(PayloadError):
            parse_envelope(body[:length])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"<html><body>maintenance</body></html>",
        b"[1,2]",
        b'"text"',
        b"null",
        b'{"code":0}{"code":0}',
        b'{"code":0} x',
        b'{"items":[1,]}]',
        b'{"items":[1}',
        b'{"a":NaN,,"b":1}',
        b'{"a" NaN}',
        b"{NaN:1}",
        b'{"a":NaN,}',
        b"}",
        b"{" * 100_000,
    ],
)
def test_what_is_no_json_object_is_refused(body):
    with pytest.raises(PayloadError):
        parse_envelope(body)


def test_a_body_beyond_the_limit_is_refused_unread():
    with pytest.raises(PayloadError, match="larger than"):
        parse_envelope(b'{"items":["' + b"x" * MAX_BODY_BYTES + b'"]}')


def test_numbers_keep_every_digit():
    record = decode(
        b'{"a":360.00,"b":5.000000,"c":12345678901234567890.12,"d":51000000000000000000001,"e":-0.10}'
    )

    assert [str(value) for value in record.values()] == [
        "360.00",
        "5.000000",
        "12345678901234567890.12",
        "51000000000000000000001",
        "-0.10",
    ]
    assert isinstance(record["d"], int)


def test_an_emoji_written_as_two_escapes_is_one_character():
    assert decode(b'{"name":"\\ud83d\\ude00"}') == {"name": "😀"}


@pytest.mark.parametrize(
    ("body", "code"),
    [(b'{"code":57,"message":"no"}', 57), (b'{"code":"6041"}', 6041), (b'{"items":[]}', 0)],
)
def test_the_code_is_read_as_a_number_and_its_absence_as_success(body, code):
    assert parse_envelope(body).code == code


@pytest.mark.parametrize("body", [b'{"code":"soon"}', b'{"code":null}', b'{"code":true}', b'{"code":[1]}'])
def test_a_code_that_is_no_number_is_refused(body):
    with pytest.raises(PayloadError):
        _ = parse_envelope(body).code


def test_an_unexpected_root_key_is_taken_when_it_is_the_only_list():
    envelope = parse_envelope(
        b'{"code":0,"page_context":{},"purchase_orders":[{"a":1}],"purchase_order":{"b":2}}'
    )

    assert envelope.rows("purchaseorders") == [b'{"a":1}']
    assert envelope.row("purchaseorder") == b'{"b":2}'


@pytest.mark.parametrize(
    "body", [b'{"items":{"0":{}}}', b'{"items":"none"}', b'{"items":null}', b'{"code":0}']
)
def test_a_list_that_is_no_list_is_refused(body):
    with pytest.raises(PayloadError):
        parse_envelope(body).rows("items")


def test_a_byte_order_mark_is_no_part_of_the_body():
    assert parse_envelope(b"\xef\xbb\xbf" + page(GOOD)).rows("items") == [GOOD]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text()
    | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
separators = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", "\t:\r\n")])


@given(
    records=st.lists(json_values, max_size=8), marks=separators, ascii_only=st.booleans(), spoil=st.booleans()
)
@settings(max_examples=120, deadline=None)
def test_the_slices_of_a_list_are_its_elements_byte_for_byte(records, marks, ascii_only, spoil):
    texts = [
        json.dumps(r, separators=marks, ensure_ascii=ascii_only).encode(errors="surrogatepass")
        for r in records
    ]
    if spoil:
        texts.insert(len(texts) // 2, b'{"rate": NaN}')  # the scanner must find the same borders

    assert slice_list(b"[" + marks[0].encode().join(texts) + b"]") == texts


@given(noise=st.binary(max_size=200))
@settings(max_examples=500, deadline=None)
def test_noise_is_refused_with_a_sentence_and_nothing_else(noise):
    for read in (parse_envelope, decode, slice_list):
        try:
            read(noise)
        except PayloadError as refusal:
            assert str(refusal)


@given(noise=st.binary(max_size=60), at=st.integers(0, 200))
@settings(max_examples=500, deadline=None)
def test_noise_inside_of_an_answer_breaks_nothing_but_records(noise, at):
    body = page(GOOD, GOOD)
    try:
        rows = parse_envelope(body[:at] + noise + body[at:]).rows("items")
    except PayloadError:
        return
    for row in rows:
        try:
            decode(row)
        except PayloadError as refusal:
            assert str(refusal)


@given(noise=st.binary(max_size=60), at=st.integers(0, 200))
@settings(max_examples=500, deadline=None)
def test_an_answer_tells_the_same_whether_its_list_is_known_before_or_not(noise, at):
    body = page(GOOD, GOOD)
    body = body[:at] + noise + body[at:]
    alike = told(body, "")

    assert told(body, "things") == alike
    # The name of what nobody asks for is not looked at.
    assert told(body, "items") == alike or alike == "The text is not UTF-8."


def told(body: bytes, list_key: str) -> object:
    try:
        found = parse_envelope(body, list_key)
        return found.rows("items"), found.code, found.message, found.page_context
    except PayloadError as refusal:
        return str(refusal)
