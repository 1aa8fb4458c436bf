"""Secrets at rest: a text column that is encrypted with Fernet (AES-128-CBC + HMAC) under rotating keys.

Keys: settings.ENCRYPTION_KEYS, newest first; when empty one is derived from SECRET_KEY (and its fallbacks), so that a
small installation is safe without a further setting. Old keys still decrypt; every write uses the newest.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from .errors import SyncError
from .sentences import sentence as _


class SecretUnreadable(SyncError):
    """A stored secret was encrypted under a key that is no longer in ENCRYPTION_KEYS or SECRET_KEY."""


def _cipher() -> MultiFernet:
    return _made(tuple(settings.ENCRYPTION_KEYS) or (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)  # the token is read for every call: three secrets each
def _made(keys: tuple[str, ...]) -> MultiFernet:
    derived = (hashlib.sha256(b"zoho_sync.encryption" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class EncryptedTextField(models.TextField):
    """Text that only this application can read. Empty text stays empty. Cannot be searched or ordered by."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return _cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return _cipher().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable(
                _(
                    "A stored secret cannot be read with today's keys. Put the former key into ENCRYPTION_KEYS or "
                    "SECRET_KEY_FALLBACKS, or connect again with `manage.py zoho_connect`."
                )
            ) from error
