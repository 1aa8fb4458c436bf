"""A processor is a table: which resource it reads, and how one payload becomes rows of our tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from django.db import models

from inventory.mirror import Detailed

from ..errors import RecordRejected
from ..options import Priority
from ..payloads import decode
from ..sentences import sentence as _
from . import converters
from .reading import Column, Reader


class Kind(Enum):
    """Which of a resource's two faces a payload is."""

    ROW = "row"  # an element of a listing
    DETAIL = "detail"  # the answer of a detail call: tells more, and its sub-lists are complete


class Details(Enum):
    """How a resource's details are read."""

    NONE = "none"
    BULK = "bulk"  # GET /itemdetails?item_ids=…
    EACH = "each"  # GET /<path>/<id>


@dataclass(frozen=True)
class Field:
    """One column: the payload's key and its converter. A key that is absent tells nothing and changes nothing."""

    key: str
    convert: converters.Converter | None = None  # None: text as long as the column allows
    required: bool = False


@dataclass(frozen=True)
class Link:
    """A foreign key found by external id. A required one that is not here yet makes the row wait as a failure.

    few: so few rows that a run may remember their keys.
    """

    model: type[models.Model]
    required: bool = True
    few: bool = False


_MAPPINGS: dict[str, Mapping] = {}


def owned_by(model: type[models.Model]) -> list[Mapping]:
    """The mappings whose rows are parts of rows of `model`."""
    return [each for each in _MAPPINGS.values() if each.is_owned and each.links[each.set_of].model is model]


def awaiting(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """(table, foreign key) of links that may be made later, once their other side, a row of `model`, has come."""
    return list(
        {
            (each.model, name): None
            for each in _MAPPINGS.values()
            for name, link in each.links.items()
            if link.model is model and not link.required
        }
    )


def mapping_named(name: str) -> Mapping:
    """Raises KeyError for one that there is not (any more)."""
    return _MAPPINGS[name]


@dataclass(frozen=True)
class Mapping:
    """One of our tables as seen from a payload.

    fields: column → Field. computed: further columns, made from the whole payload ({} where it tells nothing).
    links: foreign key column → Link; their values are external ids until the loader resolves them.
    set_of: the parent's foreign key, when these rows are replaced as a set with their parent.
    is_owned: they are nothing but parts of their parent, such as the lines of an invoice: however many of them change
    or go is its own affair, and what comes with an outdated parent is outdated too.
    watches_all: any change in a list row, and not only a newer time, makes the detail due.
    history: columns whose changes leave history rows. is_part: too little to make a row of, it only updates.
    name: by which a plan finds it again; the table's own unless a table has several.
    """

    model: type[models.Model]
    fields: dict[str, Field]
    computed: Callable[[dict], dict] | None = None
    links: dict[str, Link] = field(default_factory=dict)
    set_of: str = ""
    history: tuple[str, ...] = ()
    is_part: bool = False
    is_owned: bool = False
    watches_all: bool = False
    name: str = ""
    _reader: Reader = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.model._meta.model_name)
        if _MAPPINGS.setdefault(self.name, self) is not self:
            raise ValueError(f"two mappings are named {self.name}")
        object.__setattr__(self, "_reader", Reader(self._column(name) for name in self.fields))

    def _column(self, name: str) -> Column:
        told, limit = self.fields[name], 0
        if told.convert is None:
            limit = getattr(self.model._meta.get_field(name), "max_length", None) or converters.MAX_TEXT
        return Column(name, told.key, told.convert or converters.text(limit), limit, told.required)

    def values(self, payload: dict) -> dict[str, Any]:
        """The columns that this payload tells. Raises RecordRejected, naming the key."""
        result = self._reader.read(payload)
        if self.computed is not None:
            result |= self.computed(payload)
        return result


@dataclass(slots=True)
class Row:
    """One row to be written.

    unit: what is counted; rows of one unit succeed or fail together in the figures. "" is not counted.
    raw: kept as the row's raw record; hash: its fingerprint, set by the loader where it is not known yet.
    """

    mapping: Mapping
    external_id: str
    values: dict[str, Any]
    unit: str
    raw: bytes = b""
    kind: Kind = Kind.ROW
    hash: str = ""


@dataclass(slots=True)
class ChildSet:
    """All children of one parent that a complete detail shows: live ones not among `told` have gone."""

    mapping: Mapping
    parent_external_id: str
    told: set[str]


@dataclass(slots=True)
class Expansion:
    """What one payload becomes.

    unchanged: units of parts that are here with the very same bytes, of which no rows are made.
    rejected: (unit, reason) of parts that cannot be taken while the rest can.
    """

    rows: list[Row] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    sets: list[ChildSet] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    stock_totals: tuple[Decimal | None, ...] | None = (
        None  # the item's totals, where the payload tells its stock
    )


APART = ("details", "pictures")  # lanes that read one by one what another has listed


@dataclass(frozen=True, kw_only=True)
class Processor:
    """How one entity is mirrored.

    entity: its public name. label: for people. path, list_key, id_key: Zoho's listing.
    mapping: the main table. expand(payload, raw, kind, context): its rows; `one_row` suits most.
    decode: how `payload` is read from `raw`; an excerpt where little of a large record matters.
    accepts(payload): a reason to leave a record out, or "".
    modified_filter: does the listing take last_modified_time (tried before it is believed)? sorts: may it be
    sorted by last_modified_time? With neither, an incremental run reads the whole listing.
    lane: "list" reads listings; "documents", "stock", "details" and "pictures" are the special walks of phases.py.
    apis: where the listing may be asked for what changed, in this order; the first that obeys is taken.
    newest_by: the column, and key of the row, by which a listing of documents is sorted where none obeys.
    open_filter: `filter_by` of those in which somebody still has to do something.
    events: Zoho's module names in webhooks. depends_on: entities whose rows this one links to.
    full_every: a scheduled run is full when the last good full one is older.
    """

    entity: str
    label: Any
    mapping: Mapping
    path: str
    list_key: str
    id_key: str
    expand: Callable[..., Expansion]
    decode: Callable[[bytes], dict[str, Any]] = decode
    detail_key: str = ""
    details: Details = Details.NONE
    reads_every_detail: bool = False
    params: dict[str, str] = field(default_factory=dict)
    accepts: Callable[[dict], str] | None = None
    modified_filter: bool = False
    sorts: bool = False
    paged: bool = True
    lane: str = "list"
    depends_on: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    follow_up: str = ""
    is_background: bool = False
    apis: tuple[str, ...] = ("inventory",)
    newest_by: str = ""
    open_filter: str = ""
    full_every: timedelta = timedelta(days=1)

    @property
    def priority(self) -> Priority:
        """Of its calls. Lists of documents are read like other lists; only their details may wait."""
        return Priority.BACKGROUND if self.is_background and self.lane in APART else Priority.NORMAL

    @property
    def model(self) -> type[models.Model]:
        return self.mapping.model

    @property
    def can_increment(self) -> bool:
        """Can it be asked for what changed? If not, an incremental run is a whole listing, tombstones included."""
        return self.modified_filter or self.sorts or self.lane != "list"

    @property
    def reads_what_is_due(self) -> bool:
        """Is a list of what is due read off, so that a run leaves nothing to the next one?"""
        return self.lane in ("details", "pictures")

    @property
    def has_own_budget(self) -> bool:
        """Has it a part of the day's calls to itself, in which no run of it is more urgent than another?"""
        return self.lane == "pictures"


def one_row(mapping: Mapping, id_key: str) -> Callable[..., Expansion]:
    """The usual expansion: one payload, one row. A table without details keeps whatever came last as its record."""
    has_details = issubclass(mapping.model, Detailed)

    def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
        external_id = identify(payload, id_key)
        face = kind if has_details else Kind.ROW
        row = Row(mapping, external_id, mapping.values(payload), unit=external_id, raw=raw, kind=face)
        return Expansion(rows=[row])

    return expand


def identify(payload: dict, id_key: str) -> str:
    """The record's id. Raises RecordRejected where it has none."""
    found = converters.key(payload.get(id_key))
    if not found:
        raise RecordRejected(_("%(key)s is missing") % {"key": id_key})
    return found


def custom_fields(payload: dict) -> dict[str, Any]:
    """{"custom_fields": {api name: value}} from either shape; {} when the payload tells nothing of them.

    List rows carry `cf_x` and `cf_x_unformatted`; details carry custom_fields[{api_name, value}], empty ones left out.
    """
    listed = payload.get("custom_fields")
    if isinstance(listed, list) and (listed or "custom_field_hash" in payload):
        found = {}
        for each in listed:
            if isinstance(each, dict) and (name := each.get("api_name") or each.get("customfield_id")):
                found[str(name)] = converters.plain(each.get("value"))
        return {
            "custom_fields": {name: value for name, value in found.items() if value not in ("", None, [])}
        }
    flat = _flat_names(tuple(payload))
    if not flat:
        return {}
    values = {name: converters.plain(payload[key]) for name, key in flat}
    return {"custom_fields": {name: value for name, value in values.items() if value not in ("", None, [])}}


@lru_cache(maxsize=64)  # the rows of a listing have the same keys: 6 us a row, so 1
def _flat_names(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """(custom field, the key that tells it best)."""
    names = sorted(name for name in keys if name.startswith("cf_") and not name.endswith("_unformatted"))
    return [(name, plain if (plain := f"{name}_unformatted") in keys else name) for name in names]


def picked(payload: Any, keys: Sequence[str]) -> dict[str, Any]:
    """The named keys of an object that are not empty, as plain JSON."""
    if not isinstance(payload, dict):
        return {}
    return {name: converters.plain(payload[name]) for name in keys if payload.get(name) not in (None, "")}
