"""The budget of calls: every role looks."""

from __future__ import annotations

from tests.access.pages import EVERYBODY, both, to

ROWS = [*both("admin/zoho_sync/oauthtoken/budget/", to(EVERYBODY))]
