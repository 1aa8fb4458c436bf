"""What the sandbox remembers of one Zoho record, and the tables that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ZERO = Decimal("0.0")


@dataclass(slots=True)
class Stock:
    """Figures of one item in one location; `available` is accounting stock, `actual` is physical stock."""

    on_hand: Decimal = ZERO
    available: Decimal = ZERO
    actual: Decimal = ZERO
    committed: Decimal = ZERO
    actual_committed: Decimal = ZERO
    in_transit: Decimal = ZERO
    asset_value: Decimal = ZERO
    initial: Decimal = ZERO
    initial_rate: Decimal = ZERO


NO_STOCK = Stock()


@dataclass(slots=True, eq=False)
class Record:
    """One record.

    fields: keys that stand in the list row and in the detail, where they differ from the kind's defaults.
    detail: keys that stand in the detail only.
    custom: custom fields by api name; "" is kept in the list and left out of the detail.
    stock: figures per location id; None for anything Zoho does not count.
    dropped: keys left out of every answer, as if Zoho had not told them.
    poison: raw JSON text sent instead of the record, by place ("list", "detail").
    moves_stock: a document whose lines count in the figures of their items.
    parts: what a composite item is made of. links: ids of documents that came from this one, or were used for it.
    created, modified: seconds since 1970.
    """

    id: str
    fields: dict[str, Any]
    detail: dict[str, Any]
    created: int
    modified: int
    custom: dict[str, Any] = field(default_factory=dict)
    stock: dict[str, Stock] | None = None
    rows: dict[str, Any] | None = None  # price list rows by item id
    parts: list[dict[str, Any]] | None = None
    links: dict[str, list[str]] | None = None
    dropped: set[str] | None = None
    poison: dict[str, bytes] | None = None
    moves_stock: bool = False
    row_body: bytes | None = None
    detail_body: bytes | None = None

    @property
    def shelves(self) -> dict[str, Stock]:
        """Stock by location of a counted item; asking it of anything else is a mistake."""
        if self.stock is None:
            raise ValueError(f"Zoho does not count item {self.id}; it has no stock.")
        return self.stock

    @property
    def prices(self) -> dict[str, Any]:
        """Rows of a price list by item id; asking them of anything else is a mistake."""
        if self.rows is None:
            raise ValueError(f"Record {self.id} is no price list.")
        return self.rows

    def touch(self) -> None:
        """Forget the serialised forms; they are made again when somebody asks."""
        self.row_body = None
        self.detail_body = None


class Table:
    """Records of one kind by id, with ordered listings that are kept until something changes."""

    KEPT_LISTINGS = 64

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self._listings: dict[Any, list[Record]] = {}

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self.records.values()))

    def get(self, record_id: str) -> Record | None:
        return self.records.get(record_id)

    def put(self, record: Record) -> Record:
        self.records[record.id] = record
        self.changed()
        return record

    def remove(self, record_id: str) -> Record | None:
        record = self.records.pop(record_id, None)
        self.changed()
        return record

    def changed(self) -> None:
        self._listings.clear()

    def listing(self, key: Any, build: Callable[[list[Record]], list[Record]]) -> list[Record]:
        """The listing named by `key` (hashable), built once for as long as nothing changes."""
        found = self._listings.get(key)
        if found is None:
            found = build(list(self.records.values()))
            if len(self._listings) >= self.KEPT_LISTINGS:
                self._listings.clear()
            self._listings[key] = found
        return found
