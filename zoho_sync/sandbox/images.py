"""Pictures made on the spot: the same name always gives the same bytes.

A name's ending says the kind (.jpg, .webp, .gif; PNG otherwise), and a word in the name says what is wrong with it:

    truncated-…  cut off half way          bomb-…     a header of 60,000 x 60,000 pixels before nothing
    large-…      11 MB of it               page-…     a web page instead, and the answer calls it a picture
    drawing-…    an SVG drawing
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from base64 import b64decode

SIZES = ((16, 16), (160, 120), (480, 360), (360, 480), (1800, 1350), (2400, 800))  # of PNGs, by the name
LARGE = 11 * 1024 * 1024
TROUBLES = ("truncated", "bomb", "page", "drawing", "large")
_PNG = b"\x89PNG\r\n\x1a\n"


def answer(name: str, seed: str) -> tuple[str, bytes]:
    """(content type, body) of the picture called `name`; seed: what makes it differ from another of that name."""
    word = name.partition("-")[0]
    if word == "page":
        return "image/png", b"<!DOCTYPE html><html><body>Please sign in to see this picture.</body></html>"
    if word == "drawing":
        return "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    if word == "bomb":
        header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
        return "image/png", _PNG + b"".join(_chunk(*each) for each in chunks)
    if word == "large":
        return "image/png", _PNG + _chunk(b"IHDR", bytes(13)) + _chunk(b"teXt", bytes(LARGE))
    kind, body = _good(name, seed)
    return kind, body[: len(body) // 2] if word == "truncated" else body


def _good(name: str, seed: str) -> tuple[str, bytes]:
    ending = name.rpartition(".")[2].lower()
    if ending in ("jpg", "jpeg"):
        note = hashlib.sha256(seed.encode()).hexdigest().encode()  # a remark that no viewer shows
        return "image/jpeg", _JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note + _JPEG[2:]
    if ending == "webp":
        return "image/webp", _WEBP
    if ending == "gif":
        return "image/gif", _GIF
    return "image/png", picture(seed)


def picture(seed: str, size: tuple[int, int] | None = None) -> bytes:
    """A PNG of a parcel, in colours and (if not told) of a size that are taken from the seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    width, height = size or SIZES[digest[9] % len(SIZES)]
    ground = bytes(200 + each % 56 for each in digest[0:3])
    body, tape = digest[3:6], bytes(each // 2 for each in digest[3:6])
    left, right, middle = width // 5, width * 4 // 5, max(1, width // 20)
    half = (right - left) // 2
    plain = b"\0" + ground * width
    packed = (
        b"\0" + ground * left + body * (half - middle) + tape * (2 * middle)
        + body * (right - left - half - middle) + ground * (width - right)
    )  # fmt: skip
    top, bottom = height // 4, height * 4 // 5
    rows = plain * top + packed * (bottom - top) + plain * (height - bottom)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _PNG + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# The standard library encodes neither of these: a parcel of 160 x 120 pixels, and one of 64 x 48 that changes colour.
_JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABcQERQRDhcUEhQaGBcbIjklIh8fIkYyNSk5UkhXVVFIUE5bZoNvW2F8Yk5QcptzfIeL"
    "kpSSWG2grJ+OqoOPko3/2wBDARgaGiIeIkMlJUONXlBejY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2N"
    "jY2NjY2NjY3/wAARCAB4AKADASIAAhEBAxEB/8QAGgABAAMBAQEAAAAAAAAAAAAAAAIEBQMBBv/EACwQAQABAgIIBgIDAAAAAAAA"
    "AAABAgMzUxMUUnFykqGxBBEVIZHRMaI0YYH/xAAYAQEBAQEBAAAAAAAAAAAAAAAAAQQCA//EABsRAQEAAwEBAQAAAAAAAAAAAAAB"
    "ERJRMQIT/9oADAMBAAIRAxEAPwD6UBXIAAAAAAAAAAAAAAAAAAAAAAOOtWdvpJrVnb6Sm0661vHYcdas7fSTWrO30k2nTW8dhx1q"
    "zt9JcvUfCZv6z9G06a3i2KnqPhM39Z+nSPF2JiJiv2n+pNp01vHccdas7fSTWrO30k2nTW8dhx1qzt9JNas7fSTadNbx2HkTFVMT"
    "H4n3h6rkAAAAABjgMbUAAM5os5YC/bwqN0KC/bwqN0FEgEAAGrZwaOGOyaFnBo4Y7Jtk8Zr6ACAAAAMcBjagABnNFnLAX7eFRuhQ"
    "X7eFRugokAgAA1bODRwx2TQs4NHDHZNsnjNfQAQAAABjgMbUAAM5os5YC/bwqN0KC/bwqN0FF3067tUfM/R6dd2qPmfppD3/AD+X"
    "lvWb6dd2qPmfpWrpmiuqmfzTPk22Nf8A5Fzinu8/v5k8dfP1a0bODRwx2TQs4NHDHZNonjxvoAIAAAAxwGNqAAGc0WcsBft4VG6F"
    "Bft4VG6Cjc09rNo5oNPazaOaGKPT9K40bWntZtHNDIvTE37kxPnE1T7/AOoDn6+tlnzhq2cGjhjsmhZwaOGOybTPHhfQAQAAABDR"
    "W8ujlg0VvLo5YTDEXNQ0VvLo5YNFby6OWEwxDNQ0VvLo5YQ1bw+Rb5IdgxDNcdW8PkW+SEos2ojyi3Ryw6BiGahoreXRywaK3l0c"
    "sJhiGahoreXRywaK3l0csJhiGa8iIiPKPaIegIAAAAAAAAAAAAAAAAAAAAAA/9k="
)
_WEBP = b64decode(
    "UklGRgYBAABXRUJQVlA4IPoAAADQDACdASqgAHgAPwF4s1IrJ6SirhLIAWAgCWVu3V9FqjEgBDWovEFEipNp2f7W7qLtUvllkoM7"
    "M/5siUN3o+/PDoUqgttSM2nl/YKctgAqv/XLWwY+EVmX15khlEbTg5RwFXyUMaZcMYE9k24HMwAA/u/N3qiyZilCCNXTR0/LOPA6"
    "ouRKsIxH9pGHlpbJ9XTYEYXeHvkkV/5O1n9unKzOP6QCaqSVZRYxCml9GhxQHam4ODpqvUZff1eh6w5kh1PEp/vOA8xB1hKTuYK3"
    "xGKS2wkeVTgkkSS/GPMQTur1+5US3jVJwnX6bDlaBeuMdFkMsoB5hTIAAAAA"
)
_GIF = b64decode(
    "R0lGODlhQAAwAIEAAPr6+uLs8Mmga1paWiH5BAAUAAAALAAAAABAADAAAAjnAAMIHEiwoMGDCBMqXMiwocOHECNKnEixosWLGDNq"
    "3Mixo8ePIEOKHEmypMmTAlKqXMlSwICXMF+2nKkSI02aMWPenGlzJ8ucMH2y7Ck0JVCZRVMSLXp0QFKlF5+6PCp1qdCmVaM+xfrU"
    "qk+uSb3uBFtU7E2yQs3ipNpVa1K0PtXOhLtTbku6N+3+ZAugr9+/AGq6ZcoXMGDBFqVyNXwYauKthRn3RVxRcWTJlClaBppSst/M"
    "Ezfn7Ow5sOPKkDkLKG1agN6VeGm+Vhmb5+CrbMPe/pq77MnfwIMLH068uPHjyJMrFxgQACH5BAEUAAQALAwADAAoABsAgfr6+uLs"
    "8Dx4yFpaWgh3AAUIHEiwoAACCBMiNMiwoUOBChU+nDgxYkKKGBlaXJixI8SNHj1uJBCy48iSGU+ipKhy5cOWLhvCjGlwJk2CNm9+"
    "tKhTI8ieBVWOvFhS6FCSRX8eRRrS6FCUTnOyVHoUKtWnSXkerJo1ItCgP7/u9Cp2rMSOAQEAOw=="
)
