"""What the page of one delivery shows: what became of it and why, its way in stages, and the delivery as it came."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.mirror import MOST_RAW, raw_panel
from inventory.admin.panels import Banner, Facts, Raw, Table
from inventory.models import Product

from ..explanations.rows import of_delivery
from ..models import WebhookDelivery
from .explained import as_panel
from .outcome import run_link
from .webhook_words import (
    MOODS,
    advice,
    delivery_tag,
    entity_or_nothing,
    marks,
    mirrored_rows,
    record_cell,
    seconds,
    subject_name,
)
from .words import state_tag

Status = WebhookDelivery.Status
MOST_OTHERS = 20
MOST_ITEMS = 50
MOST_HEX = 8192  # bytes
MOST_FIELDS = 50
MOST_VALUE = 2000  # characters of one form field in the table; the whole is in the body


def panels(delivery: WebhookDelivery) -> Iterable[object]:
    mood = {"quiet": "busy"}.get(MOODS.get(delivery.status, "quiet"), MOODS.get(delivery.status, "quiet"))
    reason = cells.words(delivery.reason) if delivery.reason else ""
    yield Banner(text=cells.stacked(reason, advice(delivery)), mood=mood)
    if explained := of_delivery(delivery):
        yield as_panel(explained)
    yield what_it_says(delivery)
    yield stages_table(delivery)


def lower_panels(delivery: WebhookDelivery) -> Iterable[object]:
    if delivery.item_ids:
        yield items_table(delivery)
    if delivery.record_id:
        yield others_table(delivery)
    yield how_it_came(delivery)
    yield headers_table(delivery)
    yield from body_panels(delivery)


def what_it_says(delivery: WebhookDelivery) -> Facts:
    row = mirrored_rows([delivery]).get(delivery.pk)
    return Facts(
        title=_("What it is about"),
        pairs=[
            (_("state"), cells.inline(delivery_tag(delivery), marks(delivery))),
            (_("subject"), subject_name(delivery.subject)),
            (_("record"), record_cell(delivery, row)),
            (_("event"), cells.words(delivery.event_type)),
            (_("what is read for it"), entity_or_nothing(delivery.entity)),
            (_("result"), delivery.get_result_display() or cells.UNKNOWN),
            (_("attempts"), cells.number(delivery.attempts_count)),
            (_("run"), run_link(delivery.run_id) if delivery.run_id else cells.UNKNOWN),
        ],
    )


def stages_table(delivery: WebhookDelivery) -> Table:
    """Its way, as far as it has come; [stage, when, what happened]."""
    rows = [[_("Received"), cells.moment(delivery.received_at), _("stored, and then answered with 202")]]
    if delivery.replayed_at:
        who = _("asked for by %(who)s") % {"who": delivery.replayed_by} if delivery.replayed_by else ""
        rows.append([_("Replayed"), cells.moment(delivery.replayed_at), cells.words(who)])
    if delivery.run:
        run = delivery.run
        link = cells.inline(run_link(run.pk), state_tag(run))
        rows.append([_("Read from Zoho"), cells.moment(run.started_at or run.created_at), link])
    if delivery.settled_at:
        took = cells.inline(delivery_tag(delivery), seconds(delivery.seconds))
        rows.append([_("Settled"), cells.moment(delivery.settled_at), took])
    if delivery.status in WebhookDelivery.WAITING:
        when = delivery.next_attempt_at
        what = _("at the time beside this") if when else _("as soon as a worker is free")
        rows.append([_("Next attempt"), cells.moment(when), what])
    return Table(title=_("Its way"), headers=[_("stage"), _("at"), _("what happened")], rows=rows)


def items_table(delivery: WebhookDelivery) -> Table:
    ids = [str(each) for each in delivery.item_ids]
    products = Product.objects.filter(organization=delivery.organization_id, external_id__in=ids[:MOST_ITEMS])
    known = {row.external_id: row for row in products.only("external_id", "name")}
    left = len(ids) - MOST_ITEMS
    note = ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left} if left > 0 else ""
    return Table(
        title=_("Items in its lines"),
        headers=[_("item"), _("product")],
        rows=[[cells.ltr(each), cells.link_to(known.get(each))] for each in ids[:MOST_ITEMS]],
        note=note,
    )


def others_table(delivery: WebhookDelivery) -> Table:
    same = WebhookDelivery.objects.filter(
        organization=delivery.organization_id, subject=delivery.subject, record_id=delivery.record_id
    )
    others = same.exclude(pk=delivery.pk).defer("body", "headers", "query", "item_ids").order_by("-pk")
    address = reverse("admin:zoho_sync_webhookdelivery_changelist")
    return Table(
        title=_("Other deliveries about the same record"),
        headers=[_("event id"), _("state"), _("attempts"), _("received"), _("seconds to apply")],
        rows=[
            [
                cells.link_to(each, cells.ltr(each.event_id)),
                cells.inline(delivery_tag(each), marks(each)),
                cells.number(each.attempts_count),
                cells.age(each.received_at),
                seconds(each.seconds),
            ]
            for each in others[:MOST_OTHERS]
        ],
        numeric=frozenset({2}),
        empty=_("There is no other."),
        more_url=f"{address}?q={delivery.record_id}" if others[MOST_OTHERS:].exists() else "",
        more=_("All of them"),
    )


def how_it_came(delivery: WebhookDelivery) -> Facts:
    return Facts(
        title=_("How it came"),
        pairs=[
            (_("event id"), cells.ltr(delivery.event_id)),
            (_("sender's event id"), cells.ltr(delivery.source_event_id)),
            (_("organisation"), cells.link_to(delivery.organization)),
            (_("address"), cells.ltr(delivery.door)),
            (_("proof"), delivery.get_proof_display()),
            (_("secret"), cells.words(delivery.secret_name)),
            (_("content type"), cells.ltr(delivery.content_type)),
            (_("query"), cells.ltr(delivery.query)),
            (_("fingerprint of the content"), cells.ltr(delivery.content_hash)),
        ],
    )


def headers_table(delivery: WebhookDelivery) -> Table:
    pairs = delivery.headers.items() if isinstance(delivery.headers, dict) else ()
    return Table(
        title=_("Headers, secrets masked"),
        headers=[_("header"), _("value")],
        rows=[[cells.ltr(name), cells.ltr(value)] for name, value in pairs],
        empty=_("None were kept."),
        folded=True,
    )


def body_panels(delivery: WebhookDelivery) -> Iterable[object]:
    """The body as it came: text indented for reading, form fields as a table, anything else in hexadecimal."""
    raw = bytes(delivery.body)
    text = readable(raw)
    if text is None:
        shown = _("The first %(shown)s of %(all)s bytes.") % {
            "shown": cells.decimal_text(min(MOST_HEX, len(raw))),
            "all": cells.decimal_text(len(raw)),
        }
        yield Raw(title=_("Body: not text, so in hexadecimal"), text=hexadecimal(raw[:MOST_HEX]), note=shown)
        return
    if "form-urlencoded" in delivery.content_type.lower():
        yield fields_table(text)
    if text:
        yield raw_panel(_("Body, as it came"), text)
    else:
        yield Raw(title=_("Body, as it came"), text="", note=_("It is empty."))


def readable(raw: bytes) -> str | None:
    """The body as text, if it is text: UTF-8, and no control characters but those of lines and columns."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if all(each >= " " or each in "\t\r\n" for each in text) else None


def hexadecimal(raw: bytes) -> str:
    """Sixteen bytes a line: place, bytes, and those of them that are letters."""
    lines = []
    for place in range(0, len(raw), 16):
        some = raw[place : place + 16]
        letters = "".join(chr(each) if 32 <= each < 127 else "." for each in some)
        lines.append(f"{place:08x}  {some.hex(' '):<47}  {letters}")
    return "\n".join(lines)


def fields_table(text: str) -> Table:
    try:
        pairs = parse_qsl(text[:MOST_RAW], keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        pairs = []
    return Table(
        title=_("Fields of the form"),
        headers=[_("field"), _("value")],
        rows=[
            [cells.ltr(name[:MOST_VALUE]), cells.words(value[:MOST_VALUE])]
            for name, value in pairs[:MOST_FIELDS]
        ],
        empty=_("They cannot be told apart."),
        folded=True,
    )
