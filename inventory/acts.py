"""What people decide about rows that one statement changes, told in the transaction of that statement.

Who keeps a trail of such acts listens to `decided`; one that cannot be kept makes the decision fail, so that there is
never one without its line. Rows that are saved one by one tell of themselves by Django's own signals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.dispatch import Signal

decided = Signal()  # act: Act


@dataclass(frozen=True)
class Act:
    """what: one word, such as "accepted". changes: {key of a row: {field: (before, after)}}, plain values.

    together: one thing that concerns all of these rows, rather than one of each. user: None where no person is known;
    then whoever asks just now did it.
    """

    model: type[models.Model]
    what: str
    changes: Mapping[Any, Mapping[str, tuple[Any, Any]]]
    user: Any = None
    note: str = ""
    together: bool = field(default=False)


def tell(model: type[models.Model], what: str, changes: Mapping, *, user: Any = None, note: str = "") -> None:
    """One act on each row. Nothing to tell, nothing told."""
    if changes:
        decided.send(model, act=Act(model, what, changes, user, note))


def tell_together(
    model: type[models.Model], what: str, keys: Collection[Any], *, user: Any = None, note: str = ""
) -> None:
    """One act on many rows."""
    if keys:
        decided.send(model, act=Act(model, what, {key: {} for key in keys}, user, note, together=True))
