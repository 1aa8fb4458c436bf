"""The health page and the audit of self-repair: every role looks, and nobody changes anything."""

from __future__ import annotations

from tests.access.pages import EVERYBODY, both, model, to

ROWS = [
    *model("monitoring", "watch"),
    *both("admin/monitoring/watch/live/", to(EVERYBODY)),
    *model("zoho_sync", "repair"),
]
