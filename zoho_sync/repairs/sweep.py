"""What is put right without anybody's asking, every few minutes. Each act is a line of the audit, in words.

Every act is claimed by a change that only one process can make, so that two sweeps at once do it once, and it commits
together with its line: a kill in between leaves neither or both.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from . import dead_letters, leases, runs, silence, token

log = logging.getLogger(__name__)

STEPS: dict[str, Callable[[], int]] = {
    "runs": runs.mend,
    "leases": leases.mend,
    "dead letters": dead_letters.mend,
    "tokens": token.mend,
    "silent webhooks": silence.mend,
}


def sweep() -> str:
    """One look at everything; what goes wrong with one thing keeps no other from being mended."""
    done = []
    for name, mend in STEPS.items():
        try:
            if count := mend():
                done.append(f"{name}: {count}")
        except Exception:
            log.exception("repairing %s failed", name)
            done.append(f"{name}: failed")
    return ", ".join(done) or "nothing to repair"
