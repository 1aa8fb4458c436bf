"""What the older doors and the mobile app's screens have in common: how they refuse, how many rows they tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from .rendering import OrjsonRenderer

TAG = "mobile screens"
USUAL_ROWS, MOST_ROWS = 20, 50
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
    description="Rows at most.",
)


class OlderView(APIView):
    """Answers, refusals among them, in the shape that callers of the predecessor know."""

    error_shape = "older"
    renderer_classes = (OrjsonRenderer,)


def read_limit(request: Request) -> int:
    """?limit=N. Raises ValidationError."""
    text = request.query_params.get("limit")
    if text is None:
        return USUAL_ROWS
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_ROWS):
        told = _("A whole number from 1 to %(most)s is expected.") % {"most": MOST_ROWS}
        raise ValidationError({"limit": [told]})
    return int(text)


def screen(
    operation_id: str,
    form: Any,
    *,
    summary: str,
    example: dict[str, Any],
    parameters: tuple[OpenApiParameter, ...] = (),
    more_responses: dict[int, Any] | None = None,
) -> Callable[[type], type]:
    """For a view whose GET answers one screen: how the schema describes it."""
    shown = OpenApiExample(summary, value=example, response_only=True, status_codes=[200])
    return extend_schema_view(
        get=extend_schema(
            operation_id=operation_id,
            tags=[TAG],
            summary=summary,
            description="Texts are in the reader's language, by `Accept-Language` (en, ar).",
            parameters=list(parameters),
            responses={200: form, **(more_responses or {})},
            examples=[shown],
        )
    )
