"""What is read of a record without decoding all of it: its id, a few of its values, the texts of a list in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from .errors import PayloadError
from .payloads import bound, decode, fraction


@cache
def _id_decoder(id_key: str) -> msgspec.json.Decoder:
    struct = msgspec.defstruct("Identified", [("found", str | int, "")], rename={"found": id_key})
    return msgspec.json.Decoder(struct)


@cache
def _id_in_front(id_key: str) -> Callable[[bytes], re.Match[bytes] | None]:
    return re.compile(rb'\{"%s":"([\w-]{1,64})"[,}]' % re.escape(id_key.encode()), re.ASCII).match


def quick_id(raw: bytes, id_key: str) -> str:
    """The record's id without decoding the rest; "" where there is none.

    A record that cannot be decoded is still identified when its id can be read, so that its failure has a name.
    """
    return quick_ids((raw,), id_key)[0]


def quick_ids(rows: Iterable[bytes], id_key: str) -> list[str]:
    """`quick_id` of each.

    Where it stands in front, as Zoho has it, nothing else is gone through (a tenth of the time for a detail). Of an id
    that is told twice the first is taken then, where decoding takes the last.
    """
    in_front = _id_in_front(id_key)
    return [front[1].decode() if (front := in_front(raw)) else _sought_id(raw, id_key) for raw in rows]


def _sought_id(raw: bytes, id_key: str) -> str:
    try:
        found = str(_id_decoder(id_key).decode(raw).found).strip()
    except (ValueError, RecursionError):
        match = re.search(rb'"%s"\s*:\s*(?:"([\w-]{1,64})"|([0-9]{1,64}))' % re.escape(id_key.encode()), raw)
        found = (match[1] or match[2]).decode() if match else ""
    return found if len(found) <= 64 and "\x00" not in found else ""


def excerpt(keys: Iterable[str], lists: Iterable[str]) -> Callable[[bytes], dict[str, Any]]:
    """A function like `decode` that reads only `keys` of a record, and leaves each element of `lists` raw JSON text.

    What is skipped is neither kept nor believed, so its figures are not looked at. A third of the work of `decode`.
    """
    keys, lists = tuple(keys), tuple(lists)
    fields: list[tuple[str, Any, Any]] = [(key, Any, msgspec.UNSET) for key in keys]
    fields += [(key, list[msgspec.Raw], msgspec.UNSET) for key in lists]
    read = msgspec.json.Decoder(msgspec.defstruct("Excerpt", fields), float_hook=fraction).decode

    def shortened(raw: bytes) -> dict[str, Any]:
        try:
            found = read(raw)
        except PayloadError:
            raise
        except (ValueError, RecursionError):
            told = decode(raw)  # says what is wrong, unless one of `lists` is just no list
            return {
                key: [_encode(each) for each in value] if key in lists and isinstance(value, list) else value
                for key, value in told.items()
            }
        told = {key: value for key in keys if (value := getattr(found, key)) is not msgspec.UNSET}
        bound(told)
        for key in lists:
            if (texts := getattr(found, key)) is not msgspec.UNSET:
                told[key] = [bytes(text) for text in texts]
        return told

    return shortened


_encode = msgspec.json.Encoder(decimal_format="number").encode
