"""What is said of one kind of document; everything else follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..columns import Shape


@dataclass(frozen=True, kw_only=True)
class Kind:
    """address: below /api/v1/. kind: its name in the journal of changes. one, many: in words. example: some of a row,
    for the schema."""

    address: str
    kind: str
    one: str
    many: str
    shape: Shape
    example: Mapping[str, Any] = field(default_factory=dict)
