"""A second factor: six digits of an app on somebody's phone (TOTP, RFC 6238), or one of ten codes on paper.

Each code counts once, whoever sends it how often at the same time. The key is encrypted in the database; of the codes
on paper only digests are kept.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import time
import unicodedata
from datetime import timedelta
from typing import Any

import segno
from cryptography.hazmat.primitives import constant_time, hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from inventory import acts
from zoho_sync.encryption import SecretUnreadable

from .models import SecondFactor

log = logging.getLogger(__name__)
ISSUER = "TSH ERP"
DIGITS, STEP_SECONDS = 6, 30
DRIFT = 1  # a phone's clock may be so many steps off, either way
CODES = 10
_CODE_BYTES = 10  # 16 letters and digits
SET_UP_MINUTES = 15


def factor_of(user: Any) -> SecondFactor | None:
    """Of somebody who has confirmed it. user: as the backend reads him, with it and without its secrets."""
    found = getattr(user, "second_factor", None)
    return found if found is not None and found.confirmed_at is not None else None


def must_set_up(user: Any) -> bool:
    """Staff without a second factor, where the settings want one."""
    return settings.SECOND_FACTOR == "required" and user.is_staff and factor_of(user) is None


def start(user: Any) -> SecondFactor:
    """A key that counts once a code of it was right. Must not be called for somebody who has confirmed one."""
    key = base64.b32encode(secrets.token_bytes(20)).decode()
    found, _is_new = SecondFactor.objects.update_or_create(
        user=user, confirmed_at=None, defaults={"key": key, "begun_at": timezone.now()}
    )
    return found


def started(user: Any) -> SecondFactor | None:
    """What `start` made a short while ago."""
    since = timezone.now() - timedelta(minutes=SET_UP_MINUTES)
    return SecondFactor.objects.filter(user=user, confirmed_at=None, begun_at__gt=since).first()


def confirm(factor: SecondFactor, code: str) -> list[str]:
    """From now on it counts, if the code is right: the codes for paper, which nobody can tell again; else nothing."""
    step = _step_of(factor, _plain(code))
    if step is None:
        return []
    codes, digests = _new_codes()
    found = SecondFactor.objects.filter(pk=factor.pk, begun_at=factor.begun_at, confirmed_at=None)
    with transaction.atomic():
        counts = found.update(confirmed_at=timezone.now(), last_step=step, recovery=digests)
        if counts:
            _tell(factor.user_id, second_factor=(False, True))
    return codes if counts else []


def renew_codes(factor: SecondFactor) -> list[str]:
    """Ten new ones for paper; the former ones count no more."""
    codes, digests = _new_codes()
    with transaction.atomic():
        SecondFactor.objects.filter(pk=factor.pk).update(recovery=digests)
        _tell(factor.user_id, recovery_codes=(len(factor.recovery), len(digests)))
    return codes


def spend(factor: SecondFactor, code: str) -> bool:
    """Is the code right, and was it not used before? It is used now."""
    plain = _plain(code)
    if len(plain) != DIGITS:
        return _spend_recovery(factor, plain)
    try:
        step = _step_of(factor, plain)
    except SecretUnreadable:  # the codes on paper need no key, and an administrator can reset it
        log.warning("the second factor of %s cannot be read with today's keys", factor.user.get_username())
        return False
    unused = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step or 0)
    return step is not None and unused.update(last_step=step) == 1


def reset(user: Any) -> bool:
    """Take it away, and with it all logins that it was shown for. Was there one?"""
    with transaction.atomic():
        count, _by_kind = SecondFactor.objects.filter(user=user).delete()
        if count:
            _tell(user.pk, second_factor=(True, False))
    return bool(count)


def _tell(user_id: int, **changes: tuple[object, object]) -> None:
    """The trail has it under the user."""
    acts.tell(get_user_model(), "changed", {user_id: changes})


def address_of_key(factor: SecondFactor) -> str:
    """What the phone reads: otpauth://…, with the key in it."""
    return _totp(factor).get_provisioning_uri(factor.user.get_username(), ISSUER)


def picture(factor: SecondFactor) -> str:
    """A QR code as a data URI, dark on white whatever the page's colours: phones read no other reliably."""
    made = segno.make(address_of_key(factor), error="m", micro=False)
    return made.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def spelled(key: str) -> str:
    """In groups of four, for people who type."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.key), DIGITS, hashes.SHA1(), STEP_SECONDS)  # noqa: S303


def _step_of(factor: SecondFactor, plain: str) -> int | None:
    """The newest step that has this code."""
    totp, now = _totp(factor), int(time.time()) // STEP_SECONDS
    steps = range(now + DRIFT, now - DRIFT - 1, -1)
    right = [
        step
        for step in steps  # all of them, so that time tells nothing
        if constant_time.bytes_eq(totp.generate(step * STEP_SECONDS), plain.encode())
    ]
    return right[0] if right else None


def _spend_recovery(factor: SecondFactor, plain: str) -> bool:
    digest = _digest(plain)
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().defer("key").filter(pk=factor.pk).first()
        if row is None or digest not in row.recovery:
            return False
        row.recovery = [each for each in row.recovery if each != digest]
        row.save(update_fields=["recovery"])
    return True


def _new_codes() -> tuple[list[str], list[str]]:
    plain = [base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode() for _each in range(CODES)]
    return [spelled(each).replace(" ", "-") for each in plain], [_digest(each) for each in plain]


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def _plain(code: str) -> str:
    """Without spaces and dashes, in capitals, with the digits of any keyboard, Arabic ones too, as 0 to 9."""
    told = "".join(str(unicodedata.digit(each, each)) for each in code[:100] if each.isalnum())
    return told.upper() if told.isascii() else ""
