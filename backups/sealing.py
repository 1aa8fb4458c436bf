"""A stream of bytes under a passphrase: chunks of AES-256-GCM, as in the STREAM construction.

    head    TSHSEAL1, scrypt's three costs (log2 n, r, p), salt (16), nonce's beginning (7), check of the key (16)
    chunks  256 KiB of text each, the last one shorter or empty, each with its tag of 16 bytes

A chunk's nonce is the beginning, its number (4), and 1 for the last one (1), and the head is authenticated with each:
so a chunk that was changed, swapped, left out or added does not open, and a stream without its last chunk has no end.
The passphrase becomes a key by scrypt (32 MiB of memory, three rounds).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from .errors import Damaged, WrongPassphrase

MAGIC = b"TSHSEAL1"
CHUNK = 256 * 1024
TAG = 16
_COSTS = (15, 8, 3)
_MOST_COSTS = (20, 16, 8)  # a forged head must not make us take all memory there is
_HEAD = struct.Struct(">8s3B16s7s16s")
HEAD_BYTES = _HEAD.size


class Seal:
    """Writes what is given to `write`, encrypted, into a file; `close` writes the last chunk and leaves the file open.

    Whoever is done without `close` has written a stream without an end, which nobody opens.
    """

    def __init__(self, file: BinaryIO, passphrase: str):
        salt, self._beginning = os.urandom(16), os.urandom(7)
        key, check = _derive(passphrase, salt, _COSTS)
        self._head = _HEAD.pack(MAGIC, *_COSTS, salt, self._beginning, check)
        self._cipher, self._file, self._waiting, self._number = AESGCM(key), file, bytearray(), 0
        file.write(self._head)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # never all of it: the last chunk is written by close
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def tell(self) -> int:
        """Bytes of text so far."""
        return self._number * CHUNK + len(self._waiting)

    def close(self) -> None:
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, text: bytes, *, is_last: bool) -> None:
        self._file.write(
            self._cipher.encrypt(_nonce(self._beginning, self._number, is_last), text, self._head)
        )
        self._number += 1


class Unseal:
    """Reads such a stream. Raises WrongPassphrase at once, and Damaged at the first chunk that is not as written."""

    def __init__(self, file: BinaryIO, passphrase: str):
        self._head = file.read(_HEAD.size)
        if len(self._head) < _HEAD.size or not self._head.startswith(MAGIC):
            raise Damaged(_("The file is cut short: it ends within its first bytes."))
        _magic, *costs, salt, self._beginning, check = _HEAD.unpack(self._head)
        if any(not 1 <= cost <= most for cost, most in zip(costs, _MOST_COSTS, strict=True)):
            raise Damaged(_("The file's first bytes are damaged."))
        key, expected = _derive(passphrase, salt, (costs[0], costs[1], costs[2]))
        if not hmac.compare_digest(check, expected):
            raise WrongPassphrase(_("The passphrase is not the one that the file was encrypted with."))
        self._cipher, self._file, self._number = AESGCM(key), file, 0
        self._open, self._next, self._is_over = b"", file.read(CHUNK + TAG), False

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size
        while wanted and (self._open or self._advance()):
            piece = self._open if wanted < 0 else self._open[:wanted]
            self._open = self._open[len(piece) :]
            parts.append(piece)
            wanted -= len(piece) if wanted > 0 else 0
        return b"".join(parts)

    def _advance(self) -> bool:
        """Open one more chunk; False at the proven end."""
        if self._is_over:
            return False
        sealed, self._next = self._next, self._file.read(CHUNK + TAG)
        self._is_over = not self._next
        nonce = _nonce(self._beginning, self._number, self._is_over)
        try:
            self._open = self._cipher.decrypt(nonce, sealed, self._head)
        except (InvalidTag, ValueError) as error:
            raise Damaged(
                _("The file is cut short or was changed: block %(number)s does not open.")
                % {"number": self._number + 1}
            ) from error
        self._number += 1
        return bool(self._open) or self._advance()


def is_sealed(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)


def _nonce(beginning: bytes, number: int, is_last: bool) -> bytes:
    return beginning + struct.pack(">I?", number, is_last)


def _derive(passphrase: str, salt: bytes, costs: tuple[int, int, int]) -> tuple[bytes, bytes]:
    """(key, what shows that it is the right one and tells nothing of it)."""
    log, block, rounds = costs
    made = Scrypt(salt=salt, length=64, n=2**log, r=block, p=rounds).derive(passphrase.encode())
    return made[:32], hashlib.sha256(made[32:]).digest()[:16]
