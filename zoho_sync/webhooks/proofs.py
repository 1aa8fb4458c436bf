"""Is a delivery signed by one of our secrets? Pure: bytes in, verdict out.

Zoho's message: the pairs of the query and of a form body, decoded, sorted by key, each key followed by its value, with
nothing between; then, unless it is a form, the body as it came. HMAC-SHA256 of it, hex or Base64. Source: Zoho's page
on securing webhooks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from ..models import WebhookDelivery

Proof = WebhookDelivery.Proof
ZOHO_HEADER, BODY_HEADER, KEY_HEADER = "x-zoho-webhook-signature", "x-zoho-signature", "x-webhook-key"
MOST_PAIRS = 1000
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_BASE64 = re.compile(r"[0-9A-Za-z+/]{43}=")


def pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The decoded pairs of a query or a form, empty values among them. Raises ValueError for far too many."""
    text = encoded.decode("utf-8", "surrogateescape")
    return parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_PAIRS)


def message(query: bytes, body: bytes, *, is_form: bool) -> bytes:
    """What Zoho signs."""
    found = pairs(query) + (pairs(body) if is_form else [])
    signed = "".join(key + value for key, value in sorted(found, key=lambda pair: pair[0]))
    return signed.encode("utf-8", "surrogateescape") + (b"" if is_form else body)


def signature(secret: bytes, signed: bytes) -> str:
    """Lower-case hex, as Zoho sends it."""
    return hmac.new(secret, signed, hashlib.sha256).hexdigest()


def proof_of(
    headers: Mapping[str, str],
    query: bytes,
    body: bytes,
    secrets: Sequence[bytes],
    *,
    is_form: bool,
    takes_shared_key: bool = False,
) -> tuple[Proof, int] | None:
    """(which proof, the position of the secret that made it), or None. headers: by lower-case names.

    Every secret is tried, and all bytes are compared, whatever the first ones say: time tells nothing.
    """
    try:
        signed = message(query, body, is_form=is_form)
    except ValueError:
        return None
    tried = [
        (Proof.ZOHO_SIGNATURE, _digest(headers.get(ZOHO_HEADER, "")), signed),
        (Proof.BODY_SIGNATURE, _digest(headers.get(BODY_HEADER, ""), takes_base64=False), body),
    ]
    found: tuple[Proof, int] | None = None
    for proof, digest, content in tried:
        if digest is None:
            continue
        for position, secret in enumerate(secrets):
            if hmac.compare_digest(hmac.digest(secret, content, "sha256"), digest):
                found = found or (proof, position)
    if takes_shared_key and (given := headers.get(KEY_HEADER, "")):
        hashed = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
        for position, secret in enumerate(secrets):
            if hmac.compare_digest(hashlib.sha256(secret).digest(), hashed):
                found = found or (Proof.SHARED_KEY, position)
    return found


def _digest(value: str, *, takes_base64: bool = True) -> bytes | None:
    """The 32 bytes that a header claims; None when it cannot be a digest at all."""
    value = value.strip()
    if _HEX.fullmatch(value):
        return bytes.fromhex(value)
    if takes_base64 and _BASE64.fullmatch(value):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            return None
    return None
