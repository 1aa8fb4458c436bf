"""What load balancers and everybody else may ask."""

from __future__ import annotations

from tests.access.matrix import Row

EVERYBODY, NOBODY = "200 200 200 200 200 200", "405 405 405 405 405 405"

ROWS = [
    *(Row(f"health/{name}", "GET", EVERYBODY) for name in ("live", "ready")),
    *(Row(f"health/{name}", "POST", NOBODY) for name in ("live", "ready")),
]
