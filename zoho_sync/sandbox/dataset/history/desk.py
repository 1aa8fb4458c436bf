"""What every clerk needs to write a document: the calendar, the people, the goods, the rates of the day."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...records import Record
from ...shapes.kinds import DOCUMENTS
from ...times import ORGANIZATION_OFFSET
from ..words import NOTES, SALESPERSONS

if TYPE_CHECKING:
    from ...world import World

DAYS = 180
_CENT = Decimal("0.01")
_DINARS = (Decimal("1305.000000"), Decimal("1310.000000"), Decimal("1317.500000"), Decimal("1322.000000"))
_ONE = Decimal("1.000000")
_YUAN = Decimal("183.500000")


@dataclass(slots=True)
class Desk:
    """draw: the one source of chance. today: in the organisation's zone; nothing is dated later than yesterday.

    gone: (id, name) of items that have been deleted since. salespersons: (id, name), of whom some are users too.
    """

    world: World
    draw: random.Random
    today: date
    customers: list[Record]
    vendors: list[Record]
    items: list[Record]
    places: list[str]
    gone: list[tuple[str, str]]
    salespersons: list[tuple[str, str]]
    tax: Record

    # the calendar

    def day(self, ago: int) -> str:
        """The date so many days ago; after today for a negative number."""
        return _date(self.today, ago)

    def moment(self, ago: int) -> int:
        """A second of the working day, nine to six."""
        return _opening(self.today, ago) + int(self.draw.random() * 32_400)

    # chances

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    def pick(self, among: Any) -> Any:
        return among[int(self.draw.random() * len(among))]

    def regular(self, among: list[Record]) -> Record:
        """Somebody, and some far more often than others."""
        return among[int(self.draw.random() ** 2.5 * len(among))]

    # writing

    def put(self, kind: str, number: int, fields: dict[str, Any], detail: dict[str, Any], at: int) -> Record:
        """A document under the next number of its kind, in its table."""
        about = DOCUMENTS[kind]
        fields.setdefault(about.number_key, f"{about.prefix}-{number:06}")
        record = Record(id=self.world.new_id(), fields=fields, detail=detail, created=at, modified=at)
        self.world.table(kind).records[record.id] = record
        return record

    def rate_of_the_day(self, currency_code: str, ago: int) -> Decimal:
        if currency_code == "USD":
            return _DINARS[ago // 46]
        return _YUAN if currency_code == "CNY" else _ONE

    def notes(self) -> str:
        return self.pick(NOTES) if self.chance(0.3) else ""

    def lines(self, key: str, currency_code: str, exchange_rate: Decimal) -> list[dict[str, Any]]:
        """One to nine lines; now and then words only, an item that is no more, a discount, a tax.

        key: the figure of the item that is charged, rate or purchase_rate.
        """
        count = 1 + int(self.draw.random() ** 2 * 9)
        return [self._line(key, currency_code, exchange_rate) for _ in range(count)]

    def _line(self, key: str, currency_code: str, exchange_rate: Decimal) -> dict[str, Any]:
        lot = self.draw.random()
        quantity: Any = 1 + int(self.draw.random() ** 3 * 40)
        if lot < 0.02 or not self.items:
            return self._words_only(exchange_rate)
        if lot < 0.03:
            item_id, name = self.pick(self.gone)
            price, unit, item = Decimal(25_000), "pcs", None
        else:
            item = self.regular(self.items)
            item_id, name, unit = item.id, item.fields["name"], item.fields["unit"]
            price = item.fields[key]
            if unit == "m":
                quantity = quantity + Decimal("0.5")
        if currency_code != "IQD":
            price = (price / exchange_rate).quantize(_CENT)
        line: dict[str, Any] = {
            "line_item_id": self.world.new_id(),
            "item_id": item_id,
            "name": name,
            "unit": unit,
            "location_id": self.pick(self.places),
            "rate": price,
            "quantity": quantity,
        }
        if lot > 0.97:
            line["discount"] = "5.00%"
        elif lot > 0.95:
            line |= {
                "tax_id": self.tax.id,
                "tax_name": self.tax.fields["tax_name"],
                "tax_percentage": self.tax.fields["tax_percentage"],
            }
        elif lot > 0.93:
            line["description"] = "ضمان سنة واحدة\nSerial on the box"
        if item is not None and item.parts:
            line |= {
                "is_combo_product": True,
                "combo_type": "kit",
                "mapped_items": self._parts(item, quantity),
            }
        return line

    def _words_only(self, exchange_rate: Decimal) -> dict[str, Any]:
        return {
            "line_item_id": self.world.new_id(),
            "item_id": "",
            "name": self.pick(("Delivery inside Baghdad", "أجور نقل", "تركيب وبرمجة")),
            "unit": "",
            "location_id": self.pick(self.places),
            "rate": (Decimal(15_000) / exchange_rate).quantize(_CENT),
            "quantity": 1,
        }

    def _parts(self, kit: Record, quantity: Any) -> list[dict[str, Any]]:
        items = self.world.table("items").records
        return [
            {
                "line_item_id": self.world.new_id(),
                "item_id": part["item_id"],
                "name": items[part["item_id"]].fields["name"],
                "quantity": part["quantity"] * quantity,
                "unit": items[part["item_id"]].fields["unit"],
            }
            for part in kit.parts or ()
        ]


@lru_cache(maxsize=1024)
def _date(today: date, ago: int) -> str:
    return (today - timedelta(days=ago)).isoformat()


@lru_cache(maxsize=1024)
def _opening(today: date, ago: int) -> int:
    start = datetime(today.year, today.month, today.day, 9, tzinfo=ORGANIZATION_OFFSET)
    return int((start - timedelta(days=ago)).timestamp())


def open_desk(world: World) -> Desk:
    """Everything in the order of its id, so that chance meets the same records each time."""
    draw = random.Random(f"documents-{world.seed}")
    contacts = list(world.table("contacts"))
    of = {kind: [r for r in contacts if r.fields["contact_type"] == kind] for kind in ("customer", "vendor")}
    items = [r for r in world.table("items") if r.fields["status"] == "active"]
    for crowd in (of["customer"], of["vendor"], items):
        draw.shuffle(crowd)
    kits = [r for r in items if r.parts]
    desk = Desk(
        world=world,
        draw=draw,
        today=world.today,
        customers=of["customer"],
        vendors=of["vendor"],
        items=kits + [r for r in items if not r.parts],  # the first ones sell best
        places=[record.id for record in world.table("locations")],
        gone=[(world.new_id(), f"Discontinued model {number}") for number in range(1, 6)],
        salespersons=_salespersons(world),
        tax=_tax(world),
    )
    _custom_fields(world)
    _owners(desk)
    return desk


def _salespersons(world: World) -> list[tuple[str, str]]:
    """The first is a user under the user's own id, the second shares only the name with one, the others are none."""
    users = list(world.table("users"))
    found = [(users[0].id, users[0].fields["name"]), (world.new_id(), users[1].fields["name"])]
    return found + [(world.new_id(), name) for name in SALESPERSONS]


def _tax(world: World) -> Record:
    fields = {"tax_name": "Sales Tax", "tax_percentage": 5, "tax_type": "tax", "is_value_added": False}
    at = next(iter(world.table("taxes"))).created
    return world.table("taxes").put(Record(world.new_id(), fields, {}, at, at))


def _custom_fields(world: World) -> None:
    def known(label: str, data_type: str, index: int) -> dict[str, Any]:
        return {"customfield_id": world.new_id(), "label": label, "data_type": data_type, "index": index}

    world.custom_fields["invoices"] = {
        "cf_delivery_note": known("Delivery Note", "string", 1),
        "cf_printed": known("Printed", "check_box", 2),
    }
    world.custom_fields["salesorders"] = {"cf_driver": known("السائق", "dropdown", 1)}
    world.custom_fields["customerpayments"] = {"cf_receipt": known("Receipt", "string", 1)}


def _owners(desk: Desk) -> None:
    """Most customers belong to somebody of the staff."""
    users = [record.id for record in desk.world.table("users")]
    for customer in desk.customers:
        if desk.chance(0.7):
            customer.detail["owner_id"] = desk.pick(users)
