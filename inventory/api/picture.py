"""A product's picture as its row tells it: where it is to be had, or why there is none."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ..models import ProductPicture
from ..pictures.making import SIDES
from .columns import nested

State = ProductPicture.State
NONE = "none"  # the source names none


class PictureAddresses(serializers.Serializer):
    """Below this server; what an address leads to never changes, so keep it as long as you like."""

    full = serializers.CharField(help_text="At most 1600 pixels wide or high.")
    card = serializers.CharField(help_text="At most 480.")
    list = serializers.CharField(help_text="At most 96.")


class PictureForm(serializers.Serializer):
    """WebP, drawn anew of what the source gave."""

    state = serializers.ChoiceField(
        choices=[*State.choices, (NONE, "the source names none")],
        help_text="here: it can be had. waiting: it is still to be fetched. absent: the source names one and has none. "
        "refused: what the source gave is not fit to be kept. failed: it did not come, and is asked for again.",
    )
    problem = serializers.CharField(help_text="A word for why there is none, such as `broken`; else empty.")
    width = serializers.IntegerField(allow_null=True, help_text="Of the full size, in pixels.")
    height = serializers.IntegerField(allow_null=True)
    urls = PictureAddresses(allow_null=True, help_text="null while there is none.")


def told(
    image_name: str,
    document_id: str,
    state: str | None,
    problem: str,
    digest: str,
    removed_at: Any,
    *size: Any,
) -> dict[str, Any]:
    nothing = {"width": None, "height": None, "urls": None}
    if state is None or removed_at is not None:
        return {"state": State.WAITING.value if image_name or document_id else NONE, "problem": "", **nothing}
    if not digest:
        return {"state": state, "problem": problem, **nothing}
    urls = {each: f"/api/v1/pictures/{digest}/{each}/" for each in SIDES}
    return {"state": state, "problem": problem, "width": size[0], "height": size[1], "urls": urls}


COLUMN = nested(
    "picture",
    PictureForm(required=False),
    (
        "image_name", "image_document_id", "picture__state", "picture__problem", "picture__digest",
        "picture__removed_at", "picture__width", "picture__height",
    ),
    told,
)  # fmt: skip
