"""Products' pictures. What is read here is no answer of Zoho's but what became of one (pictures/fetching.py): the
facts of a picture that is kept, or the reason why there is none. Source: zoho-api "Items", `GET /items/{id}/image`."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy

from inventory.models import Product, ProductPicture
from inventory.models.pictures import PROBLEMS

from ..sentences import sentence as _
from ..sentences import unpack
from .base import Details, Expansion, Field, Kind, Link, Mapping, Processor, Row, identify
from .converters import key, whole
from .registry import register

Problem, State = ProductPicture.Problem, ProductPicture.State
_TIMES = ("fetched_at", "next_attempt_at")


def _computed(payload: dict) -> dict[str, Any]:
    times = {name: parse_datetime(payload[name] or "") for name in _TIMES if name in payload}
    return {**times, "product": payload["item_id"]}


mapping = Mapping(
    model=ProductPicture,
    fields={
        "document_id": Field("document_id", key),
        "name": Field("name"),
        "state": Field("state"),
        "problem": Field("problem"),
        "source_digest": Field("source_digest"),
        "source_kind": Field("source_kind"),
        "source_bytes": Field("source_bytes", whole),
        "digest": Field("digest"),
        "width": Field("width", whole),
        "height": Field("height", whole),
        "bytes": Field("bytes", whole),
        "attempts": Field("attempts", whole),
    },
    computed=_computed,
    links={"product": Link(Product)},
)


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    """The row is written in any case; a picture that did not come, or is not fit to be kept, is a failure beside it.
    That the source has none after all is an answer, and no failure."""
    item_id = identify(payload, "item_id")
    result = Expansion(rows=[Row(mapping, item_id, mapping.values(payload), unit=item_id)])
    if payload.get("state") in (State.REFUSED, State.FAILED):
        result.rejected.append((item_id, _reason(payload)))
    return result


def _reason(payload: dict) -> str:
    words = _(PROBLEMS[payload["problem"]])
    if payload["problem"] not in (Problem.NOT_ANSWERED, Problem.NOT_GIVEN):
        return words
    answer = payload.get("answer") or ""
    facts = {"problem": words, "answer": unpack(answer) if isinstance(answer, dict) else answer}
    return _("%(problem)s (%(answer)s)") % facts


pictures = register(
    Processor(
        entity="pictures",
        label=gettext_lazy("Pictures"),
        mapping=mapping,
        path="items/{id}/image",
        list_key="",
        id_key="item_id",
        expand=expand,
        details=Details.EACH,
        lane="pictures",
        depends_on=("products",),
        is_background=True,
    )
)
