"""One round of the truth meter: draw, ask, judge, keep. What an answer told is kept at once and whole, so that a round
that is killed loses at most the answer in hand."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from ..errors import SyncError
from ..models import TruthCheck
from ..options import MAX_BATCH, Priority
from ..sentences import said
from ..sentences import sentence as _
from ..signals import TruthEvent, tell_all, truth_checked
from ..zoho.client import ZohoClient
from .drifts import open_drifts
from .judging import Judgement, judge
from .mending import mend_drifts
from .reading import Told, read
from .sampling import Sample, draw
from .spending import allowance

log = logging.getLogger(__name__)

EVENT = "tds.zoho.truth.checked"
_READ_BY = {"stock": "products"}  # whose answer tells of it
Verdict = TruthCheck.Verdict


@dataclass
class Round:
    """wanted: records to compare. allowed: calls it might make; calls: those it made. drawn: records that were drawn.

    checks: a row for each record that was compared; a product's stock is one of its own. reason: why not everything
    that was wanted was compared, in words; "" when it was.
    """

    wanted: int
    allowed: int = 0
    drawn: int = 0
    calls: int = 0
    checks: list[TruthCheck] = field(default_factory=list)
    reason: str = ""

    def count(self, verdict: str) -> int:
        return sum(1 for each in self.checks if each.verdict == verdict)

    def of(self, entity: str) -> list[TruthCheck]:
        return [each for each in self.checks if each.entity == entity]


class _Ended(Exception):
    """The round has to stop; its reason is the text."""


def cost_of_check(organization, count: int) -> int:
    """About how many calls a round of `count` records makes now; 0 when none may be made."""
    allowed = allowance(organization).calls
    return min(draw(organization, count, allowed).calls, allowed)


def check_truth(organization, count: int | None = None, *, seconds: float | None = None) -> Round:
    """Compare records drawn at random with Zoho, field by field. Nothing that is mirrored is written.

    count: records; None is what an hour is to bring (settings.TRUTH). seconds: no call is begun later than that.
    Never raises for what Zoho says or refuses: `reason` tells it.
    """
    wanted = settings.TRUTH["CHECKS_PER_HOUR"] if count is None else count
    found = Round(wanted)
    if wanted <= 0:
        found.reason = _("Checks are switched off (TRUTH_CHECKS_PER_HOUR is 0).")
        return found
    allowed = allowance(organization)
    found.allowed, found.reason = allowed.calls, allowed.reason
    if not found.allowed:
        return found
    sample = draw(organization, wanted, found.allowed)
    found.drawn = len(sample)
    if not found.drawn:
        found.reason = _("Nothing has been read from Zoho yet, so there is nothing to compare.")
        return found
    if found.drawn < wanted:
        found.reason = _("There are not more records, or not the calls for more.")
    deadline = time.monotonic() + seconds if seconds is not None else None
    try:
        with ZohoClient(organization, priority=Priority.BACKGROUND) as client:
            try:
                _compare(client, sample, found, deadline)
            finally:
                found.calls = client.calls_count
    except (SyncError, _Ended) as error:
        found.reason = said(error)
        log.info("truth of organisation %s: ended early: %s", organization.pk, error)
    mend_drifts()
    return found


def _compare(client: ZohoClient, sample: Sample, found: Round, deadline: float | None) -> None:
    for entity, ids in _portions(sample):
        _may_go_on(client, found, deadline)
        for told in read(client, entity, ids):
            judged = _judged(client, told)
            doubtful = [each for each in judged if each.is_doubtful]
            _keep(client.organization, (each for each in judged if not each.is_doubtful), found)
            if doubtful:
                _may_go_on(client, found, deadline)
                _keep(client.organization, _anew(client, doubtful), found)


def _portions(sample: Sample) -> Iterator[tuple[str, Sequence[str]]]:
    """Parts of the sample that are asked for together; between two of them the round may end."""
    for start in range(0, len(sample.products), MAX_BATCH):
        yield "products", sample.products[start : start + MAX_BATCH]
    for each in sample.price_lists:
        yield "price_lists", (each,)
    for each in sample.customers:
        yield "customers", (each,)
    for entity, external_id in sample.documents:
        yield entity, (external_id,)


def _may_go_on(client: ZohoClient, found: Round, deadline: float | None) -> None:
    if client.calls_count >= found.allowed:
        told = _("The %(count)s calls that were allowed are spent.")
        raise _Ended(told % {"count": found.allowed})
    if deadline is not None and time.monotonic() > deadline:
        raise _Ended(_("The time is up; another round goes on with other records."))


def _judged(client: ZohoClient, told: Iterable[Told], *, is_final: bool = False) -> list[Judgement]:
    found = (judge(client.organization, each, is_final=is_final) for each in told)
    return [each for each in found if each is not None]


def _anew(client: ZohoClient, doubtful: list[Judgement]) -> Iterator[Judgement]:
    """The second verdict counts, whatever it is."""
    entity = _READ_BY.get(doubtful[0].told.entity, doubtful[0].told.entity)
    wanted = {each.key for each in doubtful}
    ids = tuple(dict.fromkeys(each.told.external_id for each in doubtful))
    for told in read(client, entity, ids):
        yield from (each for each in _judged(client, told, is_final=True) if each.key in wanted)


def _keep(organization, judged: Iterable[Judgement], found: Round) -> None:
    checks = [_row(organization, each) for each in judged]
    if not checks:
        return
    events = [
        TruthEvent(EVENT, organization.pk, each.entity, each.external_id, str(each.verdict))
        for each in checks
    ]
    with transaction.atomic():
        TruthCheck.objects.bulk_create(checks)
        drifts = open_drifts(TruthCheck.objects.filter(organization=organization))
        for each in checks:
            if each.verdict == Verdict.EQUAL:
                same = drifts.filter(entity=each.entity, external_id=each.external_id)
                same.update(mended_at=each.checked_at)
        tell_all(truth_checked, events)
    found.checks += checks


def _row(organization, judged: Judgement) -> TruthCheck:
    return TruthCheck(
        organization=organization,
        entity=judged.told.entity,
        external_id=judged.told.external_id,
        label=judged.label[:255],
        checked_at=judged.told.asked_at,
        verdict=judged.verdict,
        reason=judged.reason,
        differences=judged.differences,
    )
