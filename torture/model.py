"""The business: what staff do in Zoho, seeded, with its own account of what was deleted."""

from __future__ import annotations

import random
from collections import Counter

from zoho_sync.sandbox.control import SandboxControl

TABLES = {"items": "product", "contacts": "customer", "pricebooks": "list"}


class Business:
    """Changes records in the sandbox. deleted: how many of each kind were, since `begin()`."""

    def __init__(self, sandbox: SandboxControl):
        self.sandbox = sandbox
        self.deleted: Counter[str] = Counter()

    def begin(self) -> None:
        self.deleted.clear()

    def work(self, dice: random.Random, count: int) -> None:
        """Some changes of every kind; half of the time stock is moved by documents, of which webhooks tell."""
        self.sandbox.random_changes(count, seed=dice.randrange(10**9), documents=dice.random() < 0.5)

    def come_and_go(self, dice: random.Random) -> None:
        """Something new, and now and then something that goes for ever."""
        self.sandbox.add("items", name=f"New {dice.randrange(10**6)}", rate=dice.randrange(1, 99))
        if dice.random() < 0.5:
            self.delete(dice, "items", least=30)
        if dice.random() < 0.2:
            self.sandbox.add(
                "contacts", contact_name=f"Shop {dice.randrange(10**6)}", contact_type="customer"
            )
            self.delete(dice, "contacts", least=10)

    def delete(self, dice: random.Random, kind: str, least: int) -> str:
        """One record, unless few are left; its id."""
        ids = self.sandbox.ids(kind)
        if len(ids) <= least:
            return ""
        gone = dice.choice(ids)
        self.sandbox.delete(kind, gone)
        self.deleted[TABLES[kind]] += 1
        return gone
