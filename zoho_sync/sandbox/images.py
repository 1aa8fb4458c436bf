"""Tiny pictures made on the spot: the same name always gives the same PNG."""

from __future__ import annotations

import hashlib
import struct
import zlib

SIDE = 16


def picture(name: str) -> bytes:
    """A square PNG of SIDE pixels in two colours taken from the name."""
    seed = hashlib.sha256(name.encode()).digest()
    colours = (seed[0:3], seed[3:6])
    rows = b"".join(
        b"\0" + b"".join(colours[(x // 4 + y // 4) % 2] for x in range(SIDE)) for y in range(SIDE)
    )
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
