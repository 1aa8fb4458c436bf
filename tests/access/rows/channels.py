"""Channels and messages: every role looks, operators send again what was given up, administrators configure."""

from __future__ import annotations

from tests.access.pages import CONFIGURERS, REPAIRERS, action, model

ROWS = [
    *model(
        "monitoring",
        "alertchannel",
        adds=CONFIGURERS,
        changes=CONFIGURERS,
        deletes=CONFIGURERS,
    ),
    *action("monitoring", "alertchannel", "test_one", CONFIGURERS),
    *model("monitoring", "alertdelivery"),
    *action("monitoring", "alertdelivery", "again_one", REPAIRERS),
]
