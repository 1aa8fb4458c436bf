"""The way to a connection: administrators only. A POST that says nothing leads back to its step."""

from __future__ import annotations

from tests.access.matrix import Row
from tests.access.pages import CONFIGURERS, both, to

ROOT = "admin/zoho_sync/oauthtoken/connect/"
STEPS = (
    "data-center", "client", "consent", "organization", "test",
    "filters", "warehouses", "webhook", "dry-run", "schedule",
)  # fmt: skip

ROWS = [
    Row(ROOT, "GET", to(CONFIGURERS)),
    Row(ROOT, "POST", to(CONFIGURERS)),
    *both(f"{ROOT}consent/return/", to(CONFIGURERS, 302)),
    *(row for step in STEPS for row in both(f"{ROOT}{step}/", to(CONFIGURERS), to(CONFIGURERS, 302))),
]
