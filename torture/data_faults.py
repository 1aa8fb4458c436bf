"""Records and listings as no documentation has them."""

from __future__ import annotations
