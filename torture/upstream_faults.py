"""What Zoho, or the way to it, does to us: every kind of failure at every kind of call."""

from __future__ import annotations

from typing import Any

from .faults import add

# Where: the call's own name, and its path.
PLACES = {
    "warehouses": "/locations",
    "products": "/items",
    "details": "/itemdetails",
    "price-lists": "/pricebooks",
    "prices": "/pricebooks/*",
    "customers": "/contacts",
    "token": "/oauth/v2/token",
}
LISTS = ("products", "price-lists", "customers")
_MEGABYTE = 1024 * 1024

STATUSES: dict[str, dict[str, Any]] = {
    "500": {"status": 500},
    "500-twice": {"status": 500, "times": 2},
    "502": {"status": 502},
    "503-retry-after": {"status": 503, "retry_after": 1},
    "504": {"status": 504},
    "400": {"status": 400, "code": 4},
    "403": {"status": 403, "code": 57},
    "404-foreign": {"status": 404, "code": 1000},  # no word of Zoho's own that a record is gone
    "401-invalid": {"status": 401, "code": 14},
    "401-scope": {"status": 401, "code": 57, "times": 2},
    "429-minute": {"status": 429, "code": 44},
    "429-minute-retry-after": {"status": 429, "code": 44, "retry_after": 2},
    "429-undocumented": {"status": 429, "code": 43},
    "429-day": {"status": 429, "code": 45},
    "429-at-once": {"status": 429, "code": 1070},
    "429-at-once-twice": {"status": 429, "code": 1070, "times": 2},
}
WIRES: dict[str, dict[str, Any]] = {
    "slow": {"kind": "delay", "delay": 2.0},
    "silence": {"kind": "silence", "delay": 12.0},
    "drip": {"kind": "drip", "delay": 3.0},
    "drip-for-ever": {"kind": "drip", "delay": 60.0},
    "reset": {"kind": "reset", "times": 2},
    "truncated": {"kind": "truncated", "times": 2},
    "redirect": {"kind": "redirect"},
    "bomb-packed": {"kind": "bomb", "size": 256 * _MEGABYTE},
    "bomb": {"kind": "bomb", "size": 64 * _MEGABYTE, "gzip": False},
}
BODIES: dict[str, dict[str, Any]] = {
    "code-in-200": {"kind": "code", "code": 1000},
    "code-in-200-twice": {"kind": "code", "code": 9, "times": 2},
    "cut": {"kind": "cut"},
    "html-200": {"kind": "html"},
    "html-503": {"kind": "html", "status": 503},
    "empty": {"kind": "empty"},
    "not-json": {"kind": "not_json"},
    "wrong-type": {"kind": "wrong_type"},
    "not-a-number": {"kind": "nan"},
}
LISTINGS: dict[str, dict[str, Any]] = {
    "no-page-context": {"kind": "no_page_context"},
    "no-more-flag": {"kind": "no_more_flag"},
    "repeated-page": {"kind": "repeated_page", "after": 1},
    "endless-pages": {"kind": "endless_pages", "times": None},
    "short-list": {"kind": "short_list", "times": None, "share": 0.3},
    "short-page": {"kind": "short_list", "share": 0.5},
    "foreign-list": {"kind": "foreign_list", "times": 2, "is_foreign": True},
    "ignored-per-page": {"kind": "ignored_per_page", "times": None, "rows": 7},
}
# For as long as the case lasts, until the faults are taken away.
STORMS: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "429-minute": {"kind": "status", "status": 429, "code": 44},
    "429-day": {"kind": "status", "status": 429, "code": 45},
    "429-at-once": {"kind": "status", "status": 429, "code": 1070},
    "html": {"kind": "html"},
    "reset": {"kind": "reset"},
    "empty": {"kind": "empty"},
    "401-invalid": {"kind": "status", "status": 401, "code": 14},
}


def upstream(
    name: str,
    group: str,
    path: str,
    kind: str,
    *,
    is_slow: bool = False,
    is_foreign: bool = False,
    **order: Any,
) -> None:
    """A spoilt answer at one path. The token's is met only by whoever needs a new one."""

    def apply(world, dice) -> None:
        if path.startswith("/oauth"):
            world.sandbox.tokens("expire")
        later = {"after": dice.randrange(3)} if order.get("times", 1) is None else {}
        world.sandbox.order_fault(kind, path=path, **({"times": 1} | order | later))

    # A full run reads every path. That a strange row is not Zoho's only another full run can find.
    add(
        name=name, group=group, apply=apply, mode="full", is_slow=is_slow, needs_full=is_foreign,
        is_bounded=not is_foreign,
    )  # fmt: skip


for _place, _path in PLACES.items():
    for _name, _order in STATUSES.items():
        upstream(f"{_place}-{_name}", "status", _path, "status", **_order)
    for _name, _order in WIRES.items():
        _slow = (
            _name in ("silence", "drip-for-ever") and _place == "token"
        )  # nobody waits there less than 30 s
        upstream(f"{_place}-{_name}", "wire", _path, is_slow=_slow, **_order)
    for _name, _order in BODIES.items():
        upstream(f"{_place}-{_name}", "body", _path, **_order)
for _place in LISTS:
    for _name, _order in LISTINGS.items():
        upstream(f"{_place}-{_name}", "listing", PLACES[_place], **_order)
for _place in ("products", "details", "customers"):
    for _name, _order in STORMS.items():
        upstream(f"{_place}-storm-{_name}", "storm", PLACES[_place], **({"times": None} | _order))
for _name, _order in STORMS.items():
    upstream(f"everything-storm-{_name}", "storm", "/*", **({"times": None} | _order))


def tokens(name: str, action: str, **settings: Any) -> None:
    """What the accounts server does with our tokens, in mid-run."""

    def strike(world, dice) -> None:
        world.sandbox.settings(**settings)
        if action == "throttle":
            world.sandbox.tokens("expire")
        world.sandbox.tokens(action)

    add(name=f"tokens-{name}", group="tokens", apply=slow_answers, strike=strike)


def slow_answers(world, dice) -> None:
    world.sandbox.settings(latency_ms=30)


tokens("expired", "expire")
tokens("revoked", "revoke")
tokens("throttled", "throttle")
tokens("throttled-with-400", "throttle", token_throttle="too_many_requests")  # noqa: S106  (a habit, no secret)


def habit(name: str, **settings: Any) -> None:
    """Zoho behaves in another way than it did a moment ago."""
    add(name=f"habit-{name}", group="habits", apply=lambda world, dice: world.sandbox.settings(**settings))


habit("products-filter-ignored", item_filter="ignored")
habit("products-filter-refused", item_filter="refused")
habit("products-order-ignored", item_sort="ignored")
habit("products-order-refused", item_sort="refused")
habit("customers-filter-honoured", contact_filter="honoured")
habit("customers-filter-refused", contact_filter="refused")
habit("customers-order-refused", contact_sort="refused")
habit("few-ids-at-once", max_item_ids=7)
habit("packed", gzip=True)
habit("price-lists-switched-off", pricebooks_enabled=False)
habit("slow", latency_ms=120)
habit("tokens-of-seconds", expires_in=3)


def clock(name: str, seconds: float) -> None:
    add(
        name=f"zoho-clock-{name}",
        group="clocks",
        apply=lambda world, dice: world.sandbox.clock(seconds),
        undo=lambda world, dice: world.sandbox.clock(0),
        needs_full=True,  # what changed "in the future" lies behind the watermark until that is reached
        is_lonely=True,
    )


clock("behind", -90.0)
clock("ahead", 90.0)
