"""Does a hint concern anything of ours? Said at the door already, so that the sender's log tells it too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..sentences import sentence as _
from ..subjects import Subject

IDENTIFIER = re.compile(r"[0-9A-Za-z_-]{1,64}")  # it becomes part of a path, or of a list separated by commas


def useless(subject: Subject | None, record_id: str, item_ids: Sequence[str]) -> str:
    """Why nothing can be read for a hint, "" when something can."""
    if subject is None:
        return _("It is not known what this webhook is about.")
    ids = [record_id] if record_id else item_ids
    if not any(IDENTIFIER.fullmatch(str(each)) for each in ids):
        return _("It does not name a record by its id.")
    return ""
