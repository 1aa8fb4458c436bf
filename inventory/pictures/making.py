"""From bytes that came from elsewhere to pictures of our own: checked, bounded, turned upright, and drawn anew.

What is kept is never what came: every pixel is decoded and encoded again, so that nothing hidden beside the pixels (a
camera's notes and places, colour tables, text, a second file) comes along. A picture that claims more pixels than are
taken is refused by its header, before any of it is unpacked. Of one that moves the first frame is kept.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from django.conf import settings
from PIL import Image, ImageOps

from ..models import ProductPicture

Problem = ProductPicture.Problem

KINDS = (
    "JPEG",
    "PNG",
    "WEBP",
    "GIF",
    "BMP",
)  # decoders that may be tried; there are some that nobody looks after
MEDIA_TYPE, SUFFIX = (
    "image/webp",
    "webp",
)  # every browser of today shows it; transparency is kept, at half the bytes
SIDES = {"full": 1600, "card": 480, "list": 96}  # the longest side in pixels; the largest first
QUALITY = 82
_LOOKED_AT = 1024  # bytes, to tell a page or a drawing from a picture


class Unfit(Exception):
    """The bytes make no picture that is taken. problem: why."""

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True)
class Made:
    """One picture in all sizes. digest: of the largest, SHA-256 in hex. width, height: of the largest, in pixels."""

    digest: str
    source_kind: str
    width: int
    height: int
    files: dict[str, bytes]

    @property
    def bytes(self) -> int:
        """Of all sizes together."""
        return sum(map(len, self.files.values()))


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make(content: bytes) -> Made:
    """Raises Unfit. The header a server sent is not looked at: the bytes alone say what they are."""
    if len(content) > settings.PICTURES["MAX_BYTES"]:
        raise Unfit(Problem.TOO_MANY_BYTES)
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as opened:
            _refuse_bombs(opened)
            kind = "JPEG" if opened.format == "MPO" else str(opened.format)
            upright = _decoded(opened)
    except Unfit:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(Problem.TOO_MANY_PIXELS) from None
    except Image.UnidentifiedImageError:
        raise Unfit(_strange(content)) from None
    except Exception as error:  # the decoders raise whatever their C code or struct does on broken bytes
        raise Unfit(Problem.BROKEN) from error
    files = dict(_sizes(upright))
    largest = next(iter(SIDES))
    with Image.open(io.BytesIO(files[largest]), formats=("WEBP",)) as kept:
        width, height = kept.size
    return Made(digest_of(files[largest]), kind, width, height, files)


def smaller(largest: bytes) -> dict[str, bytes]:
    """The other sizes again, of a largest one that is kept here. Raises Unfit when that is broken."""
    try:
        with Image.open(io.BytesIO(largest), formats=("WEBP",)) as opened:
            opened.load()
            told = dict(_sizes(opened))
    except Exception as error:
        raise Unfit(Problem.BROKEN) from error
    return {size: file for size, file in told.items() if size != next(iter(SIDES))}


def _refuse_bombs(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > settings.PICTURES["MAX_PIXELS"]:
        raise Unfit(Problem.TOO_MANY_PIXELS)
    if width < 1 or height < 1:
        raise Unfit(Problem.BROKEN)


def _decoded(opened: Image.Image) -> Image.Image:
    """The first frame, upright, in three colours, with its transparency if it has any."""
    side = next(iter(SIDES.values()))
    opened.draft("RGB", (side * 2, side * 2))  # a large JPEG is decoded at a fraction of its size
    opened.load()
    _refuse_bombs(opened)  # what a later block of the file made of it
    upright = ImageOps.exif_transpose(opened)
    is_clear = upright.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in upright.info
    if upright.mode.startswith("I;16") or upright.mode == "I":
        upright = upright.point(lambda value: value / 256).convert("L")
    return upright.convert("RGBA" if is_clear else "RGB")


def _sizes(picture: Image.Image):
    """(size, its file), the largest first; a small picture is never made larger."""
    for size, side in SIDES.items():
        drawn = picture.copy()
        drawn.thumbnail((side, side), Image.Resampling.LANCZOS)
        clean = Image.new(drawn.mode, drawn.size)  # a fresh one: nothing is known of it but its pixels
        clean.paste(drawn)
        file = io.BytesIO()
        clean.save(file, "WEBP", quality=QUALITY, method=4)
        yield size, file.getvalue()


def _strange(content: bytes) -> Problem:
    """What bytes are that no decoder knows."""
    start = content[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return Problem.A_DRAWING
    if start[:1] in (b"<", b"{", b"[") or not content:
        return Problem.NOT_A_PICTURE
    is_other = content[4:8] == b"ftyp" or content[:4] in (b"II*\0", b"MM\0*", b"%PDF", b"8BPS", b"\0\0\1\0")
    return Problem.WRONG_KIND if is_other else Problem.NOT_A_PICTURE
