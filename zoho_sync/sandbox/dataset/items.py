"""Items with the texture of a real list: missing SKUs, mixed scripts, variants, services, negative stock."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..images import TROUBLES
from ..records import Record, Stock
from ..times import anchor
from .words import BRANDS, COLOURS, LENGTHS, PRODUCTS, SERVICES, UNITS

if TYPE_CHECKING:
    from ..world import World

# Shares counted on the real organisation: 2,200 items, 1,300 active, 480 with stock, 56 % without SKU.
ACTIVE_SHARE = (1_300, 2_200)
STOCKED_SHARE = (480, 2_200)
NO_SKU_SHARE = (56, 100)
RIGHT_TO_LEFT_MARK = "\u200f"
_DAY = 86_400


def share(count: int, part: tuple[int, int]) -> int:
    return (count * part[0] + part[1] // 2) // part[1]


def build_items(world: World) -> None:
    draw = random.Random(f"items-{world.seed}")
    count = world.size.items
    world.custom_fields["items"] = {
        "cf_bin": {"customfield_id": world.new_id(), "label": "Bin", "data_type": "string", "index": 1},
        "cf_warranty_months": {
            "customfield_id": world.new_id(),
            "label": "Warranty Months",
            "data_type": "number",
            "index": 2,
        },
        "cf_fragile": {
            "customfield_id": world.new_id(),
            "label": "Fragile",
            "data_type": "check_box",
            "index": 3,
        },
    }
    active = set(draw.sample(range(count), share(count, ACTIVE_SHARE)))
    nameless = set(draw.sample(range(count), share(count, NO_SKU_SHARE)))
    groups = _Groups(world, draw)
    last_sku = ""
    tracked: list[Record] = []
    for number in range(count):
        record = _item(world, draw, number)
        record.fields["status"] = "active" if number in active else "inactive"
        if number not in nameless:
            last_sku = _sku(draw, number, record, last_sku)
            record.fields["sku"] = last_sku
        if record.stock is not None:
            groups.maybe_join(record)
            if number in active:
                tracked.append(record)
        world.table("items").put(record)
    _fill_shelves(world, draw, tracked, share(count, STOCKED_SHARE))


def _item(world: World, draw: random.Random, number: int) -> Record:
    english, arabic, code = draw.choice(PRODUCTS)
    colour, length = draw.choice(COLOURS), draw.choice(LENGTHS)
    fields: dict[str, Any] = {
        "name": _name(draw, number, (english, arabic), colour, length),
        "category_id": "",
        "brand": draw.choice(BRANDS),
        "unit": draw.choice(UNITS),
        "rate": Decimal(draw.randrange(250, 400_000, 250)).quantize(Decimal("0.01")),
        "purchase_rate": Decimal(draw.randrange(1_000, 3_000_000)) / 10,
        "description": draw.choice(("", "", "", "Original, 12 months", "أصلي مع ضمان\nسنة واحدة")),
        "reorder_level": draw.choice(("", "", "", Decimal("0.0"), Decimal("5.000000"), Decimal("20.000000"))),
    }
    category = draw.choice(world.table("categories").listing("all", list))
    fields["category_id"], fields["category_name"] = category.id, category.fields["name"]
    if draw.random() < 0.2:
        fields["upc"] = str(draw.randrange(10**11, 10**12))
    if draw.random() < 0.3:
        fields.update(
            length=Decimal("12.5"), width=Decimal(4), height=Decimal(draw.randrange(1, 90)), weight="0.35"
        )
    created = anchor() - draw.randrange(30 * _DAY, 900 * _DAY)
    record = Record(
        id=world.new_id(),
        fields=fields,
        detail={},
        created=created,
        modified=draw.randrange(created, anchor()),
        stock={},
    )
    record.custom = {"cf_bin": f"{draw.choice('ABC')}-{draw.randrange(1, 40)}" if draw.random() < 0.4 else ""}
    if draw.random() < 0.15:
        record.custom["cf_warranty_months"] = draw.choice((6, 12, 24))
    if draw.random() < 0.1:
        record.custom["cf_fragile"] = True
    _make_some_uncounted(draw, number, record)
    if draw.random() < 0.35:
        name, kind = _image(number, code.lower())
        image = {"image_name": name, "image_type": kind, "image_document_id": world.new_id()}
        fields.update(image, has_attachment=True)
    if draw.random() < 0.02:
        fields["is_combo_product"] = True
    return record


def _image(number: int, code: str) -> tuple[str, str]:
    """(file name, its ending): of all kinds, and one in 53 with something wrong (images.py)."""
    kind = ("png", "jpg", "png", "png", "jpg", "png", "webp", "png", "gif")[number % 9]
    if number % 53 == 17:
        trouble = TROUBLES[number // 53 % len(TROUBLES)]
        kind = "svg" if trouble == "drawing" else "png"
        return f"{trouble}-{number}.{kind}", kind
    return f"{code}{number}.{kind}", kind


def _name(draw: random.Random, number: int, product: tuple[str, str], colour: tuple, length: tuple) -> str:
    language = draw.randrange(2)
    words = [product[language], length[language], colour[language]]
    if draw.random() < 0.85:  # the rest share their name with others: names are no keys
        words.append(str(number))
    name = " ".join(words)
    quirk = draw.randrange(40)
    if quirk == 0:
        name = name.replace(" ", "  ", 1)
    elif quirk == 1:
        name = RIGHT_TO_LEFT_MARK + name
    elif quirk == 2:
        name += ' 1/2" <new> & "old"'
    elif quirk == 3:
        name += " "
    return name


def _make_some_uncounted(draw: random.Random, number: int, record: Record) -> None:
    """A few services and goods that Zoho does not count; their stock keys are missing or empty."""
    lot = draw.random()
    if lot < 0.03:
        record.stock = None
        english, arabic = draw.choice(SERVICES)
        record.fields.update(
            name=f"{draw.choice((english, arabic))} {number}",
            product_type="service",
            item_type=draw.choice(("sales", "sales_and_purchases")),
            track_inventory=False,
            unit="",
        )
    elif lot < 0.06:
        record.stock = None
        record.fields.update(item_type="sales_and_purchases", track_inventory=False)
        if lot < 0.045:
            record.fields.update(stock_on_hand="", available_stock="", actual_available_stock="")


def _sku(draw: random.Random, number: int, record: Record, last_sku: str) -> str:
    """Unique as Zoho demands, though some differ from their neighbour only in case."""
    twin = last_sku.lower()
    if draw.random() < 0.03 and twin != last_sku:
        return twin
    product = draw.choice(PRODUCTS)[2]
    return f"{product}-{number}-{draw.choice(COLOURS)[2]}"


class _Groups:
    """Item groups of up to five variants that differ in colour and length."""

    def __init__(self, world: World, draw: random.Random) -> None:
        self.world = world
        self.draw = draw
        self.attribute_ids = (world.new_id(), world.new_id())
        self.option_ids: dict[str, str] = {}
        self.group: tuple[str, str] | None = None
        self.members = 0

    def maybe_join(self, record: Record) -> None:
        if self.group is None and self.draw.random() < 0.03:
            self.group, self.members = (self.world.new_id(), record.fields["name"]), 0
        if self.group is None:
            return
        colour, length = COLOURS[self.members % len(COLOURS)][0], LENGTHS[self.members % len(LENGTHS)][0]
        record.fields.update(group_id=self.group[0], group_name=self.group[1])
        for place, (title, option) in enumerate((("Color", colour), ("Length", length)), start=1):
            option_id = self.option_ids.setdefault(option, self.world.new_id())
            record.fields[f"attribute_id{place}"] = self.attribute_ids[place - 1]
            record.fields[f"attribute_name{place}"] = title
            record.fields[f"attribute_option_id{place}"] = option_id
            record.fields[f"attribute_option_name{place}"] = option
        self.members += 1
        if self.members == 5 or self.draw.random() < 0.2:
            self.group = None


def _fill_shelves(world: World, draw: random.Random, tracked: list[Record], wanted: int) -> None:
    locations = [record.id for record in world.table("locations")]
    for record in sorted(draw.sample(tracked, min(wanted, len(tracked))), key=lambda r: r.id):
        places = draw.sample(locations, draw.randint(1, min(3, len(locations))))
        for location_id in places:
            record.shelves[location_id] = _figures(draw, record)
        if all(figures.on_hand == 0 for figures in record.shelves.values()):
            record.shelves[places[0]].on_hand = Decimal("3.0")


def _figures(draw: random.Random, record: Record) -> Stock:
    on_hand = Decimal(draw.randrange(1, 400)).quantize(Decimal("0.0"))
    if record.fields["unit"] == "m":
        on_hand += Decimal("0.5")
    if draw.random() < 0.06:
        on_hand = -Decimal(draw.randrange(1, 12)).quantize(Decimal("0.0"))
    committed = Decimal(draw.choice((0, 0, 0, 1, 2, 5))).quantize(Decimal("0.0"))
    return Stock(
        on_hand=on_hand,
        available=on_hand,
        actual=on_hand - draw.choice((0, 0, 0, 2)),  # goods invoiced and not yet handed over, or the reverse
        committed=committed,
        actual_committed=committed,
        in_transit=Decimal(draw.choice((0, 0, 0, 0, 10))).quantize(Decimal("0.0")),
        asset_value=max(on_hand * record.fields["purchase_rate"], Decimal("0.0")),
    )
