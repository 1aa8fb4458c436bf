"""How lists, single rows and actions are described in the schema, so that all of them are described alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from inventory.api import fields
from inventory.api.wording import CSV, IF_NONE_MATCH, JSON, NOT_MODIFIED


class BodySchema(OpenApiSerializerExtension):
    """A field that nobody knows is refused, and the schema says so."""

    target_class = "zoho_sync.api.bodies.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        told = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        least = {"minProperties": 1} if self.target.never_empty else {}
        return {**told, **least, "additionalProperties": False}


def key_parameter(description: str) -> OpenApiParameter:
    form = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
    return OpenApiParameter("Idempotency-Key", form, OpenApiParameter.HEADER, description=description)


KEY = key_parameter(
    "Any text of your own, another for each question. Asked again with the same key within 24 hours, the same "
    "answer comes again (with `Idempotent-Replayed: true`) and nothing is done twice. Refusals are not kept."
)
REUSED = OpenApiResponse(description="This `Idempotency-Key` came with another question before.")
ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Our id.")
LOCATION = OpenApiParameter(
    "Location", OpenApiTypes.URI, OpenApiParameter.HEADER, description="Of what was started.", response=[202]
)
REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    description="This is the answer of an earlier question with the same key.",
    response=[200, 202],
)


def listed(
    name: str, form: Any, *, summary: str, description: str, row: dict[str, Any], below: bool = False
) -> Any:
    """name: of the operation. row: an example. below: a list that belongs to one row of another."""
    example = OpenApiExample(summary, value=row, response_only=True, media_type=JSON, status_codes=[200])
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=f"{description} Page by page, or all of it as CSV.",
        parameters=[*([ID] if below else []), fields.parameter(form().fields), IF_NONE_MATCH],
        responses={(200, JSON): form(many=True), (200, CSV): OpenApiTypes.STR, 304: NOT_MODIFIED},
        examples=[example],
    )


def alone(name: str, form: Any, *, summary: str, description: str, row: dict[str, Any]) -> Any:
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        parameters=[ID, fields.parameter(form().fields), IF_NONE_MATCH],
        responses={(200, JSON): form, 304: NOT_MODIFIED},
        examples=[OpenApiExample(summary, value=row, response_only=True, media_type=JSON)],
    )


def asked(
    name: str,
    *,
    summary: str,
    description: str,
    answer: Any,
    example: dict[str, Any],
    status: int = 200,
    body: Any = None,
    bodies: Iterable[tuple[str, dict[str, Any]]] = (),
    conflict: str = "",
    of_one: bool = True,
) -> Any:
    """A POST. bodies: (what it means, example). conflict: when 409 is answered. of_one: its address names a row."""
    examples = [OpenApiExample(told, value=value, request_only=True) for told, value in bodies]
    examples.append(OpenApiExample(summary, value=example, response_only=True, status_codes=[status]))
    conflict = f"{conflict} Or a question with the same `Idempotency-Key` is still being answered.".strip()
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        parameters=[*([ID] if of_one else []), KEY, REPLAYED, *([LOCATION] if status == 202 else [])],
        request=body,
        responses={status: answer, 409: OpenApiResponse(description=conflict), 422: REUSED},
        examples=examples,
    )


def words(**of_methods: Any) -> Callable[[type], type]:
    """For a view: what is said of each of its methods. Those that an address of its own leads to are described where
    they stand; what the view inherits is described for this view only."""

    def describe(view: type) -> type:
        inherited = {name: said for name, said in of_methods.items() if name not in vars(view)}
        for name in of_methods.keys() - inherited.keys():
            of_methods[name](vars(view)[name])
        return extend_schema_view(**inherited)(view)

    return describe
