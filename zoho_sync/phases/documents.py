"""Documents (invoices, bills, transfers …) that a webhook speaks of: they move the stock of the items in their lines.

One call serves both: the document is kept under its own entity, and the phase after this one reads the items. What was
found goes into the run's cursor as "named":
{"invoice 123": {"items": ["…"]} | {"gone": true} | {"problem": "…", "is_scope": false}}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import AuthError, NotFound, PayloadError, Refused, UnknownPath
from ..payloads import decode
from ..processors.base import Kind
from ..sentences import Sentence, said
from ..subjects import SUBJECTS, Subject, item_ids_of
from ..work import Page, Work
from ..zoho.answers import NOT_AUTHORIZED
from ..zoho.client import ZohoClient

MOST_ITEMS = 5000  # of one document; Zoho's own limit on lines is far below
MOST_REFUSED = 8  # documents in a row; then it is not about the documents


def place_of(kind: str, external_id: str) -> str:
    """The document's key in the cursor."""
    return f"{kind} {external_id}"


def documents(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """`GET /<path>/<id>` of each document that the run was given, a page each."""
    refused = 0
    for number, (kind, external_id) in enumerate(work.options.documents, start=1):
        if number <= at.get("number", 0):
            continue
        subject = SUBJECTS[kind]
        found: dict[str, Any]
        rows: list[bytes] = []
        try:
            rows = [client.get(f"{subject.path}/{external_id}").row(subject.detail_key)]
            found = {"items": items_of(subject, decode(rows[0]))}
            refused = 0
        except NotFound:
            found = {"gone": True}
        except PayloadError as error:
            found = {"problem": _kept(said(error))}
        except (UnknownPath, Refused, AuthError) as error:
            if isinstance(error, AuthError) and error.code != NOT_AUTHORIZED:
                raise  # about the token, not about this kind of document
            refused += 1
            if refused > MOST_REFUSED:
                raise
            found = {"problem": _kept(said(error)), "is_scope": isinstance(error, AuthError)}
        named = {place_of(kind, external_id): found}
        yield Page(
            number, rows, Kind.DETAIL, client.asked_at, {"number": number}, named=named,
            gone=(external_id,) if "gone" in found else (), entity=subject.mirror, there_at=client.there_at,
        )  # fmt: skip


def named_items(work: Work) -> tuple[str, ...]:
    """The items that this run's documents have named so far, each once."""
    told = work.run.cursor.get("named", {})
    return tuple(dict.fromkeys(item for found in told.values() for item in found.get("items", ())))


def items_of(subject: Subject, document: dict) -> list[str]:
    """The ids of the items in its lines, each once. Lines of plain text name none."""
    told = (document.get(key) for key in subject.lines)
    lines = [line for each in told if isinstance(each, list) for line in each]
    found = (str(each or "").strip() for each in item_ids_of(lines))
    return list(dict.fromkeys(each for each in found if each and len(each) <= 64))[:MOST_ITEMS]


def _kept(reason: str) -> Any:
    return reason.pack() if isinstance(reason, Sentence) else reason
