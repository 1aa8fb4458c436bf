"""One picture: asked for, checked, drawn anew and put on the disk. What comes of it are plain facts, which the loader
writes like any record; until they are in, the file is one that nobody refers to, and no harm."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from inventory.models import Product, ProductPicture
from inventory.pictures import making, store
from inventory.pictures.making import Unfit

from ..errors import NotFound, Refused, UnknownPath, ZohoUnavailable
from ..sentences import Sentence, said
from ..zoho.client import ZohoClient
from ..zoho.details import MOST_REFUSED
from . import budget

log = logging.getLogger(__name__)

Problem, State = ProductPicture.Problem, ProductPicture.State
MOST_UNANSWERED = 3  # pictures in a row; then it is not about the pictures
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(hours=1), timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """A product whose picture is due, with what is known of its picture; `before` is None when nothing is."""

    product: Product
    before: ProductPicture | None

    @property
    def facts(self) -> dict[str, Any]:
        """Who it belongs to, and how the source names it now."""
        return {
            "item_id": self.product.external_id,
            "document_id": self.product.image_document_id,
            "name": self.product.image_name,
        }

    @property
    def is_same(self) -> bool:
        """Does the source still name the picture that is known?"""
        known = self.before
        told = (self.product.image_document_id, self.product.image_name)
        return known is not None and (known.document_id, known.name) == told


def encoded(facts: dict[str, Any]) -> bytes:
    return msgspec.json.encode(facts)


def planned(wanted: Wanted) -> bytes:
    """What a dry run tells of it: that it would be fetched."""
    return encoded({**wanted.facts, "state": State.WAITING, "problem": ""})


def kept_already(wanted: Wanted) -> bytes | None:
    """The facts of a picture that had left and is named again as before, while its files are still here: no call."""
    known = wanted.before
    if known is None or not (known.is_removed and wanted.is_same and known.state == State.HERE):
        return None
    return _here(wanted, known) if store.is_whole(known.digest) else None


class Fetcher:
    """Fetches one picture after the other. Raises what is not about a single picture: Throttled, BudgetExhausted,
    AuthError; a refusal or a silence of Zoho's that meets picture after picture; and OSError when the disk refuses."""

    def __init__(self, client: ZohoClient):
        self.client = client
        self._refused = self._unanswered = 0

    def fetch(self, wanted: Wanted) -> bytes:
        """The facts of what came of it, as JSON."""
        budget.check(self.client.organization)
        try:
            _kind, content = self.client.get_bytes(
                f"items/{wanted.product.external_id}/image",
                max_bytes=settings.PICTURES["MAX_BYTES"],
                accept="image/webp,image/*,*/*;q=0.5",
            )
        except (NotFound, UnknownPath) as error:
            return self._answered(_absent(wanted, error))
        except Refused as error:
            if error.http_status == 404:
                return self._answered(_absent(wanted, error))
            self._refused += 1
            if self._refused > MOST_REFUSED:
                raise
            return _none(wanted, State.REFUSED, Problem.NOT_GIVEN, error)
        except ZohoUnavailable as error:
            if not error.is_transient:
                return self._answered(_none(wanted, State.REFUSED, Problem.TOO_MANY_BYTES))
            self._unanswered += 1
            if self._unanswered >= MOST_UNANSWERED:
                raise
            return _failed(wanted, error)
        return self._answered(_taken(wanted, content))

    def _answered(self, facts: bytes) -> bytes:
        self._refused = self._unanswered = 0
        return facts


def _taken(wanted: Wanted, content: bytes) -> bytes:
    source = making.digest_of(content)
    rows = ProductPicture.objects.filter(source_digest=source, state=State.HERE).exclude(digest="")
    twin = rows.order_by("pk").first()
    if twin is not None and store.is_whole(twin.digest):
        return _here(wanted, twin)
    try:
        made = making.make(content)
    except Unfit as error:
        log.info("the picture of item %s is refused: %s", wanted.product.external_id, error.problem)
        return _none(wanted, State.REFUSED, error.problem, source=source, size=len(content))
    store.keep(made)
    return encoded(
        {
            **wanted.facts, **_settled(State.HERE), "source_digest": source, "source_kind": made.source_kind,
            "source_bytes": len(content), "digest": made.digest, "width": made.width, "height": made.height,
            "bytes": made.bytes, "fetched_at": _since(wanted, source),
        }
    )  # fmt: skip


def _here(wanted: Wanted, known: ProductPicture) -> bytes:
    """As a picture whose files are here already."""
    names = ("source_digest", "source_kind", "source_bytes", "digest", "width", "height", "bytes")
    told = {name: getattr(known, name) for name in names}
    return encoded(
        {**wanted.facts, **_settled(State.HERE), **told, "fetched_at": _since(wanted, known.source_digest)}
    )


def _settled(state: str, problem: str = "") -> dict[str, Any]:
    return {"state": state, "problem": problem, "attempts": 0, "next_attempt_at": ""}


def _since(wanted: Wanted, source: str) -> str:
    """When this content came first: asking again and getting the same is no change."""
    known = wanted.before
    if known is not None and known.source_digest == source and known.fetched_at is not None:
        return known.fetched_at.isoformat()
    return timezone.now().isoformat()


def _absent(wanted: Wanted, error: Exception) -> bytes:
    return _none(wanted, State.ABSENT, Problem.NO_PICTURE, error)


def _none(
    wanted: Wanted,
    state: str,
    problem: str,
    error: Exception | None = None,
    *,
    source: str = "",
    size: int | None = None,
) -> bytes:
    """There is no picture of it, and none of an earlier one is shown in its place."""
    nothing = {"digest": "", "width": None, "height": None, "bytes": None, "source_kind": ""}
    told = {"source_digest": source, "source_bytes": size, "fetched_at": "", "answer": _answer(error)}
    return encoded({**wanted.facts, **_settled(state, problem), **nothing, **told})


def _failed(wanted: Wanted, error: Exception) -> bytes:
    """It is asked for again, later and later. A picture that is here and still named so stays what it is."""
    attempts = (wanted.before.attempts if wanted.before else 0) + 1
    pause = min(_FIRST_PAUSE * 2 ** min(attempts - 1, 10), _LONGEST_PAUSE)
    told = {"attempts": attempts, "next_attempt_at": _iso(timezone.now() + pause), "answer": _answer(error)}
    problem = {"state": State.FAILED, "problem": Problem.NOT_ANSWERED}
    nothing = {} if wanted.is_same else {"digest": "", "width": None, "height": None, "bytes": None}
    return encoded({**wanted.facts, **problem, **nothing, **told})


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _answer(error: Exception | None) -> Any:
    """What was said instead of giving a picture, so that it can be said again in another language."""
    told = said(error) if error is not None else ""
    return told.pack() if isinstance(told, Sentence) else told
