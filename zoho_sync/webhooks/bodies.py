"""What a delivery is about, read from its address and body. Pure, and never sure: a hint, of which ids are all we use.

Forms seen and documented: the record under its module's key, the record alone (numbers as text), an envelope of
{event_id, event_type, entity_id, organization_id, data}, a form field that holds JSON, and a plain form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ..errors import PayloadError
from ..payloads import decode
from ..sentences import said
from ..sentences import sentence as _
from ..subjects import DOORS, SUBJECTS, Subject, item_ids_of
from .proofs import pairs

FORM = "application/x-www-form-urlencoded"
MOST_ITEMS = 5000  # in the lines of one document
# Whose id a record without a wrapping holds, surest first: an invoice names its order, an item nothing else.
_BY_ID = (
    "transfer_order", "inventory_adjustment", "salesreturn", "creditnote", "vendor_credit", "package",
    "customerpayment", "bill", "invoice", "purchaseorder", "salesorder", "pricebook", "item", "contact", "user",
)  # fmt: skip
_ENVELOPE = frozenset({"event_id", "event_type", "entity_id", "data"})


@dataclass(frozen=True)
class Hint:
    """subject: None when nobody can say. problem: why the body could not be read; "" when it could.

    organization_id: Zoho's, when the delivery names one. item_ids: of the items in a document's lines.
    """

    subject: Subject | None = None
    record_id: str = ""
    item_ids: tuple[str, ...] = ()
    event_type: str = ""
    source_event_id: str = ""
    organization_id: str = ""
    is_test: bool = False
    problem: str = ""


def is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == FORM


def read(door: str, query: bytes, content_type: str, body: bytes) -> Hint:
    """door: the last word of the address, "" for the one without. The path decides, then the body."""
    asked = dict(pairs(query))
    blank = Hint(
        DOORS.get(door),
        event_type=_short(asked.get("event_type") or asked.get("event"), 64),
        organization_id=_short(asked.get("organization_id"), 64),
        is_test=asked.get("test") in ("1", "true"),
    )
    if door and door not in DOORS:
        return replace(blank, problem=_("“%(door)s” is none of our addresses.") % {"door": door[:32]})
    try:
        told = _told(content_type, body)
    except PayloadError as error:
        return replace(blank, problem=said(error))
    record, named, envelope = _unwrapped(told)
    event_type = _short(envelope.get("event_type"), 64) or blank.event_type
    subject, record_id = _subject(blank.subject, named, record, event_type)
    if subject is not None and not record_id:
        record_id = _id(envelope.get("entity_id")) or _id(asked.get(subject.id_key))
    return replace(
        blank,
        subject=subject,
        record_id=record_id,
        item_ids=_item_ids(subject, record),
        event_type=event_type,
        source_event_id=_short(envelope.get("event_id"), 128),
        organization_id=_short(envelope.get("organization_id"), 64) or blank.organization_id,
    )


def _told(content_type: str, body: bytes) -> dict[str, Any]:
    """The body as one object. Raises PayloadError."""
    if body.lstrip()[:1] == b"{" or not (is_form(content_type) or b"=" in body):
        return decode(body)
    try:
        fields = dict(pairs(body))
    except ValueError as error:
        raise PayloadError(_("The form has far too many fields.")) from error
    holders = sorted(
        fields, key=lambda name: name.lower() != "jsonstring"
    )  # Zoho's own name for it goes first
    for name in holders:
        if fields[name].lstrip()[:1] == "{":
            return decode(fields[name].encode("utf-8", "replace"))
    return fields


def _unwrapped(told: dict) -> tuple[dict, Subject | None, dict]:
    """(the record, the subject under whose key it lay, the envelope around it)."""
    envelope: dict = {}
    if len(_ENVELOPE & told.keys()) >= 2:
        envelope = told
        data = told.get("data")
        told = data if isinstance(data, dict) else {}
    for name, value in told.items():
        if isinstance(value, dict) and (subject := _by_name(name)):
            return value, subject, envelope or told
    return told, None, envelope


def _subject(
    by_door: Subject | None, named: Subject | None, record: dict, event: str
) -> tuple[Subject | None, str]:
    """The subject and its record's id. An address that does not fit what it brought is corrected by the body."""
    by_event = _by_name(event) if event else None
    candidates = [by_door, named, by_event]
    if named is not None and named.is_document and by_door is not None and not by_door.is_document:
        candidates = [named, by_door, by_event]  # a document at the address of items or stock
    for subject in candidates:
        if subject is not None and (found := _id(record.get(subject.id_key))):
            return subject, found
    if named is None and by_event is None:
        for name in _BY_ID:
            if found := _id(record.get(SUBJECTS[name].id_key)):
                return SUBJECTS[name], found
    return named or by_door or by_event, ""


def _by_name(name: str) -> Subject | None:
    """`salesorder`, `sales_order`, `salesorder.created` and `credit_note_deleted` name subjects."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    plain = re.sub(r"(created|edited|updated|deleted|changed)$", "", plain)
    return _PLAIN.get(plain)


_PLAIN = {name.replace("_", ""): subject for name, subject in SUBJECTS.items()}


def _item_ids(subject: Subject | None, record: dict) -> tuple[str, ...]:
    if subject is None or not subject.is_document:
        return ()
    found: dict[str, None] = {}
    for key in subject.lines:
        for told in item_ids_of(_list(record.get(key))):
            if item_id := _id(told):
                found[item_id] = None
    return tuple(found)[:MOST_ITEMS]


def _list(value: Any) -> list:
    """A list; in a form it is JSON text."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        try:
            value = decode(b'{"lines":' + value.encode("utf-8", "replace") + b"}")["lines"]
        except PayloadError:
            return []
    return value if isinstance(value, list) else []


def _id(value: Any) -> str:
    """An id as text, however it was sent; "" for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return text if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", text) else ""


def _short(value: Any, length: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()[:length]
