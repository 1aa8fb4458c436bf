"""The published schema, and how an answer is judged by it."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator


@cache
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def plain(node: Any, *, is_closed: bool = False) -> Any:
    """OpenAPI 3.0 as JSON Schema: "nullable" says that null will do. is_closed: and no field will that is not named."""
    if isinstance(node, list):
        return [plain(each, is_closed=is_closed) for each in node]
    if not isinstance(node, dict):
        return node
    told = {name: plain(each, is_closed=is_closed) for name, each in node.items() if name != "nullable"}
    if is_closed and isinstance(told.get("properties"), dict) and told.get("type") == "object":
        told.setdefault("additionalProperties", False)
    return {"anyOf": [told, {"type": "null"}]} if node.get("nullable") is True else told


def unfit(described: dict[str, Any], value: Any, *, is_closed: bool = False) -> list[str]:
    """What of the value is not as it is described."""
    whole = plain({**described, "components": schema()["components"]}, is_closed=is_closed)
    found = Draft202012Validator(whole).iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]
