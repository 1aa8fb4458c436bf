"""Who may read the metrics: who may see their rows, by session or token."""

from __future__ import annotations

from tests.access.matrix import Row

ROWS = [Row("metrics", "GET", "401 403 403 200 200 200")]
