"""Texts that several products share, found in two passes that keep eight bytes for each product."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from ..models import Organization, Product
from ..searching import folded
from .base import Check, Fact, key_of_text
from .parameters import Flag

NAMED = 10  # of a group; the others are counted
CHUNK = 2000


def repeated(rows: QuerySet, form: Callable[[str], str]) -> dict[str, list[int]]:
    """{text in that form: keys, ascending} of what two rows or more have. rows: (key, text), in the order of keys;
    texts that are empty in that form are left out."""
    keys, marks = array("q"), array("Q")
    for key, text in rows.iterator(chunk_size=CHUNK):
        if told := form(text):
            keys.append(key)
            marks.append(_mark(told))
    ordered = sorted(marks)
    twice = {ordered[place] for place in range(1, len(ordered)) if ordered[place] == ordered[place - 1]}
    suspects = [key for key, mark in zip(keys, marks, strict=True) if mark in twice]
    groups: dict[str, list[int]] = {}
    for start in range(0, len(suspects), CHUNK):
        for key, text in rows.filter(pk__in=suspects[start : start + CHUNK]):
            groups.setdefault(form(text), []).append(key)
    return {text: found for text, found in groups.items() if len(found) > 1}


def _mark(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


class SharedText(Check):
    """column: of products, which no two of them should share."""

    column: ClassVar[str]
    reads = ("product",)
    material = ("products", "count")

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        rows = Product.objects.live().filter(organization=organization).exclude(**{self.column: ""})
        if chosen["only_active"]:
            rows = rows.exclude(is_active=False)
        groups = repeated(rows.order_by("pk").values_list("pk", self.column), folded)
        for text, keys in groups.items():
            shown = Product.objects.in_bulk(keys[:NAMED])
            members = [shown[key] for key in keys[:NAMED] if key in shown]
            if not members:
                continue
            yield Fact(
                key_of_text(text),
                {
                    "text": getattr(members[0], self.column),
                    "count": len(keys),
                    "products": [each.pk for each in members],
                    "names": [each.name or each.external_id for each in members],
                },
                kind=f"product_{self.column}",
                label=members[0].name or members[0].external_id,
                code=members[0].sku,
            )

    def keys_about(self, row: Model) -> list[str]:
        text = folded(getattr(row, self.column, "") or "") if isinstance(row, Product) else ""
        return [key_of_text(text)] if text else []


def only_active(label: Any) -> Flag:
    return Flag(name="only_active", label=label, default=True)
