"""What comes from elsewhere is checked by its content, bounded before it is unpacked, and drawn anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from inventory.models import ProductPicture
from inventory.pictures.making import SIDES, Unfit, make
from zoho_sync.sandbox.images import answer

Problem = ProductPicture.Problem


def file(picture: Image.Image, kind: str, **more) -> bytes:
    found = io.BytesIO()
    picture.save(found, kind, **more)
    return found.getvalue()


GOOD = file(Image.effect_noise((64, 64), 80), "PNG")


def drawn(made, size: str = "full") -> Image.Image:
    picture = Image.open(io.BytesIO(made.files[size]))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGB"), ("PNG", "P"), ("PNG", "1"), ("PNG", "I;16"),
     ("WEBP", "RGB"), ("GIF", "P"), ("BMP", "RGB")],
)  # fmt: skip
def test_every_usual_kind_becomes_webp(kind, mode):
    made = make(file(Image.new(mode, (200, 100)), kind))

    assert (made.source_kind, made.width, made.height) == (kind, 200, 100)
    assert {drawn(made, size).format for size in SIDES} == {"WEBP"}


def test_sizes_are_bounded_and_nothing_is_made_larger():
    made = make(file(Image.new("RGB", (3200, 800), "navy"), "PNG"))

    assert [drawn(made, size).size for size in SIDES] == [(1600, 400), (480, 120), (96, 24)]
    assert drawn(make(file(Image.new("RGB", (20, 10)), "PNG")), "card").size == (20, 10)


def test_transparency_is_kept():
    made = make(file(Image.new("RGBA", (50, 50), (200, 30, 30, 0)), "PNG"))

    assert drawn(made).mode == "RGBA"
    assert drawn(made).getpixel((25, 25))[3] == 0


def test_a_picture_is_turned_upright_and_what_stood_beside_the_pixels_is_gone():
    notes = Image.Exif()
    notes[0x0112] = 6  # lies on its side
    notes[0x010F] = "Camera of somebody"
    notes.get_ifd(0x8825)[1] = "N"  # where it was taken
    source = file(Image.new("RGB", (120, 60), "teal"), "JPEG", exif=notes, comment=b"a secret")

    made = make(source)

    assert (made.width, made.height) == (60, 120)
    assert b"Camera" in source
    for each in made.files.values():
        assert b"Camera" not in each
        assert b"secret" not in each
    assert dict(drawn(made).getexif()) == {}


def test_of_one_that_moves_the_first_frame_is_kept():
    first, second = Image.new("RGB", (40, 40), "red"), Image.new("RGB", (40, 40), "blue")
    made = make(file(first, "GIF", save_all=True, append_images=[second], duration=100))

    red, _green, blue = drawn(made).convert("RGB").getpixel((20, 20))
    assert (red > 200, blue < 60, getattr(drawn(made), "n_frames", 1)) == (True, True, 1)


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims so many pixels in its header, and has none."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
        + GOOD[33:]
    )


def test_a_bomb_is_refused_by_its_header(settings):
    for content in (bomb(60_000, 60_000), bomb(6_400, 6_400)):
        with pytest.raises(Unfit) as refused:
            make(content)
        assert refused.value.problem == Problem.TOO_MANY_PIXELS


def test_the_bound_of_pixels_is_the_settings_own(settings):
    settings.PICTURES = settings.PICTURES | {"MAX_PIXELS": 10_000}

    assert make(file(Image.new("RGB", (100, 100)), "PNG")).width == 100
    with pytest.raises(Unfit):
        make(file(Image.new("RGB", (100, 101)), "PNG"))


def test_text_in_a_picture_that_unpacks_without_end_is_refused():
    whole = file(Image.new("RGB", (10, 10)), "PNG")
    text = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))

    with pytest.raises(Unfit) as refused:
        make(whole[:33] + chunk + whole[33:])
    assert refused.value.problem == Problem.BROKEN


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.NOT_A_PICTURE),
        (b"<!DOCTYPE html><html></html>", Problem.NOT_A_PICTURE),
        (b'{"code":0,"message":"success"}', Problem.NOT_A_PICTURE),
        (b"just words", Problem.NOT_A_PICTURE),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", Problem.A_DRAWING),
        (b"%PDF-1.7 ...", Problem.WRONG_KIND),
        (b"\0\0\0\x18ftypheic" + bytes(40), Problem.WRONG_KIND),
        (file(Image.new("RGB", (9, 9)), "TIFF"), Problem.WRONG_KIND),
        (GOOD[: len(GOOD) // 2], Problem.BROKEN),
        (GOOD[:60] + bytes(200) + GOOD[260:], Problem.BROKEN),
        (answer("truncated-1.jpg", "")[1], Problem.BROKEN),
    ],
    ids=["nothing", "page", "json", "words", "svg", "pdf", "heic", "tiff", "cut", "garbled", "cut jpeg"],
)  # fmt: skip
def test_what_is_no_picture_that_is_taken_is_refused_with_its_reason(content, problem):
    with pytest.raises(Unfit) as refused:
        make(content)
    assert refused.value.problem == problem


def test_too_many_bytes_are_refused_before_anything_is_looked_at(settings):
    settings.PICTURES = settings.PICTURES | {"MAX_BYTES": 10_000}

    with pytest.raises(Unfit) as refused:
        make(bytes(10_001))
    assert refused.value.problem == Problem.TOO_MANY_BYTES


def test_equal_pixels_are_the_same_picture_whatever_stood_beside_them():
    picture = Image.new("RGB", (30, 30), "olive")

    one, other = make(file(picture, "PNG")), make(file(picture, "BMP"))

    assert (one.digest, one.files) == (other.digest, other.files)
