"""Which keys of `.env` a backup needs: their names and fingerprints. The keys themselves are never in it.

A fingerprint tells whether two machines have the same key, and no more: a key has at least as much chance in it as the
secrets that lie in the same backup, encrypted under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _


def fingerprint(key: str) -> str:
    return hashlib.sha256(b"tsh-erp backup key fingerprint\0" + key.encode()).hexdigest()[:16]


def needed() -> list[dict[str, str]]:
    """Those under which stored secrets are encrypted (Zoho's tokens, secrets of webhooks and channels)."""
    if settings.ENCRYPTION_KEYS:
        return [_told("ENCRYPTION_KEYS", key) for key in settings.ENCRYPTION_KEYS]
    return [
        _told("SECRET_KEY", settings.SECRET_KEY),
        *(_told("SECRET_KEY_FALLBACKS", key) for key in settings.SECRET_KEY_FALLBACKS),
    ]


def _told(name: str, key: str) -> dict[str, str]:
    return {"name": name, "fingerprint": fingerprint(key)}


def missing(told: list[dict[str, Any]]) -> Iterator[str]:
    """A sentence for each key that this machine has not."""
    here = {each["fingerprint"] for each in needed()}
    for each in told:
        if each["fingerprint"] not in here:
            yield _(
                "This machine lacks the key %(fingerprint)s, which was in %(name)s where the backup was made. Secrets "
                "stored under it (tokens, webhook and channel secrets) cannot be read here: put it into "
                "ENCRYPTION_KEYS, after this machine's own, or enter the secrets anew."
            ) % {"fingerprint": each["fingerprint"], "name": each["name"]}
