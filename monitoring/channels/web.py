"""What channels that post somewhere have in common: the address checked, and an answer read as taken or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import orjson

from zoho_sync.sentences import Sentence, said
from zoho_sync.sentences import sentence as _

from .. import addresses
from ..addresses import Answer
from .base import ChannelError

_LATER = {408, 425, 429}  # beside everything from 500 on: these may be tried again


def problem(url: str) -> str:
    """Why an address cannot be used; empty when it can."""
    try:
        addresses.check(url)
    except addresses.AddressRefused as error:
        return said(error)
    return ""


def post_json(url: str, told: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Raises ChannelError when nothing came back, or nothing may be sent there."""
    return post(url, orjson.dumps(told), headers)


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "TSH-ERP", **(headers or {})}
    try:
        return addresses.post(url, body, sent)
    except addresses.AddressRefused as error:
        raise ChannelError(said(error), permanent=True) from None
    except addresses.NoAnswer as error:
        raise ChannelError(said(error)) from None


def accepted(
    answer: Answer, gone: Mapping[int, Sentence] | None = None, also_later: Collection[int] = ()
) -> None:
    """Raises ChannelError unless the answer is 2xx. gone: what certain statuses mean here, in words."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in (gone or {}):
        raise ChannelError((gone or {})[status], permanent=True)
    if 300 <= status < 400:
        reason = _("It answered %(status)s and points elsewhere; enter the address it points to.")
        raise ChannelError(reason % {"status": status}, permanent=True)
    reason = _("It answered with the status %(status)s.") % {"status": status}
    if status in _LATER or status in also_later or status >= 500:
        raise ChannelError(reason, retry_after=answer.retry_after)
    raise ChannelError(reason, permanent=True)
