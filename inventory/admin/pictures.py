"""The picture of a product as pages show it, or why there is none. The one place that knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..models import Product, ProductPicture
from ..models.pictures import PROBLEMS
from ..pictures.making import SIDES
from .panels import Custom

State = ProductPicture.State
READ = ("digest", "state", "problem", "removed_at", "width", "height")  # what has to be read to show one
OF_A_PRODUCT = tuple(f"picture__{name}" for name in (*READ, "product", "organization"))


@dataclass(frozen=True)
class Picture:
    """url, full_url, thumb_url: of the picture on our own server, in three sizes; "" while there is none, and `words`
    says why. width, height: of the one at `url`, in pixels, so that a page knows its room before it comes."""

    url: str
    words: str
    full_url: str = ""
    thumb_url: str = ""
    width: int = 0
    height: int = 0


def picture_of(product: Product) -> Picture:
    try:
        known = product.picture
    except ObjectDoesNotExist:
        known = None
    if known is None or known.is_removed:
        if product.image_name or product.image_document_id:
            return Picture("", _("The source has a picture; it has not been fetched yet."))
        return Picture("", _("The source names no picture."))
    if not known.digest:
        return Picture("", why_none(known))
    full, card, thumb = (reverse("picture", args=[known.digest, size]) for size in SIDES)
    return Picture(card, "", full, thumb, *_room(known))


def why_none(known: ProductPicture) -> str:
    """Why there is no picture, of a row without one."""
    if known.state == State.WAITING:
        return _("The source has a picture; it has not been fetched yet.")
    return _(PROBLEMS[known.problem]) if known.problem in PROBLEMS else _("The source names no picture.")


def _room(known: ProductPicture) -> tuple[int, int]:
    """Of the middle size."""
    width, height = known.width or 1, known.height or 1
    share = min(1.0, SIDES["card"] / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def thumbnail(product: Product, empty: str | None = None) -> object:
    """The small picture, for a row of a list; where there is none `empty`, or an empty frame, so that names stand in
    one line."""
    picture = picture_of(product)
    if not picture.thumb_url:
        frame = format_html('<span class="tsh-thumb" title="{}"></span>', picture.words)
        return frame if empty is None else empty
    return format_html(
        '<span class="tsh-thumb"><img src="{}" alt="" width="40" height="40" loading="lazy" decoding="async"></span>',
        picture.thumb_url,
    )


def picture_panel(product: Product) -> Custom:
    return Custom(template="admin/panels/picture.html", values=picture_values(product))


def picture_values(product: Product) -> dict[str, Any]:
    return {"picture": picture_of(product), "name": product.name or product.external_id}
