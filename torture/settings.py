"""The product's own settings; only what no environment variable may say is opened, so that a case takes seconds.

A minute's calls: what is about the limit itself runs under the product's own. TORTURE_CLOCK_SECONDS: the host of this
process has a clock that is so far ahead; the kernel gives no process a clock of its own.
"""

from __future__ import annotations

import os
from datetime import timedelta

from tsh_erp.settings import *  # noqa: F403
from tsh_erp.settings import API, METRICS, ZOHO

if os.environ.get("TORTURE_OPEN_LIMITS"):
    ZOHO["CALLS_PER_MINUTE"] = 100_000
    METRICS["FLUSH_SECONDS"] = 30
    SILENCED_SYSTEM_CHECKS = ["zoho_sync.W003"]  # which warns of just that
API |= dict.fromkeys(("PER_MINUTE_TOKEN", "PER_MINUTE_ADDRESS", "REFUSED_PER_MINUTE"), 10_000_000)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if _ahead := float(os.environ.get("TORTURE_CLOCK_SECONDS") or 0):
    from django.utils import timezone

    _true_now = timezone.now
    timezone.now = lambda: _true_now() + timedelta(seconds=_ahead)
