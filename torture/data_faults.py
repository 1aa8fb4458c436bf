"""Records as no documentation has them, listings that move while they are read, and webhooks of every kind."""

from __future__ import annotations

import json
from typing import Any

from .faults import add

TYPES = {  # what it is called: (kind of records, key of the id, others that a record needs to be read at all)
    "product": ("items", "item_id", {"name": "ok", "status": "active", "rate": 5}),
    "customer": (
        "contacts",
        "contact_id",
        {"contact_name": "ok", "contact_type": "customer", "status": "active"},
    ),
    "price-list": (
        "pricebooks",
        "pricebook_id",
        {"name": "ok", "status": "active", "pricebook_type": "per_item"},
    ),
    "warehouse": ("locations", "location_id", {"location_name": "ok", "status": "active"}),
}
NAMES = {"product": "name", "customer": "contact_name", "price-list": "name", "warehouse": "location_name"}
POISONS = {
    "without-name": "",
    "name-is-a-list": ["a"],
    "name-with-nul": "a\0b",
    "name-of-a-megabyte": "x" * 1_048_577,
}
TEXTS = {  # instead of the whole record
    "nothing": "null",
    "a-text": '"just a text"',
    "no-id": '{"name":"who am I?"}',
    "deep": '{"name":' + "[" * 200 + "]" * 200 + "}",
}
NUMBERS = {
    "price-in-words": '"twelve"',
    "price-endless": "9" * 5000,
    "price-no-number": "NaN",
    "price-is-a-flag": "true",
}


def poison(name: str, type_: str, text_of, place: str) -> None:
    kind, key, _others = TYPES[type_]
    struck: list[str] = []

    def apply(world, dice) -> None:
        ids = world.sandbox.ids(kind)
        struck[:] = [dice.choice(ids)]
        world.sandbox.poison(kind, struck[0], text_of(key, struck[0]), place=place)

    def undo(world, dice) -> None:
        for each in struck:
            if each in world.sandbox.ids(kind):
                world.sandbox.poison(kind, each, None)
        struck.clear()

    add(
        name=f"poison-{type_}-{name}-{place}",
        group="poison",
        apply=apply,
        undo=undo,
        mode="full",
        needs_full=True,
    )


def _record(type_: str, **replaced: Any):
    """(key, id) -> the JSON of a small record with these keys replaced."""
    others = TYPES[type_][2]
    return lambda key, id: json.dumps({key: id} | others | replaced)


def _number(text: str):
    return lambda key, id: json.dumps({key: id, "name": "ok", "status": "active", "rate": "?"}).replace(
        '"?"', text
    )


for _type in TYPES:
    for _name, _value in POISONS.items():
        poison(_name, _type, _record(_type, **{NAMES[_type]: _value}), "both")
    for _name, _text in TEXTS.items():
        poison(_name, _type, lambda key, id, text=_text: text, "list")
for _name, _text in NUMBERS.items():
    poison(_name, "product", _number(_text), "list")
    poison(_name, "product", _number(_text), "detail")


# --- Listings that move ------------------------------------------------------------------------------


def drift(name: str, kind: str, change) -> None:
    """The first pages have been read when something comes or goes before them."""
    add(
        name=f"drift-{name}-of-{kind}",
        group="drift",
        apply=lambda world, dice: world.sandbox.settings(latency_ms=60),
        strike=lambda world, dice: (_until_pages_are_in(world, kind), change(world, dice, kind)),
        mode="full",
        needs_full=True,
    )


def _until_pages_are_in(world, kind: str) -> None:
    from zoho_sync.models import SyncRun

    entity = {"items": "products", "contacts": "customers"}[kind]
    world.soon(
        lambda: SyncRun.objects.filter(entity=entity, status="running", progress_done__gt=0).exists(), 10.0
    )


def _insert(world, dice, kind: str) -> None:
    name = {"items": "name", "contacts": "contact_name"}[kind]
    for number in range(4):
        facts = {name: f"{'A' if number % 2 else 'zz'} came in between {dice.randrange(10**6)}"}
        world.sandbox.add(kind, **facts, **({"contact_type": "customer"} if kind == "contacts" else {}))


def _touch(world, dice, kind: str) -> None:
    for each in dice.sample(world.sandbox.ids(kind), 6):
        world.sandbox.change(kind, each, **{"items": {"rate": 7}, "contacts": {"mobile": "+964770"}}[kind])


for _kind in ("items", "contacts"):
    drift("insertion", _kind, _insert)
    drift("touching", _kind, _touch)


# --- Webhooks ---------------------------------------------------------------------------------------


def told(name: str, *, needs_full: bool = False, **settings: Any) -> None:
    add(
        name=f"webhooks-{name}", group="webhooks", needs_full=needs_full,
        apply=lambda world, dice: (world.sandbox.settings(**settings), world.business.work(dice, 12)),
    )  # fmt: skip


told("twice", webhook_copies=2)
told("five-times", webhook_copies=5)
told("late", webhook_delay_ms=1500)


def _shuffled_apply(world, dice) -> None:
    world.sandbox.hold_webhooks()
    world.business.work(dice, 20)


add(
    name="webhooks-out-of-order",
    group="webhooks",
    apply=_shuffled_apply,
    strike=lambda world, dice: world.sandbox.release_webhooks(shuffle=dice.randrange(1000)),
    undo=lambda world, dice: world.sandbox.release_webhooks(),
)
add(
    name="webhooks-lost",
    group="webhooks",
    apply=lambda world, dice: (world.sandbox.settings(webhook_copies=0), world.business.work(dice, 12)),
    needs_full=True,
)
add(
    name="webhooks-storm",
    group="webhooks",
    strike=lambda world, dice: world.business.work(dice, 60),
)


def _forge(world, dice) -> None:
    """Deliveries of a stranger: no signature, a wrong one, no JSON, a body that is too big."""
    import requests

    bodies = [b'{"item":{"item_id":"1"}}', b"{", b"", b"\xff\xfe", b"[" * 3000, b"x" * 2_000_000]
    for body in bodies:
        for headers in ({}, {"X-Zoho-Webhook-Signature": "00" * 32}):
            try:
                answer = requests.post(world.door("items"), body, headers=headers, timeout=20)
            except requests.RequestException:
                continue  # the door was shut on it
            if not 400 <= answer.status_code < 500:
                raise AssertionError(f"a forged webhook was answered with {answer.status_code}")


add(name="webhooks-forged", group="webhooks", strike=_forge, is_lonely=True)
