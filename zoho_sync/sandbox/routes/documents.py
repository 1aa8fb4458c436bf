"""GET /invoices/{id}, /salesorders/{id}, /bills/{id} and the other documents, each under its own root key."""

from __future__ import annotations

from ..answers import Request, Single, missing
from ..shapes import detail_body
from ..shapes.documents import DOCUMENTS


def detail(kind: str, request: Request, document_id: str) -> Single:
    record = request.world.record(kind, document_id)
    if record is None:
        raise missing(DOCUMENTS[kind].noun)
    return Single(DOCUMENTS[kind].root, detail_body(request.world, kind, record))
