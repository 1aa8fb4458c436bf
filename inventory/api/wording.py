"""How lists and details are described in the schema, with examples made of what an entity says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from . import fields

JSON, CSV = "application/json", "text/csv"
NOT_MODIFIED = OpenApiResponse(description="`If-None-Match` names the ETag of this very answer.")
GONE = OpenApiResponse(description="The checkpoint is of another database; copy the whole list anew.")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of an earlier answer: 304 if it still holds.",
)
INCLUDE = OpenApiParameter(
    "include",
    str,
    enum=["payload"],
    description="`payload`: also the record as it last came, for who may change records.",
)


def described(plural: str, *, one: str, example: dict[str, Any], many: str = "") -> Callable[[type], type]:
    """For a MirroredView. many: of `one`, in words, where an s does not do."""

    def describe(view: type) -> type:
        shape = view.shape
        name = plural.replace("-", "_")
        row = {"id": "17", "external_id": "5100000000084017", **example}
        examples = [OpenApiExample(one, value=row, response_only=True, media_type=JSON, status_codes=[200])]
        return extend_schema_view(
            list=extend_schema(
                operation_id=f"{name}_list",
                summary=f"List {many or f'{one}s'}",
                description=(
                    f"Every {one} that the filters leave, page by page, or all of them as CSV. To keep a copy, read "
                    "all pages once, then ask with `changed_since` and the `checkpoint` that was told, and go on so."
                ),
                parameters=[
                    fields.parameter(shape.list_names),
                    IF_NONE_MATCH,
                ],
                responses={
                    (200, JSON): shape.form(many=True),
                    (200, CSV): OpenApiTypes.STR,
                    304: NOT_MODIFIED,
                    410: GONE,
                },
                examples=examples,
            ),
            retrieve=extend_schema(
                operation_id=f"{name}_retrieve",
                summary=f"One {one}",
                description=f"The {one} with this id of ours, whether or not it is still at the source.",
                parameters=[
                    OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Ours."),
                    fields.parameter(shape.names),
                    INCLUDE,
                    IF_NONE_MATCH,
                ],
                responses={(200, JSON): shape.form, 304: NOT_MODIFIED},
                examples=examples,
            ),
        )(view)

    return describe
