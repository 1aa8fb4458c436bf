"""Signatures as Zoho makes them, over exactly the bytes that came."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from zoho_sync.webhooks.proofs import Proof, message, proof_of, signature

SECRET = b"Secret1234567890abc"
BODY = b'{"created_date":"2019-03-06","event_id":"5675"}'
QUERY = b"subscription_id=90343&name=basic"


def proven(headers: dict[str, str], query: bytes = b"", body: bytes = BODY, *secrets: bytes, **more):
    return proof_of(headers, query, body, secrets or (SECRET,), is_form=more.pop("is_form", False), **more)


def digest(signed: bytes, secret: bytes = SECRET) -> bytes:
    return hmac.new(secret, signed, hashlib.sha256).digest()


def test_zohos_own_example_of_the_message():
    expected = b'namebasicsubscription_id90343{"created_date":"2019-03-06","event_id":"5675"}'
    assert message(QUERY, BODY, is_form=False) == expected


def test_the_pairs_of_a_form_are_sorted_among_those_of_the_query_and_its_body_is_not_repeated():
    assert message(b"b=2&d=4", b"c=3&a=1", is_form=True) == b"a1b2c3d4"


@pytest.mark.parametrize(
    ("query", "signed"),
    [
        (b"", b""),
        (b"name=a%20b", b"namea b"),
        (b"name=a+b", b"namea b"),
        (b"name=%D8%B6", "nameض".encode()),
        ("name=ض".encode(), "nameض".encode()),
        (b"empty=&a=1", b"a1empty"),
        (b"flag", b"flag"),
        (b"a=2&a=1", b"a2a1"),  # equal keys stay in their order
        (b"a=%FF", b"a\xff"),
        (b"B=1&a=2", b"B1a2"),
    ],
)
def test_pairs_are_decoded_and_sorted_by_key(query, signed):
    assert message(query, BODY, is_form=False) == signed + BODY


@pytest.mark.parametrize(
    "write", [bytes.hex, lambda raw: raw.hex().upper(), lambda raw: base64.b64encode(raw).decode()]
)
def test_hex_of_any_case_and_base64_are_taken(write):
    headers = {"x-zoho-webhook-signature": write(digest(message(QUERY, BODY, is_form=False)))}
    assert proven(headers, QUERY) == (Proof.ZOHO_SIGNATURE, 0)
    assert proven(headers, QUERY, BODY + b" ") is None
    assert proven(headers, QUERY + b"&x=1") is None


def test_the_older_header_is_hex_of_the_raw_body():
    assert proven({"x-zoho-signature": digest(BODY).hex()}, QUERY) == (Proof.BODY_SIGNATURE, 0)
    assert proven({"x-zoho-signature": base64.b64encode(digest(BODY)).decode()}, QUERY) is None


def test_the_secret_that_signed_is_told():
    headers = {"x-zoho-webhook-signature": signature(b"third", BODY)}
    assert proven(headers, b"", BODY, b"first", b"second", b"third") == (Proof.ZOHO_SIGNATURE, 2)


def test_two_headers_of_which_one_is_good_prove_it():
    headers = {"x-zoho-webhook-signature": "0" * 64, "x-zoho-signature": digest(BODY).hex()}
    assert proven(headers) == (Proof.BODY_SIGNATURE, 0)


@pytest.mark.parametrize(
    "value",
    ["", " ", "0" * 64, "f" * 63, "g" * 64, "=" * 44, "é" * 64, "\udcff" * 64, "Secret1234567890abc", "\x00"],
)
@pytest.mark.parametrize("name", ["x-zoho-webhook-signature", "x-zoho-signature", "x-webhook-key"])
def test_what_is_no_proof_is_none(name, value):
    assert proven({name: value}) is None


def test_no_secret_proves_nothing():
    assert proof_of({"x-zoho-webhook-signature": signature(b"", BODY)}, b"", BODY, [], is_form=False) is None


def test_the_shared_key_is_compared_whole():
    assert proven({"x-webhook-key": SECRET.decode()}, takes_shared_key=True) == (Proof.SHARED_KEY, 0)
    for wrong in (SECRET.decode()[:-1], SECRET.decode() + " ", "", "é" * 12, "\udcff" * 12, "x" * 100_000):
        assert proven({"x-webhook-key": wrong}, takes_shared_key=True) is None


def test_far_too_many_pairs_prove_nothing():
    query = b"&".join(b"a=1" for _ in range(5000))
    assert proven({"x-zoho-webhook-signature": "0" * 64}, query) is None
