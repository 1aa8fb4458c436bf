"""`?changed_since=`: with a checkpoint an exact copy can be kept; with a time one can look.

A copy: read the list page by page; every page names the same `checkpoint`, made before the first row was read. Then ask
with it, page by page, and store what comes, tombstones among it; go on with the checkpoint of that answer. Nothing is
lost, whoever writes meanwhile (inventory.changes); a row may come twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from .. import changes
from .filters import DescribedFilter, MomentField
from .paging import Cursor, KeysetPagination

PARAMETER = "changed_since"
JOURNAL_ORDER = "changes"
SINCE = (
    "A checkpoint from an earlier answer: every row that has changed since then, tombstones included, exactly; or a "
    "time with its zone: rows noted as changed then or later."
)


class CheckpointGone(APIException):
    """The visitor's copy cannot be carried on; he has to read the whole list again."""

    status_code = 410
    default_code = "checkpoint_gone"
    default_detail = gettext_lazy(
        "This checkpoint is of another database, or of before a backup was restored. Copy anew."
    )


class SinceField(MomentField):
    def to_python(self, value: Any) -> Any:
        if value and changes.is_checkpoint(value):
            return value
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            told = gettext_lazy(
                "A checkpoint, or a time with its zone such as 2026-11-20T09:00:00Z, is expected."
            )
            raise forms.ValidationError(told, code="invalid") from error


class SinceFilter(DescribedFilter):
    """A time leaves the rows noted then or later; a checkpoint is obeyed by the view."""

    field_class = SinceField
    values = {
        "anyOf": [
            {"type": "string", "format": "date-time"},
            {"type": "string", "pattern": changes.CHECKPOINT},
        ]
    }

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(help_text=SINCE, **kwargs)
        self.kind = kind

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(pk__in=changes.noted_since(self.kind, value)) if isinstance(value, datetime) else qs


def checkpoint_asked(request: Request) -> str | None:
    """The checkpoint that the visitor goes on from, if he does."""
    text = request.query_params.get(PARAMETER, "")
    return text if changes.is_checkpoint(text) else None


class FollowablePages(KeysetPagination):
    """Pages that also say from which checkpoint to go on."""

    def begin(self, horizon: changes.Horizon) -> None:
        """After `read`: all pages of one walk name the checkpoint of the first."""
        told = self.carried.setdefault("checkpoint", horizon.checkpoint)
        if not changes.is_checkpoint(told):
            raise ValidationError({"cursor": [_("This is no cursor of this list; begin again without one.")]})
        self.beside["checkpoint"] = told

    def read_journal(self, request: Request, size: int) -> None:
        """Instead of `read`, where changes are followed."""
        self.request, self.size = request, size
        text = request.query_params.get("cursor")
        self.cursor = None if text is None else Cursor.decode(text)
        if self.cursor is not None:
            is_ours = self.cursor.ordering == JOURNAL_ORDER and str(self.cursor.value).isdecimal()
            if not is_ours or len(self.cursor.value) > 18:
                raise ValidationError(
                    {"cursor": [_("This is no cursor of this list; begin again without one.")]}
                )
            self.carried = dict(self.cursor.carried)

    def follow(self, horizon: changes.Horizon, checkpoint: str) -> list[int]:
        """Keys of the rows of this page, in the order of their changes, each once."""
        since = self.since(horizon, checkpoint)
        after = (int(self.cursor.value), self.cursor.key) if self.cursor else None
        entries = changes.entries(horizon.kind, since, after, self.size + 1)
        page = entries[: self.size]
        if len(entries) > self.size:
            last = page[-1]
            self._next = Cursor(JOURNAL_ORDER, str(last.version), last.number, False, self.carried).encode()
        return list(dict.fromkeys(entry.row_id for entry in page))

    @staticmethod
    def since(horizon: changes.Horizon, checkpoint: str) -> int:
        try:
            return horizon.since(checkpoint)
        except changes.ForeignCheckpoint as error:
            raise CheckpointGone from error

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        told = super().get_paginated_response_schema(schema)
        told["required"] = ["next", "previous", "checkpoint", "results"]
        told["properties"]["checkpoint"] = {
            "type": "string",
            "description": "For `changed_since`: whoever has read all pages goes on from here and misses nothing.",
            "example": "9f3ac21b-1a2f",
        }
        return told


def refuse_with_checkpoint(request: Request, allowed: frozenset[str]) -> None:
    """A row that stops to match a filter would never be told to whoever follows changes through it."""
    told = _("It cannot be combined with a checkpoint: rows that stop matching would never be told.")
    errors = {name: [told] for name in request.query_params if name not in allowed}
    if errors:
        raise ValidationError(errors)
