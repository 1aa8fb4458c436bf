"""Charts, squares and answers stand out from the surface in both modes, as WCAG 2.2 AA asks; counted from the colours
that the stylesheet names."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from unfold.settings import CONFIG_DEFAULTS

MOODS = ("good", "busy", "warn", "bad")
GRAPHIC, TEXT = 3.0, 4.5  # 1.4.11 and 1.4.3


def colours(mode: str) -> dict[str, str]:
    """{"good": "oklch(…)"} of one mode; what the mode does not name is as in the light one."""
    path = finders.find("tsh/tsh.css")
    assert path
    text = Path(path).read_text()
    blocks = {
        "light": text.split(":root {")[1].split("}")[0],
        "dark": text.split("html.dark {")[1].split("}")[0],
    }
    return dict(re.findall(r"--tsh-(\w+): ([^;]+);", blocks[mode]))


def luminance(colour: str) -> float:
    """Relative luminance of a colour as the stylesheet writes it. Source: CSS Color 4, "OKLab to linear-light sRGB"."""
    if colour == "#fff":
        return 1.0
    if named := re.fullmatch(r"var\(--color-(\w+)-(\d+)\)", colour):
        scale, step = named.groups()
        known = {**CONFIG_DEFAULTS["COLORS"], **settings.UNFOLD["COLORS"]}
        return luminance(known[scale][step])
    lightness, chroma, hue = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", colour).groups()
    angle = math.radians(float(hue))
    a, b, light = float(chroma) * math.cos(angle), float(chroma) * math.sin(angle), float(lightness) / 100
    long, middle, short = (
        (light + x * a + y * b) ** 3
        for x, y in (
            (0.3963377774, 0.2158037573),
            (-0.1055613458, -0.0638541728),
            (-0.0894841775, -1.2914855480),
        )
    )
    red, green, blue = (
        min(1.0, max(0.0, x * long + y * middle + z * short))
        for x, y, z in (
            (4.0767416621, -3.3077115913, 0.2309699292),
            (-1.2684380046, 2.6097574011, -0.3413193965),
            (-0.0041960863, -0.7034186147, 1.7076147010),
        )
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_it_is_defined():
    assert contrast("#fff", "oklch(0% 0 0)") == pytest.approx(21)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("mood", MOODS)
def test_a_moods_colour_is_legible_on_the_surface_as_text_and_under_a_sign(mode, mood):
    """The sign in a square has the surface's colour, so one figure judges both."""
    known = colours(mode)

    assert contrast(known[mood], known["surface"]) >= TEXT


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_quiet_fields_and_borders_stand_out_from_the_surface(mode):
    known = colours(mode)

    assert contrast(known["subtle"], known["surface"]) >= GRAPHIC
