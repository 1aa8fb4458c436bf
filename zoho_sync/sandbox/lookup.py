"""Finding a record that an order names, and the refusal of orders that make no sense."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from .records import Record
from .world import World


class EditError(ValueError):
    """A change that makes no sense; the text says why."""


def find(world: World, kind: str, record_id: str) -> Record:
    """The record, or EditError."""
    if kind not in world.tables:
        raise EditError(f"There is no kind {kind!r}; there are {', '.join(sorted(world.tables))}.")
    record = world.record(kind, str(record_id))
    if record is None:
        raise EditError(f"There is no record {record_id} among the {kind}.")
    return record


def figure(name: str, value: Any) -> Decimal:
    """A finite number as said, with one decimal at least; EditError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise EditError(f"{name} must be a number, not {value!r}.")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise EditError(f"{name} must be a number, not {value!r}.") from error
    if not number.is_finite():
        raise EditError(f"{name} must be a finite number.")
    is_whole = number == number.to_integral_value() and "." not in format(number, "f")
    return number.quantize(Decimal("0.0")) if is_whole else number
