"""From raw records to rows: the only place that writes the mirrored tables.

prepare   hash, compare with what is stored, decode and expand what differs        (no transaction)
store     plan the differences; write rows, history, tombstones and failures       (the page's transaction)
"""

from .differences import Difference, differences
from .guard import allowance
from .page import Prepared, prepare, store
from .tombstones import UNKNOWN, bury, missing_ids, refuse_unknown, remove, unknown_ids, unlisted_open

__all__ = [
    "UNKNOWN",
    "Difference",
    "Prepared",
    "allowance",
    "bury",
    "differences",
    "missing_ids",
    "prepare",
    "refuse_unknown",
    "remove",
    "store",
    "unknown_ids",
    "unlisted_open",
]
