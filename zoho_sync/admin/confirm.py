"""One page before anything starts; it lives with the pages of the catalogue, which ask in the same way."""

from __future__ import annotations

from inventory.admin.confirm import Entry, Question, ask

__all__ = ["Entry", "Question", "ask"]
