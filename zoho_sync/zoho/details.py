"""Details of many items in one call. How many ids a call takes is not documented: it is found out, and remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from inventory.models import Organization

from ..errors import NotFound, Refused
from ..models import FilterVerdict
from ..sentences import said
from . import clock
from .client import ZohoClient

RESOURCE, LIST_KEY = "itemdetails", "items"
MAX_IDS = "max_ids"
MEMORY = timedelta(days=7)
MOST_REFUSED = (
    8  # single ids in a row; then it is not about the ids, and halving would only spend the day's calls
)
_TOO_MANY = (400, 413, 414)


@dataclass(frozen=True)
class DetailBatch:
    """One answered call. asked: the ids it named. rows: raw JSON text of each record; ids may be absent, or foreign.

    asked_at: ZohoClient's. refused: Zoho's words where it refused the one id of `asked`; "" otherwise.
    """

    asked: tuple[str, ...]
    rows: list[bytes]
    asked_at: datetime
    refused: str = ""


def read_details(client: ZohoClient, ids: Sequence[str], *, batch_size: int) -> Iterator[DetailBatch]:
    """Details of these items, at most `batch_size` to a call, in their order.

    A refused batch is halved; when both halves work, twice, their size is what Zoho takes, and is kept for a week: a
    single refusal may have been about nothing, and half the size is twice the calls.
    Raises whatever ZohoClient.get raises, save refusals (HTTP 400, 413, 414, 404), which end at the id they are about,
    unless nothing but refusals comes.
    """
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    reader = _Reader(client, batch_size)
    unique = tuple(dict.fromkeys(ids))
    at = 0
    while at < len(unique):
        batch = unique[at : at + reader.size]
        yield from reader.read(batch)
        at += len(batch)


def known_size(organization: Organization, batch_size: int) -> int:
    """How many ids a call takes, as far as that is known; at most `batch_size`."""
    since = clock.now() - MEMORY
    known = _verdicts(organization).filter(probed_at__gt=since).values_list("number", flat=True).first()
    return min(batch_size, known or batch_size)


def _verdicts(organization: Organization) -> QuerySet[FilterVerdict]:
    return FilterVerdict.objects.filter(organization=organization, resource=RESOURCE, name=MAX_IDS)


class _Reader:
    def __init__(self, client: ZohoClient, batch_size: int):
        self.client = client
        self.size = known_size(client.organization, batch_size)
        self._refused = 0
        self._proofs: Counter[int] = Counter()  # how often both halves of that size have worked

    def read(self, batch: tuple[str, ...]) -> Generator[DetailBatch, None, bool]:
        """Yields the batches; returns whether this one, as a whole, was free of refusals below its own size."""
        if len(batch) > self.size:  # learnt since it was cut
            whole = True
            for at in range(0, len(batch), self.size):
                whole = (yield from self.read(batch[at : at + self.size])) and whole
            return whole
        try:
            asked = {"item_ids": ",".join(batch)}
            rows = self.client.get(RESOURCE, asked, list_key=LIST_KEY).rows(LIST_KEY)
        except (Refused, NotFound) as error:
            if isinstance(error, Refused) and error.http_status not in _TOO_MANY:
                raise
            if len(batch) == 1:
                self._refused += 1
                if self._refused > MOST_REFUSED:
                    raise
                reason = "" if isinstance(error, NotFound) else said(error)
                yield DetailBatch(batch, [], self.client.asked_at, reason)
                return False
            return (yield from self._halve(batch))
        self._refused = 0
        yield DetailBatch(batch, rows, self.client.asked_at)
        return True

    def _halve(self, batch: tuple[str, ...]) -> Generator[DetailBatch, None, bool]:
        middle = (len(batch) + 1) // 2
        first = yield from self.read(batch[:middle])
        second = yield from self.read(batch[middle:])
        if first and second and middle < self.size:  # it was the number, not one bad id
            self._proofs[middle] += 1
            if self._proofs[middle] > 1:
                self._remember(middle)
        return first and second

    def _remember(self, number: int) -> None:
        self.size = number
        FilterVerdict.objects.update_or_create(
            organization=self.client.organization,
            resource=RESOURCE,
            name=MAX_IDS,
            defaults={
                "verdict": FilterVerdict.Verdict.WORKS,
                "number": number,
                "probed_at": clock.now(),
            },
        )
