"""How many chosen records are read again at most; how many calls are left for it."""

from __future__ import annotations

from .. import status
from ..options import MAX_BATCH
from ..processors import registry
from ..processors.base import Details

# More than that is a sync, not a refresh. Of details that are read many at a time: a hundred calls.
MOST_EACH, MOST_BULK = 1000, 100 * MAX_BATCH


def most_rows(entity: str) -> int:
    return MOST_BULK if registry.get(entity).details is Details.BULK else MOST_EACH


def calls_left() -> list[int]:
    """Of each organisation's day, for whoever is asked to spend them."""
    return [status.budget(organization).left for organization in status.organizations()]
