"""What the search over everything finds of the sync: runs by number, deliveries and failures by their ids, and actions.

An action is a link to the page that asks before anything starts; nothing starts by being found.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from inventory.admin import cells
from inventory.admin.finding import MOST, Asked, Found, Hit, May
from inventory.models import Organization
from inventory.searching import folded

from ..models import RecordError, SyncRun, WebhookDelivery
from ..options import SyncMode
from ..processors import registry
from ..subjects import SUBJECTS
from .outcome import run_url
from .starts import GROUPS, MODES, action_words, costs_in_words, start_url
from .webhook_words import delivery_tag, subject_name
from .words import entity_name, state_tag

RUN_NAMES = ("run", gettext_lazy("run"), gettext_lazy("Runs"))
DELIVERY_NAMES = ("delivery", "webhook", gettext_lazy("webhook delivery"), gettext_lazy("Deliveries"))
LEAST = 2  # letters, before actions are offered
ALSO = {"price_lists": (gettext_lazy("Prices"),)}  # what people call an entity beside its label


def of_sync(may: May, asked: Asked) -> Iterator[Found]:
    """At most five queries, and those that a cost in calls takes."""
    kinds = (
        ("zoho_sync.view_syncrun", runs),
        ("zoho_sync.view_webhookdelivery", deliveries),
        ("zoho_sync.view_recorderror", failures),
    )
    for permission, find in kinds:
        if may(permission) and (found := find(asked)):
            yield found
    if found := actions(may, asked):
        yield found


def runs(asked: Asked) -> Found | None:
    if asked.number is None or not asked.is_about(*RUN_NAMES):
        return None
    run = SyncRun.objects.filter(pk=asked.number).only("pk", "entity", "mode", "status", "is_dry").first()
    if run is None:
        return None
    hit = Hit(
        title=f"{entity_name(run.entity)}: {run.get_mode_display()}",
        url=run_url(run.pk),
        code=f"#{run.pk}",
        note=_("dry run") if run.is_dry else "",
        mark=state_tag(run),
        is_exact=True,
    )
    return Found(kind="run", name=_("Runs"), icon="sync", hits=[hit])


def deliveries(asked: Asked) -> Found | None:
    """By our number, by the event id that the sender was answered with, and by the record that they are about."""
    shown = ("pk", "subject", "door", "record_id", "status", "received_at")
    rows = WebhookDelivery.objects.only(*shown).order_by("-pk")
    found: list[Any] = []
    if asked.number is not None and asked.is_about(*DELIVERY_NAMES):
        found += rows.filter(pk=asked.number)
    if len(asked.words) == 1 and not found:
        word = asked.typed.strip()
        try:
            found += rows.filter(event_id=uuid.UUID(word))
        except ValueError:
            about = {"organization__in": Organization.objects.values("pk"), "subject__in": ["", *SUBJECTS]}
            found += rows.filter(**about, record_id=asked.words[0][:64])[: MOST + 1]
    if not found:
        return None
    hits = [
        Hit(
            title=subject_name(each.subject),
            url=reverse("admin:zoho_sync_webhookdelivery_change", args=[each.pk]),
            code=" · ".join(part for part in (f"#{each.pk}", each.record_id) if part),
            note=cells.moment_text(each.received_at),
            mark=delivery_tag(each),
            is_exact=each.pk == asked.number or len(found) == 1,
        )
        for each in found[:MOST]
    ]
    address = reverse("admin:zoho_sync_webhookdelivery_changelist")
    more = f"{address}?{urlencode({'q': asked.words[0]})}" if len(found) > MOST else ""
    return Found(kind="delivery", name=_("Deliveries"), icon="inbox", hits=hits, more_url=more)


def failures(asked: Asked) -> Found | None:
    """By the record's whole id."""
    if len(asked.words) != 1:
        return None
    about = {"organization__in": Organization.objects.values("pk"), "entity__in": registry.names()}
    rows = RecordError.objects.filter(**about, record_key=asked.words[0][:140])
    found = list(rows.only("pk", "entity", "record_key", "reason", "status")[:MOST])
    if not found:
        return None
    hits = [
        Hit(
            title=entity_name(each.entity),
            url=reverse("admin:zoho_sync_recorderror_change", args=[each.pk]),
            code=each.record_key,
            note=each.reason,
            mark=state_tag(each),
        )
        for each in found
    ]
    return Found(kind="failure", name=_("Failures"), icon="report", hits=hits)


# --- Actions -----------------------------------------------------------------------------------------------


def actions(may: May, asked: Asked) -> Found | None:
    """Syncs of an entity, each with its cost, found by the words of any language."""
    if not may("zoho_sync.start_syncrun") or sum(map(len, asked.words)) < LEAST:
        return None
    matching = [
        (entity, mode)
        for entity in (*GROUPS, *registry.names())
        for mode in MODES
        if all(word in _said_in_every_language(entity, mode) for word in asked.words)
    ][:MOST]
    if not matching:
        return None
    costs = costs_in_words(Organization.objects.first(), matching)
    hits = [
        Hit(
            title=action_words(entity, mode),
            url=start_url(entity, mode),
            note=costs.get((entity, mode)) or _("known after the first sync"),
        )
        for entity, mode in matching
    ]
    return Found(kind="action", name=_("Actions"), icon="bolt", hits=hits)


@lru_cache(maxsize=256)
def _said_in_every_language(entity: str, mode: str) -> str:
    """Folded; a word of one language finds it on a page in another."""
    said = [entity, mode]
    for code, _name in settings.LANGUAGES:
        with override(code):
            said += [action_words(entity, mode), str(SyncMode(mode).label), _("Start a sync"), _("Actions")]
            said += [str(word) for word in ALSO.get(entity, ())]
    return folded(" ".join(said))
