"""Deliveries as staff read them: subjects, states, times and links, in words and colours."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import Model
from django.utils.html import format_html
from django.utils.translation import gettext as _

from inventory.admin import cells

from ..models import WebhookDelivery
from ..processors import registry
from ..subjects import SUBJECTS
from .words import entity_name

Status = WebhookDelivery.Status
MOODS: dict[str, str] = {
    Status.RECEIVED: "busy",
    Status.PROCESSING: "busy",
    Status.APPLIED: "good",
    Status.IGNORED: "quiet",
    Status.FAILED: "warn",
    Status.DEAD: "bad",
}


def subject_name(subject: str) -> str:
    """The subject in words; its bare name when the table does not know it, e.g. of a former version."""
    if not subject:
        return _("Not understood")
    return str(SUBJECTS[subject].label) if subject in SUBJECTS else subject


def open_query() -> str:
    """The list's query string for everything that is not settled yet."""
    return urlencode({"status__in": ",".join(WebhookDelivery.OPEN)})


def delivery_tag(delivery: WebhookDelivery) -> object:
    return cells.tag(delivery.get_status_display(), MOODS.get(delivery.status, "quiet"))


def marks(delivery: WebhookDelivery) -> object:
    """Small labels of what is unusual about it."""
    return cells.inline(
        cells.tag(_("test"), "busy") if delivery.is_test else "",
        cells.tag(_("repeated"), "quiet") if delivery.is_duplicate else "",
    )


def seconds(value: float | None) -> object:
    """0.84 s, 12 s, 3:20."""
    if value is None:
        return cells.UNKNOWN
    if value >= 60:
        return cells.duration(value)
    digits = 0 if value >= 10 else 1 if value >= 1 else 2
    return cells.ltr(_("%(seconds)s s") % {"seconds": f"{value:.{digits}f}"})


def unbroken(text: object) -> object:
    return format_html('<span class="tsh-nowrap">{}</span>', text)


def wide(text: object) -> object:
    """A sentence in a table, which a narrow screen must not squeeze to a word a line."""
    return format_html('<span class="tsh-wide">{}</span>', text)


def advice(delivery: WebhookDelivery) -> str:
    """What the state means, and what to press."""
    known = {
        Status.RECEIVED: _("It waits for a worker, who asks Zoho for the record. Nothing is lost meanwhile."),
        Status.PROCESSING: _("A run is asking Zoho for the record now."),
        Status.APPLIED: _("The record was read from Zoho after this delivery came."),
        Status.IGNORED: _("Nothing that is mirrored changes by it."),
        Status.FAILED: _("It is tried again by itself. Replay tries at once."),
        Status.DEAD: _(
            "It was tried as often as is sensible and is tried no more. Put right what the reason names, then press "
            "Replay."
        ),
    }
    return known[Status(delivery.status)]


def mirrored_rows(deliveries: Iterable[WebhookDelivery]) -> dict[int, Model]:
    """{delivery's key: the mirrored row that it is about}; one question per table."""
    wanted: dict[str, dict[tuple[int, str], list[int]]] = {}
    for delivery in deliveries:
        subject = SUBJECTS.get(delivery.subject)
        if subject and subject.kept_as in registry.names() and delivery.record_id:
            places = wanted.setdefault(subject.kept_as, {})
            places.setdefault((delivery.organization_id, delivery.record_id), []).append(delivery.pk)
    found: dict[int, Model] = {}
    for entity, places in wanted.items():
        rows = registry.get(entity).model.objects.filter(
            organization__in={organization for organization, _id in places},
            external_id__in={record_id for _organization, record_id in places},
        )
        names = {"name", "number"} & {column.name for column in rows.model._meta.concrete_fields}
        for row in rows.only("pk", "organization_id", "external_id", *names):
            for key in places.get((row.organization_id, row.external_id), ()):
                found[key] = row
    return found


def entity_or_nothing(entity: str) -> str:
    """What is read anew for a delivery, in words."""
    return entity_name(entity) if entity else _("nothing")


def record_cell(delivery: WebhookDelivery, row: Model | None) -> object:
    """The record's id; under its name, with a link, when it is mirrored."""
    code = cells.ltr(delivery.record_id)
    return cells.stacked(cells.link_to(row), code) if row is not None else code
